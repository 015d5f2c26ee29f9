// SPDX-License-Identifier: EUPL-1.2
import { type Dialect, Spelling, XZUFI_210, XZUFI_220, XZUFI_231 } from './dialect.js';
import { HOSTILE_FILES } from './hostile.js';
import { closing, loesche, message, opening, schreibe } from './message.js';
import {
  formular,
  leistung,
  onlinedienst,
  organisationseinheit,
  spezialisierung,
  textModule,
  zustaendigkeit,
  zustaendigkeitTransferObjekt,
} from './objects.js';

/** A file of a fixture. */
export interface FixtureFile {
  readonly name: string;
  readonly content: string | Buffer;
}

const index = (files: readonly FixtureFile[]): FixtureFile => ({
  name: 'index.txt',
  content: files.map(({ name }) => `${name}\r\n`).join(''),
});
const xml = (name: string, content: string): FixtureFile => ({ name: `${name}.xml`, content });

/** Three files and their index: services, offices and online services, competences. */
function snapshot(dialect: Dialect): FixtureFile[] {
  const x = new Spelling(dialect);
  const write = (object: string): string => schreibe(dialect, object);
  const files = [
    xml('XZUFI20260115080000000000000001', message({ dialect }, write(leistung(x, { id: '100' })), write(leistung(x, { id: '101' })))),
    xml(
      'XZUFI20260115080000000000000002',
      message(
        { dialect },
        write(organisationseinheit(x, { id: '200' })),
        write(onlinedienst(x, { id: '300' })),
        write(formular(x, { id: '400' })),
      ),
    ),
    xml(
      'XZUFI20260115080000000000000003',
      message(
        { dialect },
        write(zustaendigkeitTransferObjekt(x, { id: '500', subject: '200', service: '100' })),
        write(zustaendigkeitTransferObjekt(x, { id: '501', subject: '300', service: '101', schemeID: 'ZustaendigkeitOnlinedienst' })),
        write(spezialisierung(x, { id: '600', service: '100' })),
      ),
    ),
  ];
  return [index(files), ...files];
}

const D = XZUFI_220;
const X = new Spelling(D);
const one = (...operations: string[]): FixtureFile[] => [xml('message', message({ dialect: D }, ...operations))];
const write = (object: string): string => schreibe(D, object);
const service = (id: string, more: string, title?: string): string => write(leistung(X, { id, title, more }));

const HTML = [
  '<p>Gut</p><script>alert(1)</script>',
  '<p onclick="x()">Klick <a href="javascript:alert(1)">hier</a> oder <a href="https://www.example.de/a">dort</a></p>',
  '<p>nicht zu <b>Ende',
  '<p class="MsoNormal"><o:p>&nbsp;</o:p>aus „Word“ – mit Strich\u00a0und Leerzeichen</p>',
];

const KOSTEN = [
  X.el('kosten', X.code('typ', '001') + X.el('kostenauswahl', X.el('kostenFix', X.text('betrag', '12.5', { currencyCode: 'EUR' })))),
  X.el(
    'kosten',
    X.code('typ', '002') +
      X.el(
        'kostenauswahl',
        X.el(
          'kostenVariabel',
          X.text('betragUntergrenze', '10', { currencyCode: 'EUR' }) +
            X.text('betragObergrenze', '250.00', { currencyCode: 'EUR' }) +
            X.text('beschreibungVariabilitaet', 'nach Aufwand', { languageCode: 'de' }),
        ),
      ),
  ),
  X.el(
    'kosten',
    X.el('kostenauswahl', X.el('kostenFrei', X.text('beschreibungKostenfreiheit', 'frei', { languageCode: 'de' }))) +
      X.text('linkKostenbildung', 'https://www.example.de/gebuehren'),
  ),
  X.el('kosten', X.el('kostenauswahl', X.el('kostenFix', X.text('betrag', '1,5 Mio.', { currencyCode: 'EUR' })))),
].join('');
const STICHTAG = X.el(
  'frist',
  X.code('typ', '003') + X.el('fristauswahl', X.el('fristStichtag', X.text('von', '--03-01') + X.text('bis', '2026-09-30'))),
);

/** The plan of fixtures: letter → what it is for, and its files. */
export const FIXTURES: Readonly<Record<string, { readonly about: string; readonly files: () => FixtureFile[] }>> = {
  A: { about: 'minimal full snapshot in 2.2.0: three files, index with CR LF', files: () => snapshot(XZUFI_220) },
  B: { about: 'the same in 2.3.1', files: () => snapshot(XZUFI_231) },
  C: {
    about: 'increments: one object written, a known and an unknown one deleted',
    files: () =>
      one(write(leistung(X, { id: '100', title: 'Neu' })), loesche(D, 'Leistung', '101'), loesche(D, 'Zustaendigkeit', 'never-there')),
  },
  D: {
    about: 'a competence before its service',
    files: () =>
      one(write(zustaendigkeitTransferObjekt(X, { id: '500', subject: '200', service: '100' })), write(leistung(X, { id: '100' }))),
  },
  E: {
    about: 'competences inside of an office, one without id, several areas',
    files: () => {
      const competences = [
        zustaendigkeit(X, { id: '700', service: '100', areas: ['059580004004', '059580004'] }),
        zustaendigkeit(X, { service: '101', areas: ['05'], role: '02' }),
      ];
      return one(write(organisationseinheit(X, { id: '200', competences })));
    },
  },
  F: {
    about: 'two editorial offices, the same id',
    files: () => one(write(leistung(X, { id: '100', agency: 'L100042' })), write(leistung(X, { id: '100', agency: 'B100019' }))),
  },
  G: {
    about: 'several service keys, none, one that is none',
    files: () =>
      one(
        write(leistung(X, { id: '1', leikaKeys: ['99050012104000', '99008001012000'] })),
        write(leistung(X, { id: '2', leikaKeys: [] })),
        write(leistung(X, { id: '3', leikaKeys: ['0'] })),
      ),
  },
  H: {
    about: 'English only, de-DE, empty content, a line break as content',
    files: () =>
      ['en', 'de-DE'].flatMap((language, at) =>
        one(
          write(
            X.el(
              'leistung',
              X.id('id', String(at), 'S1000020') +
                X.el(
                  'modulText',
                  X.code('leikaTextmodul', '03') +
                    X.text('inhalt', 'Title', { languageCode: language }) +
                    X.text('inhalt', '', { languageCode: 'fr' }) +
                    X.text('inhalt', '<br>', { languageCode: 'es' }),
                ),
            ),
          ),
        ).map(({ content }) => ({ name: `message-${at}.xml`, content })),
      ),
  },
  I: {
    about: 'formatted text: script, link with script, unclosed tags, pasted from Word',
    files: () =>
      one(
        ...HTML.map((html, at) => write(leistung(X, { id: String(at), html }))),
        write(onlinedienst(X, { id: '9', uri: 'javascript:alert(1)' })),
      ),
  },
  J: {
    about: 'codes with and without namespace, and without prefix',
    files: () =>
      [XZUFI_220, { ...XZUFI_220, hasQualifiedCodes: true }, { ...XZUFI_220, prefix: '' }].map((dialect, at) =>
        xml(`message-${at}`, message({ dialect }, schreibe(dialect, leistung(new Spelling(dialect), { id: '1' })))),
      ),
  },
  K: {
    about: 'versions 2.1.0, 2.2 and one that contradicts the namespace, an unknown root, unknown elements and kinds',
    files: () => {
      const dialects = [XZUFI_210, { ...XZUFI_220, version: '2.2' }, { ...XZUFI_220, version: '2.3.1' }];
      const unknown = service('1', X.el('neuesElement', X.text('tiefer', 'Wert', { art: 'x' })));
      return [
        ...dialects.map((dialect, at) =>
          xml(`version-${at}`, message({ dialect }, schreibe(dialect, leistung(new Spelling(dialect), { id: '1' })))),
        ),
        xml('root', message({ dialect: D, root: 'etwas.ganz.anderes.999999' }, unknown)),
        xml(
          'kinds',
          message(
            { dialect: D },
            write(X.el('gebiet', X.id('id', '1', 'S1000020'))),
            X.el('unbekannt', ''),
            unknown,
            loesche(D, 'Gebiet', '1'),
          ),
        ),
      ];
    },
  },
  L: {
    about: 'files that must not be taken',
    files: () => HOSTILE_FILES.map(({ name, bytes }) => ({ name: `${name}.xml`, content: bytes })),
  },
  M: {
    about: 'ten files, one of them technically invalid; and one with an object without id among ten',
    files: () => {
      const files = Array.from({ length: 10 }, (_, at) =>
        xml(`file-${at}`, message({ dialect: D }, write(leistung(X, { id: String(at) })))),
      );
      const broken = files.map((file, at) => (at === 4 ? { ...file, content: String(file.content).replace('</xzufi:id>', '') } : file));
      const business = message(
        { dialect: D },
        write(leistung(X, { id: '20' })),
        write(X.el('leistung', '')),
        write(leistung(X, { id: '21' })),
      );
      return [index(broken), ...broken, xml('business', business)];
    },
  },
  N: {
    about: 'an empty index, and one that is cut off',
    files: () => [
      { name: 'index-empty.txt', content: '\r\n' },
      { name: 'index-cut.txt', content: 'XZUFI1.xml\r\nXZUFI2.x' },
    ],
  },
  O: { about: 'large: see largeMessage', files: () => [] },
  P: {
    about: 'competences inherited from Bund, Land, Kreis, Gemeinde: area keys of 2, 5, 9 and 12 digits',
    files: () =>
      one(
        ...['000000000000', '05', '05958', '059580004', '059580004004'].map((area, at) =>
          write(zustaendigkeitTransferObjekt(X, { id: String(500 + at), subject: String(200 + at), service: '100', areas: [area] })),
        ),
      ),
  },
  Q: { about: 'the Bereitstelldienst: see the simulator', files: () => [] },
  R: {
    about: 'fees fixed, variable, free and unreadable; a deadline of a month and day',
    files: () => one(service('1', X.el('modulKosten', KOSTEN) + X.el('modulFrist', STICHTAG))),
  },
  S: {
    about: 'the same message twice',
    files: () => ['first', 'again'].map((name) => xml(name, message({ dialect: D }, service('1', textModule(X, '05', 'Kurz'))))),
  },
};

/** A message in parts, for whoever wants to put something odd between them. */
export const FRAME = { opening: opening({ dialect: D }), closing: closing({ dialect: D }) };
