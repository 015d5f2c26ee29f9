// SPDX-License-Identifier: EUPL-1.2

/** How often a child may be there. */
type Times = '1' | '?' | '*' | '+';
/** A child in its place: name, its own type (`text` = none), how often. */
type Child = readonly [name: string, type: string, times: Times];
export type Grammar = Readonly<Record<string, readonly Child[]>>;

/** Texts that may be missing. */
const texts = (...names: readonly string[]): Child[] => names.map((name) => [name, 'text', '?']);
/** Parts of the standard that the hub does not write: known in their place, not looked into. */
const others = (...names: readonly string[]): Child[] => names.map((name) => [name, 'any', '*']);

const SHARED: Grammar = {
  Aktenplaneinheit: texts('Kennzeichen', 'Inhaltsangabe', 'BetreffKurz'),
  Version: [
    ['Nummer', 'text', '1'],
    ['Format', 'Format', '+'],
  ],
  Format: [
    ['Name', 'Code', '1'],
    ['SonstigerName', 'text', '?'],
    ['Version', 'text', '1'],
    ['Primaerdokument', 'Primaerdokument', '1'],
  ],
  Erweiterung: [
    ['Kennung', 'text', '1'],
    ['Name', 'text', '1'],
    ...texts('Beschreibung', 'Versionsnummer', 'Versionsdatum'),
    ...others('Feldgruppe'),
    ['Feld', 'Feld', '*'],
  ],
  Feld: [
    ['Name', 'text', '1'],
    ['Beschreibung', 'text', '?'],
    ['Datentyp', 'Code', '?'],
    ['Wert', 'text', '?'],
  ],
  Code: [
    ['code', 'text', '1'],
    ['name', 'text', '?'],
  ],
  Named: texts('Name', 'Kurzbezeichnung'),
};
const REQUESTS_0605: readonly Child[] = [
  ...others('EmpfangendesSystem', 'WeiteresEmpfangendesSystem'),
  ['Empfangsbestaetigung', 'flag', '1'],
  ['Importbestaetigung', 'flag', '1'],
  ['Erstellerkennung', 'text', '1'],
  ...texts('ErstellerRolle'),
  ['Stapel', 'flag', '1'],
  ...texts('Stapellaenge', 'DMSSessionID'),
];
/** What sets Akte and Vorgang of the Aussonderung (the public samples) apart: 4.0 marks them as context or not. */
const CONTEXT: Child = ['Kontextobjekt', 'flag', '?'];

const head3: readonly Child[] = [
  ['ProzessID', 'uuid', '1'],
  ['Nachrichtentyp', 'Code', '1'],
  ['Erstellungszeitpunkt', 'time', '1'],
  ['Absender', 'Kontakt', '1'],
  ['Empfaenger', 'Kontakt', '1'],
  ...others('SendendesSystem'),
  ...texts('Hinweis'),
  ...others('AnwendungsspezifischeErweiterung', 'AnwendungsspezifischeErweiterungXML'),
];

/** xdomea 3.0.0: the order of its XSDs (xdomea-Baukasten, -Typen-FachverfahrensdatenAustauschen, -Nachrichten-…), as far as messages of the hub go. */
export const GRAMMAR_3: Grammar = {
  ...SHARED,
  'FVDaten.SGOAblegen.0605': [
    ['Kopf', 'Kopf0605', '1'],
    ['SchriftgutobjektZumAblegen', 'Ablegen', '+'],
  ],
  'Information.Information.0101': [['Kopf', 'Kopf0101', '1'], ...others('Anschreiben'), ['Schriftgutobjekt', 'Schriftgutobjekt', '+']],
  'Aussonderung.Aussonderung.0503': [
    ['Kopf', 'Kopf0503', '1'],
    ['Schriftgutobjekt', 'Schriftgutobjekt', '+'],
  ],
  Kopf0605: [...head3, ...REQUESTS_0605],
  Kopf0101: [...head3, ...others('WeitererEmpfaenger'), ['Empfangsbestaetigung', 'flag', '1']],
  Kopf0503: [
    ...head3,
    ['Importbestaetigung', 'flag', '1'],
    ['RueckmeldungArchivkennung', 'flag', '1'],
    ['Empfangsbestaetigung', 'flag', '1'],
  ],
  Kontakt: [...others('Behoerdenkennung'), ['Institution', 'Named', '?'], ['Organisationseinheit', 'Named', '?'], ...others('Name')],
  Ablegen: [
    ...texts('NummerImStapel'),
    ['FachverfahrenObjektID', 'text', '1'],
    ...texts('IDContainer'),
    ['Schriftgutobjekt', 'Schriftgutobjekt', '1'],
    ...texts('Ablageort'),
  ],
  Schriftgutobjekt: [
    ['Akte', 'Akte', '?'],
    ['Vorgang', 'Vorgang', '?'],
    ['Dokument', 'Dokument', '?'],
  ],
  Identifikation: [
    ['ID', 'uuid', '1'],
    ['NummerImUebergeordnetenContainer', 'text', '?'],
  ],
  AllgemeineMetadaten: [
    ...texts('Betreff', 'Kennzeichen', 'Federfuehrung', 'Aktenfuehrung'),
    ['Vertraulichkeitsstufe', 'Code', '?'],
    ...texts('Bemerkung'),
    ['Medium', 'Code', '?'],
    ['Aktenplaneinheit', 'Aktenplaneinheit', '?'],
  ],
  Akte: [
    ['Identifikation', 'Identifikation', '1'],
    ['AllgemeineMetadaten', 'AllgemeineMetadaten', '?'],
    ...others('ArchivspezifischeMetadaten', 'Standort', 'Typ', 'Laufzeit', 'HistorienProtokollInformation', 'InternerGeschaeftsgang'),
    ['Akteninhalt', 'Akteninhalt', '?'],
    ...others('Verweis', 'Kontakt', 'ZdA', 'ZdADatum'),
    ['AnwendungsspezifischeErweiterung', 'Erweiterung', '?'],
    ...others('AnwendungsspezifischeErweiterungXML'),
  ],
  Akteninhalt: [
    ['Dokument', 'Dokument', '*'],
    ['Vorgang', 'Vorgang', '*'],
    ['Teilakte', 'Akte', '*'],
  ],
  Vorgang: [
    ['Identifikation', 'Identifikation', '1'],
    ['AllgemeineMetadaten', 'AllgemeineMetadaten', '?'],
    ...others('ArchivspezifischeMetadaten', 'Aktenbetreff', 'Typ', 'ZdA', 'ZdADatum', 'Laufzeit'),
    ...others('HistorienProtokollInformation', 'InternerGeschaeftsgang'),
    ['Dokument', 'Dokument', '*'],
    ...others('Verweis', 'Kontakt', 'Teilvorgang'),
    ['AnwendungsspezifischeErweiterung', 'Erweiterung', '?'],
    ...others('AnwendungsspezifischeErweiterungXML'),
  ],
  Dokument: [
    ['Identifikation', 'Identifikation', '1'],
    ['AllgemeineMetadaten', 'AllgemeineMetadaten', '?'],
    ...texts('FremdesGeschaeftszeichen', 'Posteingangsdatum', 'Postausgangsdatum', 'DatumDesSchreibens', 'Bezug', 'Hier'),
    ...texts('Bearbeiter', 'Typ'),
    ...others('HistorienProtokollInformation', 'InternerGeschaeftsgang'),
    ['Version', 'Version', '*'],
    ...others('Verweis', 'Anlage', 'Absender', 'Empfaenger', 'WeitererKontakt'),
    ['AnwendungsspezifischeErweiterung', 'Erweiterung', '*'],
    ...others('AnwendungsspezifischeErweiterungXML'),
  ],
  Primaerdokument: [
    ['Dateiname', 'fileName', '1'],
    ...texts('DateinameOriginal', 'Ersteller', 'DatumUhrzeit'),
    ...others('SignaturSiegel'),
  ],
};

/** xdomea 4.0.0, read in the same files of that version. */
export const GRAMMAR_4: Grammar = {
  ...SHARED,
  'FVDaten.SGOAblegen.0605': [
    ['nachrichtenkopf', 'nachrichtenkopf', '1'],
    ...REQUESTS_0605,
    ['SchriftgutobjektZumAblegen', 'Ablegen', '+'],
  ],
  'Information.Information.0101': [
    ['nachrichtenkopf', 'nachrichtenkopf', '1'],
    ...others('WeitererLeser'),
    ['Empfangsbestaetigung', 'flag', '1'],
    ['LfdNrNachrichtProTyp', 'text', '1'],
    ['GesamtanzahlNachrichtenProTyp', 'text', '1'],
    ...others('Anschreiben'),
    ['Schriftgutobjekt', 'Schriftgutobjekt', '+'],
  ],
  'Aussonderung.Aussonderung.0503': [
    ['nachrichtenkopf', 'nachrichtenkopf', '1'],
    ['Importbestaetigung', 'flag', '1'],
    ['RueckmeldungArchivkennung', 'flag', '1'],
    ['Empfangsbestaetigung', 'flag', '1'],
    ['LfdNrNachrichtProTyp', 'text', '1'],
    ['GesamtanzahlNachrichtenProTyp', 'text', '1'],
    ['Schriftgutobjekt', 'Schriftgutobjekt', '+'],
  ],
  nachrichtenkopf: [
    ['identifikation.nachricht', 'identifikation.nachricht', '1'],
    ['leser', 'Kontakt', '1'],
    ['autor', 'Kontakt', '1'],
    ['ProzessID', 'uuid', '1'],
    ...texts('InstanzID', 'Hinweis'),
    ...others('AnwendungsspezifischeErweiterung', 'AnwendungsspezifischeErweiterungXML'),
  ],
  'identifikation.nachricht': [
    ['nachrichtenUUID', 'uuid', '1'],
    ['nachrichtentyp', 'Code', '1'],
    ['erstellungszeitpunkt', 'time', '1'],
  ],
  Kontakt: [
    ...others('Behoerdenkennung'),
    ['NameInstitution', 'Named', '?'],
    ['NameOrganisationseinheit', 'Named', '?'],
    ...others('NameAnsprechpartner'),
  ],
  Ablegen: [
    ...texts('NummerImStapel'),
    ['FachverfahrenObjektID', 'text', '1'],
    ...texts('IDUebergeordnetesSchriftgutobjektDMS'),
    ['Schriftgutobjekt', 'Schriftgutobjekt', '1'],
    ...texts('Ablageort'),
  ],
  Schriftgutobjekt: [
    ['Akte', 'Akte', '?'],
    ['Vorgang', 'Vorgang', '?'],
    ['DokumentOderDokumentMitSchriftstueck', 'DokumentOder', '?'],
  ],
  Identifikation: [
    ['xdomeaUUID', 'uuid', '1'],
    ['NummerImUebergeordnetenContainer', 'text', '?'],
  ],
  AllgemeineMetadaten: [
    ...texts('Betreff', 'Kennzeichen', 'Federfuehrung', 'Aktenfuehrung'),
    ...others('Geheimhaltung'),
    ...texts('Bemerkung'),
    ['Medium', 'Code', '?'],
    ['Aktenplaneinheit', 'Aktenplaneinheit', '?'],
    ...texts('ZeitpunktLetzteAenderung'),
    ...others('Strukturpfad'),
    ...texts('Datenschutzstufe'),
    ['DatenschutzstufeCode', 'Code', '?'],
  ],
  Akte: [
    ['Identifikation', 'Identifikation', '1'],
    CONTEXT,
    ['AllgemeineMetadaten', 'AllgemeineMetadaten', '?'],
    ...others('Aussonderungsmetadaten', 'Standort', 'Typ', 'Laufzeit', 'HistorienProtokollInformation', 'InternerGeschaeftsgang'),
    ['Akteninhalt', 'Akteninhalt', '?'],
    ...others('Verweis', 'Kontakt', 'ZdA', 'ZdADatum'),
    ['AnwendungsspezifischeErweiterung', 'Erweiterung', '*'],
    ...others('AnwendungsspezifischeErweiterungXML'),
  ],
  Akteninhalt: [
    ['DokumentOderDokumentMitSchriftstueck', 'DokumentOder', '*'],
    ['Vorgang', 'Vorgang', '*'],
    ['Teilakte', 'Akte', '*'],
  ],
  Vorgang: [
    ['Identifikation', 'Identifikation', '1'],
    CONTEXT,
    ['AllgemeineMetadaten', 'AllgemeineMetadaten', '?'],
    ...others('Aussonderungsmetadaten', 'Aktenbetreff', 'Typ', 'ZdA', 'ZdADatum', 'Laufzeit'),
    ...others('HistorienProtokollInformation', 'InternerGeschaeftsgang'),
    ['DokumentOderDokumentMitSchriftstueck', 'DokumentOder', '*'],
    ...others('Verweis', 'Kontakt', 'Teilvorgang'),
    ['AnwendungsspezifischeErweiterung', 'Erweiterung', '*'],
    ...others('AnwendungsspezifischeErweiterungXML'),
  ],
  DokumentOder: [['Dokument', 'Dokument', '1']],
  Dokument: [
    ['Identifikation', 'Identifikation', '1'],
    ['AllgemeineMetadaten', 'AllgemeineMetadaten', '?'],
    ...texts('FremdesGeschaeftszeichen', 'Posteingangsdatum', 'Postausgangsdatum', 'DatumDesSchreibens', 'Bezug', 'Hier'),
    ...texts('Bearbeiter', 'Typ'),
    ...others('HistorienProtokollInformation', 'InternerGeschaeftsgang', 'Verweis', 'Anlage', 'Autor', 'Leser', 'WeitererKontakt'),
    ['AnwendungsspezifischeErweiterung', 'Erweiterung', '*'],
    ...others('AnwendungsspezifischeErweiterungXML'),
    ['Version', 'Version', '*'],
  ],
  Primaerdokument: [
    ['Dateiname', 'fileName', '1'],
    ...texts('DateinameOriginal', 'Ersteller', 'DatumUhrzeit'),
    ...others('SignaturSiegel'),
    ...texts('ZeitpunktLetzteAenderung'),
    ['Hash', 'Hash', '?'],
  ],
  Hash: [
    ['Wert', 'text', '1'],
    ['Algorithmus', 'Code', '?'],
    ['SonstigerAlgorithmus', 'text', '?'],
  ],
};
