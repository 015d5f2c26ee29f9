// SPDX-License-Identifier: EUPL-1.2
import { LEGAL_FORMS, NATIONALITIES, range, SDG_AREAS, words } from './long-lists.js';

/** A label in both languages of the catalogue. The German ones are those of the lists, the English ones our translation. */
export interface Label {
  readonly de: string;
  readonly en: string;
}

/** What is known of a code list without its publication in the XRepository. */
export interface CodeList {
  /** URN where it is known, else what the list is called. */
  readonly name: string;
  /** All values; `null` where nobody says which there are. */
  readonly values: ReadonlySet<string> | null;
  /** Labels that a source names; the other values stay codes. */
  readonly labels: Readonly<Record<string, Label>>;
}

function list(name: string, values: readonly string[] | null, labels: Readonly<Record<string, Label>> = {}): CodeList {
  return { name, values: values === null ? null : new Set(values), labels };
}

/** Verified: values and labels of leistungstextmodulleika, version 2024-02-16. */
const TEXT_TYPES: Readonly<Record<string, Label>> = {
  '02': { de: 'Leistungsbezeichnung', en: 'Name of the service' },
  '03': { de: 'Leistungsbezeichnung II', en: 'Name of the service in everyday words' },
  '05': { de: 'Kurztext', en: 'Short text' },
  '06': { de: 'Volltext', en: 'Full text' },
  '07': { de: 'Handlungsgrundlage(n)', en: 'Legal basis' },
  '08': { de: 'erforderliche Unterlagen', en: 'Documents required' },
  '09': { de: 'Voraussetzungen', en: 'Requirements' },
  '11': { de: 'Verfahrensablauf', en: 'Procedure' },
  '14': { de: 'Formulare', en: 'Forms' },
  '15': { de: 'weiterführende Informationen', en: 'Further information' },
  '16': { de: 'Hinweise', en: 'Notes' },
  '18': { de: 'Urheber', en: 'Author' },
  '22': { de: 'zuständige Stelle', en: 'Competent authority' },
  '23': { de: 'Ansprechpunkt', en: 'Point of contact' },
  '24': { de: 'Teaser', en: 'Teaser' },
  '25': { de: 'Rechtsbehelf', en: 'Legal remedy' },
};

/** The values are German words themselves. */
const TIME_UNITS: Readonly<Record<string, Label>> = {
  JAHR: { de: 'Jahr', en: 'year' },
  MONAT: { de: 'Monat', en: 'month' },
  WOCHE: { de: 'Woche', en: 'week' },
  TAG: { de: 'Tag', en: 'day' },
  WERKTAG: { de: 'Werktag', en: 'working day (Werktag)' },
  ARBEITSTAG: { de: 'Arbeitstag', en: 'working day (Arbeitstag)' },
  STUNDE: { de: 'Stunde', en: 'hour' },
  MINUTE: { de: 'Minute', en: 'minute' },
  SEKUNDE: { de: 'Sekunde', en: 'second' },
};

/** Inferred: the model has the codes alone. */
const ADDRESSEES: Readonly<Record<string, Label>> = {
  '001': { de: 'Bürgerinnen und Bürger', en: 'Citizens' },
  '002': { de: 'Unternehmen', en: 'Businesses' },
  '003': { de: 'Verwaltung', en: 'Public administration' },
};

const textType = list('urn:de:xzufi:codeliste:leistungstextmodulleika', Object.keys(TEXT_TYPES), TEXT_TYPES);
const timeUnit = list('Zeiteinheit', Object.keys(TIME_UNITS), TIME_UNITS);
const deadlineType = list('Fristtyp', words('001 002 003 005 006 009'));
const documentType = list('urn:de:fim:codeliste:dokumenttyp', [...range(1, 28, 3), '999']);
const signature = list('Signatur', words('001 004 101 102 103 104'));
const requirement = list('Dokumentpflichtangabetyp', ['01', '02']);
const channel = list('Zugangskanal', words('000 100 200'));
const trustLevel = list('urn:xoev-de:fim:codeliste:vertrauensniveau', words('00 10 15 20 30 40'));
/** 01 is seen with this name; of 02 and 03 it is only known that they are places to ask. */
const role = list('Rolle der Zuständigkeit', ['01', '02', '03'], { '01': { de: 'Zuständige Stelle', en: 'Competent authority' } });
/** Label of 6 verified for data schemas; that services use the same list is inferred. */
const status = list('urn:xoev-de:xprozess:codeliste:status', range(1, 8, 1), {
  '6': { de: 'fachlich freigegeben (gold)', en: 'approved by the experts (gold)' },
});
const state = list('urn:de:bund:destatis:bevoelkerungsstatistik:schluessel:bundesland', range(1, 16, 2));
const linkType = list('urn:xoev-de:fim:codeliste:onlinedienstlinktyp', null);
const MODULES = words('texts individualTexts deadlines processingTimes fees documents terms approvals notes portals');

/** Which list a code is of, by its place in the object: names of properties, lists without their numbers. */
export const LISTS_BY_PLACE: ReadonlyMap<string, CodeList> = new Map([
  ['texts.type', textType],
  ...MODULES.map((module): [string, CodeList] => [`${module}.channel`, channel]),
  ...words('deadlines processingTimes').flatMap((module): [string, CodeList][] => [
    [`${module}.deadlines.type`, deadlineType],
    [`${module}.deadlines.limit.unit`, timeUnit],
    [`${module}.deadlines.limit.unitTo`, timeUnit],
  ]),
  ['fees.fees.type', list('Kostentyp', range(1, 18, 3))],
  ...words('incoming outgoing').flatMap((way): [string, CodeList][] => [
    [`documents.${way}.type`, documentType],
    [`documents.${way}.signature`, signature],
    [`documents.${way}.requirement`, requirement],
  ]),
  ['terms.terms.type', list('BegriffImKontextTyp', words('001 002 003 999'))],
  ['portals.parameters.type', list('DynamischerParameterTyp', [...range(1, 9, 3), '100'])],
  ['types', list('urn:de:fim:leika:typisierung', words('1 2 2a 2b 3 3a 3b 2/3 2/3a 2/3b 4 4a 4b 5 6 7 8 9 10 11 12'))],
  ['trustLevel', trustLevel],
  ['addressees', list('Leistungsadressat', Object.keys(ADDRESSEES), ADDRESSEES)],
  ['classifications', list('urn:xoev-de:fim:codeliste:pvlagen', null)],
  ['sdgAreas', list('urn:xoev-de:fim:codeliste:sdginformationsbereich', SDG_AREAS)],
  [
    'sdgGroups',
    list(
      'SDGInformationsbereich2',
      words(
        '0000 1000 1010 2000 2010 3000 3010 3020 3030 4000 4010 4020 4030 4040 5000 5010 5020 5030 5040 6000 6010 6020 7000 7010 7020 7030 7040 7050 7060 7070 7080',
      ),
    ),
  ],
  ['singleContact', list('EinheitlicheStelleTyp', words('00 11 19'))],
  ['legalForms', list('Rechtsform', LEGAL_FORMS)],
  ['nationalities', list('urn:de:bund:destatis:bevoelkerungsstatistik:schluessel:staatsangehoerigkeit', NATIONALITIES)],
  ['countryGroups', list('Staatengruppe', range(1, 4, 2))],
  ['catalogueStatus', status],
  ['libraryStatus', status],
  ['detailLevel', list('urn:xoev-de:xprozess:codeliste:detaillierungsstufe', range(101, 105, 3))],
  ['placeType', list('LeistungsbezugsortTypCode', range(1, 5, 3))],
  ['categories.class.type', list('KategorieklasseTyp', range(1, 4, 3))],
  // There is no 149, 152 and nothing from 161 to 399; nor 237, 264 and 266.
  ['structure.group', list('LeikaLeistungsgruppierung', [...range(1, 148, 3), '150', '151', ...range(153, 160, 3), ...range(400, 603, 3)])],
  ['structure.action', list('LeikaVerrichtungskennung', [...range(1, 236, 3), ...range(238, 263, 3), '265', ...range(267, 279, 3)])],
  ['role', role],
  ['competences.role', role],
  ['addresses.type', list('urn:xoev-de:fim:codeliste:xzufi.anschrifttyp', null)],
  ['addresses.region.state', state],
  ['links.type', linkType],
]);
