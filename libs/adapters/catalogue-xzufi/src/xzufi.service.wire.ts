// SPDX-License-Identifier: EUPL-1.2
import type {
  CatalogueCategory,
  CatalogueSpecialisation,
  Code,
  Publisher,
  ServiceDescription,
  ServiceStructure,
} from '@amtsbote/canonical';

import { absent, type Codec, type Field, type Fields, foreignAttribute, many, one, record, within } from './xzufi.codec.mapping.js';
import type { XmlElement } from './xzufi.elements.client.js';
import {
  approvalModule,
  deadlineModule,
  documentModule,
  feeModule,
  noteModule,
  portalModule,
  termModule,
  textModule,
} from './xzufi.modules.wire.js';
import {
  code,
  editorialVersion,
  html,
  identifier,
  languageVersion,
  leikaCode,
  leikaIdentifier,
  localized,
  period,
} from './xzufi.parts.wire.js';
import { flag, token } from './xzufi.values.mapping.js';
import { type Dialect, XSI } from './xzufi.wire.js';

/* Leistung and Spezialisierung. Names in the 2.2.0 column of the model are seen in real code where the fact sheet says so; 2.3.1 is [M]. */

/** What the reader itself takes care of. */
export type Described = 'kind' | 'key' | 'source' | 'unknown';

const none = (): undefined => undefined;
const noList = (): never[] => [];

/** xsi:type without the prefix that the file happens to use. */
export const typeAttribute = foreignAttribute(XSI, 'type', {
  decode: (value) => value.trim().replace(/^[^:]*:/, ''),
  encode: (value) => `xzufi:${value}`,
});

/** Leistungskategorie, in 2.3.1 Kategorie [M]; its Piktogramm stays an unknown part. */
export const category = record<CatalogueCategory>({
  id: one('id', identifier),
  secondaryIds: many('idSekundaer', identifier),
  parentId: one('uebergeordneteKategorieID', identifier),
  childIds: many('untergeordneteKategorieID', identifier),
  names: many('bezeichnung', localized),
  description: many('beschreibung', html),
  class: one(
    'klasse',
    record<NonNullable<CatalogueCategory['class']>>({
      id: one('id', identifier),
      secondaryIds: many('idSekundaer', identifier),
      type: one('typ', code),
      names: many('bezeichnung', localized),
      description: many('beschreibung', html),
      version: one('version', token),
    }),
  ),
});

/** Herausgeber [M]; the areas it is responsible for stay unknown parts. */
export const publisher = record<Publisher>({
  id: one('id', identifier),
  secondaryIds: many('idSekundaer', identifier),
  names: many('bezeichnung', localized),
  shortNames: many('kurzbezeichnung', localized),
  description: many('beschreibung', html),
});

/** An element that holds a code in an element of its own, a code, or a category: `verrichtung { verrichtungLeiKa | … }`. */
function codeOrCategory(name: string, inner: string, categoryKey: string): [Field<Code | undefined>, Field<CatalogueCategory | undefined>] {
  const wrapped = within(name, one(inner, code));
  const has = (element: XmlElement, local: string): boolean =>
    element.parts.some((part) => typeof part !== 'string' && part.local === local);
  const asCode: Field<Code | undefined> = {
    empty: none,
    enter: (key, table) => {
      wrapped.enter(key, table);
      const readWrapped = table.elements.get(name);
      table.elements.set(name, (element, target, reading) => {
        const isTaken = target[key] !== undefined || target[categoryKey] !== undefined;
        if (isTaken) {
          reading.keepElement(element);
          return;
        }
        if (!has(element, 'id') && !has(element, 'code')) return readWrapped?.(element, target, reading);
        const isCategory = has(element, 'id');
        const at = isCategory ? categoryKey : key;
        const value = isCategory ? reading.readBelow(name, 1, category, element) : reading.readBelow(name, 1, code, element);
        if (value === undefined) reading.keepElement(element);
        else target[at] = value;
      });
    },
    write: (value, element, writing, key) => wrapped.write(value, element, writing, key),
  };
  return [asCode, { empty: none, enter: none, write: (...given) => one(name, category).write(...given) }];
}

/** struktur: which parts there are is in its xsi:type. */
function structure(dialect: Dialect): Codec<ServiceStructure> {
  const is231 = dialect === '2.3.1';
  const [group, groupCategory] = is231
    ? [one('leistungsgruppierungLeika', code), absent<CatalogueCategory | undefined>(none)]
    : codeOrCategory('leistungsgruppierung', 'leistungsgruppierungLeiKa', 'groupCategory');
  const [action, actionCategory] = is231
    ? [one('verrichtungLeiKa', code), absent<CatalogueCategory | undefined>(none)]
    : codeOrCategory('verrichtung', 'verrichtungLeiKa', 'actionCategory');
  return record<ServiceStructure>({
    type: typeAttribute,
    group,
    groupCategory,
    objectId: one('leistungsobjektID', identifier),
    action,
    actionCategory,
    details: many('verrichtungsdetail', localized),
  });
}

/** The fields in which the versions agree, and those in which they differ. */
function fields(dialect: Dialect): Fields<Omit<ServiceDescription, Described>> {
  const is231 = dialect === '2.3.1';
  const only231 = <V>(name: string, codec: Codec<V>): Field<V | undefined> => (is231 ? one(name, codec) : absent(none));
  const only231List = <V>(name: string, codec: Codec<V>): Field<V[]> => (is231 ? many(name, codec) : absent<V[]>(noList));
  return {
    id: one('id', identifier) as Field<ServiceDescription['id']>,
    secondaryIds: many('idSekundaer', identifier),
    structure: one('struktur', structure(dialect)),
    catalogueStatus: only231('statusKatalog', code),
    libraryStatus: only231('statusBibliothek', code),
    detailLevel: only231('detailstufe', code),
    leikaKeys: is231 ? many('referenzLeistungsschluessel', leikaIdentifier) : many('referenzLeiKa', leikaCode),
    placeType: only231('bezugsortTyp', code),
    texts: many('modulText', textModule(dialect, 'leikaTextmodul')),
    individualTexts: many('modulTextIndividuell', textModule(dialect, 'individuellesTextmodultyp')),
    deadlines: many('modulFrist', deadlineModule(dialect, 'frist')),
    fees: many('modulKosten', feeModule(dialect)),
    processingTimes: many('modulBearbeitungsdauer', deadlineModule(dialect, 'bearbeitungsdauer')),
    terms: many('modulBegriffImKontext', termModule(dialect)),
    approvals: many('modulFachlicheFreigabe', approvalModule(dialect)),
    notes: many('modulAuskunftshinweis', noteModule(dialect)),
    documents: many('modulDokument', documentModule(dialect)),
    portals: many('modulUrsprungsportal', portalModule(dialect)),
    types: many('typisierung', code),
    trustLevel: one('vertrauensniveau', code),
    addressees: many('leistungsadressat', code),
    needsWrittenForm: one(is231 ? 'kennzeichenFormularSchriftformerfordernis' : 'kennzeichenSchriftformerfordernis', flag),
    needsPersonalAppearance: only231('kennzeichenFormularPersoenlich', flag),
    isInformal: only231('kennzeichenFormularFormlos', flag),
    categories: many('kategorie', category),
    classifications: many('klassifizierung', code),
    ...sdg(is231),
    relatedServiceIds: many(is231 ? 'leistungImKontextID' : 'idLeistungImKontext', identifier),
    processIds: many(is231 ? 'prozessID' : 'idProzess', identifier),
    publisher: one('herausgeber', publisher),
    areaIds: many('gueltigkeitGebietID', identifier),
    isForSingleContact: is231 ? absent(none) : one('kennzeichenEA', flag),
    singleContact: only231List('durchfuehrbarEinheitlicheStelle', code),
    industries: many(
      'relevantFuerWirtschaftszweig',
      record<ServiceDescription['industries'][number]>({ code: one('code', code), specificId: one('spezifischeID', identifier) }),
    ),
    legalForms: many('relevantFuerRechtsform', code),
    ...countries(is231),
    version: one(is231 ? 'versionsinformationen' : 'versionsinformation', editorialVersion),
    languages: many('sprachversion', languageVersion),
    validity: many('gueltigkeit', period),
  };
}

type CodeLists<K extends keyof ServiceDescription> = Pick<
  Fields<Omit<ServiceDescription, Described>>,
  K & keyof Omit<ServiceDescription, Described>
>;

/** 2.2.0 lists areas side by side, 2.3.1 two lists in one element. */
function sdg(is231: boolean): CodeLists<'sdgAreas' | 'sdgGroups'> {
  if (!is231) return { sdgAreas: many('informationsbereichSDG', code), sdgGroups: absent(noList) };
  const [sdgAreas, sdgGroups] = together('informationsbereicheSDG', [
    ['informationsbereichSDG1', 'sdgAreas'],
    ['informationsbereichSDG2', 'sdgGroups'],
  ]);
  return { sdgAreas, sdgGroups };
}

function countries(is231: boolean): CodeLists<'nationalities' | 'countryGroups'> {
  if (!is231) return { nationalities: many('relevantFuerStaatsangehoerigkeit', code), countryGroups: absent(noList) };
  const [nationalities, countryGroups] = together('relevantFuerStaatsangehoerigkeit', [
    ['staatsangehoerigkeit', 'nationalities'],
    ['staatengruppe', 'countryGroups'],
  ]);
  return { nationalities, countryGroups };
}

type CodeListField = Field<ServiceDescription['sdgAreas']>;

/** Two lists inside of one element, which are two entries with us. */
function together(
  name: string,
  [first, second]: readonly [first: readonly [string, string], second: readonly [string, string]],
): [CodeListField, CodeListField] {
  const lists = [many(first[0], code), many(second[0], code)] as const;
  const pair: Field<ServiceDescription['sdgAreas']> = {
    empty: () => [],
    enter: (key, table) => {
      const both: CodeListField = {
        empty: () => [],
        enter: (_, inner) => {
          lists[0].enter(first[1], inner);
          lists[1].enter(second[1], inner);
        },
        write: () => undefined,
      };
      within(name, both).enter(key, table);
    },
    write: (value, element, writing, key) => within(name, lists[0]).write(value, element, writing, key),
  };
  const rest: CodeListField = {
    empty: () => [],
    enter: () => undefined,
    write: (value, element, writing, key) => {
      const written = element.parts.at(-1);
      const container = typeof written === 'object' && written.local === name ? written : undefined;
      if (container === undefined) within(name, lists[1]).write(value, element, writing, key);
      else lists[1].write(value, container, writing, key);
    },
  };
  return [pair, rest];
}

/** leistung. */
export function service(dialect: Dialect): Codec<Omit<ServiceDescription, Described>> {
  return record<Omit<ServiceDescription, Described>>(fields(dialect), ['id']);
}

/** spezialisierung: what it has beside the reference is not known [I]; it is read like the Leistung that it specialises. */
export function specialisation(dialect: Dialect): Codec<Omit<CatalogueSpecialisation, Described>> {
  const { id, secondaryIds, ...others } = fields(dialect);
  return record<Omit<CatalogueSpecialisation, Described>>({ id, secondaryIds, serviceId: one('leistungID', identifier), ...others }, [
    'id',
  ]);
}
