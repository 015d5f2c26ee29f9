// SPDX-License-Identifier: EUPL-1.2
import type {
  CatalogueCompetence,
  CatalogueForm,
  CatalogueOnlineService,
  CatalogueOrganisation,
  Competence,
  OfficeAddress,
  OfficeContact,
  RegionCodes,
} from '@amtsbote/canonical';

import { type Codec, type Field, type Fields, many, one, record, within } from './xzufi.codec.mapping.js';
import { code, editorialVersion, html, identifier, languageVersion, link, localized, period, serviceLink } from './xzufi.parts.wire.js';
import { category, type Described, publisher, typeAttribute } from './xzufi.service.wire.js';
import { token } from './xzufi.values.mapping.js';
import type { Dialect } from './xzufi.wire.js';

/*
 * Offices, online services, forms, competences. Seen in real code: names, anschrift with ort and verwaltungspolitischeKodierung, zustaendigkeit,
 * zustaendigkeitTransferObjekt, links of online services. Streets, contacts, opening hours and everything of forms [I]: what is called
 * otherwise stays an unknown part.
 */

const competenceFields: Fields<Omit<Competence, 'id'>> = {
  serviceId: one('leistungID', identifier),
  areaIds: many('gebietID', identifier),
  role: one('rolle', code),
  validity: many('gueltigkeit', period),
};
const competence = record<Competence>({ id: one('id', identifier), ...competenceFields });
const competences = many('zustaendigkeit', competence);

const region = record<RegionCodes>({
  county: one('kreis', code),
  district: one('bezirk', code),
  state: one('bundesland', code),
  ags: one('gemeindeschluessel', code),
  ars: one('regionalschluessel', code),
  nation: one('nation', code),
  association: one('gemeindeverband', code),
});

const address = record<OfficeAddress>({
  type: one('typ', code),
  id: one('id', identifier),
  street: one('strasse', token),
  houseNumber: one('hausnummer', token),
  addition: one('zusatz', token),
  poBox: one('postfach', token),
  postalCode: one('postleitzahl', token),
  place: one('ort', token),
  region: one('verwaltungspolitischeKodierung', region),
  validity: many('gueltigkeit', period),
});

const contact = record<OfficeContact>({ channel: one('kanal', code), value: one('kennung', token), note: many('zusatz', localized) });

/** What all four end with. */
function tail(dialect: Dialect): Pick<Fields<Omit<CatalogueForm, Described>>, 'version' | 'languages' | 'validity'> {
  return {
    version: one(dialect === '2.3.1' ? 'versionsinformationen' : 'versionsinformation', editorialVersion),
    languages: many('sprachversion', languageVersion),
    validity: many('gueltigkeit', period),
  };
}

function head(): Pick<Fields<Omit<CatalogueForm, Described>>, 'id' | 'secondaryIds'> {
  return { id: one('id', identifier) as Field<CatalogueForm['id']>, secondaryIds: many('idSekundaer', identifier) };
}

/** organisationseinheit. */
export function organisation(dialect: Dialect): Codec<Omit<CatalogueOrganisation, Described>> {
  return record<Omit<CatalogueOrganisation, Described>>(
    {
      ...head(),
      parentIds: many('uebergeordneteOrganisationseinheitID', identifier),
      categories: many('kategorie', category),
      names: within('name', many('name', localized)),
      shortNames: many('kurzbezeichnung', localized),
      description: many('beschreibung', html),
      shortDescription: many('kurzbeschreibung', html),
      addresses: many('anschrift', address),
      contacts: many('erreichbarkeit', contact),
      openingHours: many('infoOeffnungszeitenText', html),
      links: many('internetadresse', link),
      publisher: one('herausgeber', publisher),
      competences,
      ...tail(dialect),
    },
    ['id'],
  );
}

/** onlinedienst. */
export function onlineService(dialect: Dialect): Codec<Omit<CatalogueOnlineService, Described>> {
  return record<Omit<CatalogueOnlineService, Described>>(
    {
      type: typeAttribute,
      ...head(),
      names: many('bezeichnung', localized),
      description: many('beschreibung', html),
      links: many('link', serviceLink),
      trustLevel: one('vertrauensniveau', code),
      publisher: one('herausgeber', publisher),
      competences,
      ...tail(dialect),
    },
    ['id'],
  );
}

/** formular. */
export function form(dialect: Dialect): Codec<Omit<CatalogueForm, Described>> {
  return record<Omit<CatalogueForm, Described>>(
    {
      ...head(),
      names: many('bezeichnung', localized),
      description: many('beschreibung', html),
      links: many('link', serviceLink),
      publisher: one('herausgeber', publisher),
      competences,
      ...tail(dialect),
    },
    ['id'],
  );
}

type StandAlone = Omit<CatalogueCompetence, Described | 'subjectKind'>;
type Inner = Omit<StandAlone, 'subjectId'>;

/** zustaendigkeitTransferObjekt: the subject outside, the competence inside of it. */
export function transferObject(dialect: Dialect): Codec<StandAlone> {
  const inner = record<Inner>({ ...head(), ...competenceFields, ...tail(dialect), validity: competenceFields.validity }, ['id']);
  interface Outer {
    subjectId?: StandAlone['subjectId'];
    competence?: Inner | undefined;
  }
  const outer = record<Outer>({ subjectId: one('uebergeordnetesObjektID', identifier), competence: one('zustaendigkeit', inner) });
  return {
    read: (element, reading) => {
      const value = outer.read(element, reading);
      if (value?.competence === undefined) return undefined;
      const { competence: found, subjectId } = value;
      return { ...found, ...(subjectId === undefined ? {} : { subjectId }) };
    },
    write: ({ subjectId, ...found }, element, writing) =>
      outer.write({ ...(subjectId === undefined ? {} : { subjectId }), competence: found }, element, writing),
  };
}
