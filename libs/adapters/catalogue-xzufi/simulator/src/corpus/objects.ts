// SPDX-License-Identifier: EUPL-1.2
import type { Spelling } from './dialect.js';

/** What a synthetic service says; everything else is made up. */
export interface ServiceWish {
  readonly id: string;
  readonly agency?: string | undefined;
  readonly title?: string | undefined;
  readonly englishTitle?: string | undefined;
  readonly leikaKeys?: readonly string[] | undefined;
  readonly areas?: readonly { readonly key: string; readonly scheme?: string }[] | undefined;
  /** HTML of the full text. */
  readonly html?: string | undefined;
  /** XML after everything else. */
  readonly more?: string | undefined;
}

const AGENCY = 'S1000020';
const MODULES = 'urn:de:xzufi:codeliste:leistungstextmodulleika';

/** A text module in German, and in English where there is a text. */
export function textModule(x: Spelling, code: string, german: string | undefined, english?: string): string {
  const inhalt = (language: string, html: string | undefined): string =>
    html === undefined ? '' : x.text('inhalt', html, { languageCode: language });
  const channel = x.dialect.is231 ? x.code('zugangskanal', '000') : '';
  return x.el('modulText', channel + x.code('leikaTextmodul', code, MODULES) + inhalt('de', german) + inhalt('en', english));
}

/** A Leistung of the size and shape that real ones have: titles, texts, fee, deadline, documents. */
export function leistung(x: Spelling, wish: ServiceWish): string {
  const { id, agency = AGENCY, title = `Leistung ${id}`, leikaKeys = ['99050012104000'] } = wish;
  const keys = leikaKeys.map((key) =>
    x.dialect.is231
      ? x.id('referenzLeistungsschluessel', key, undefined, 'LeiKa')
      : x.code('referenzLeiKa', key, 'urn:de:fim:leika:leistung'),
  );
  const areas = (wish.areas ?? [{ key: '059580004004', scheme: 'ARS' }]).map(({ key, scheme }) =>
    x.id('gueltigkeitGebietID', key, undefined, scheme),
  );
  const content = [
    x.id('id', id, agency),
    ...keys,
    textModule(x, '02', title, wish.englishTitle),
    textModule(x, '03', title, wish.englishTitle),
    textModule(x, '06', wish.html ?? `<p>${title}: alles, was man wissen muss.</p>`),
    frist(x),
    kosten(x),
    x.code('typisierung', '2/3a', 'urn:de:fim:leika:typisierung'),
    x.code('vertrauensniveau', '20', 'urn:xoev-de:fim:codeliste:vertrauensniveau'),
    ...areas,
    x.el(x.dialect.is231 ? 'versionsinformationen' : 'versionsinformation', x.text('geaendertDatumZeit', '2026-01-15T08:00:00+01:00')),
    wish.more ?? '',
  ];
  return x.el('leistung', content.join(''));
}

function frist(x: Spelling): string {
  const duration = x.el('fristDauer', x.text('dauer', '4') + x.code('einheit', 'WOCHE'));
  const deadline = x.el('frist', x.code('typ', '001') + x.el('fristauswahl', duration));
  return x.el('modulFrist', (x.dialect.is231 ? x.code('zugangskanal', '000') : '') + deadline);
}

function kosten(x: Spelling): string {
  const fixed = x.el('kostenFix', x.text('betrag', '26.00', { currencyCode: 'EUR' }));
  const fee = x.el('kosten', x.code('typ', '001') + x.el('kostenauswahl', fixed) + x.text('vorkasse', 'true'));
  return x.el('modulKosten', (x.dialect.is231 ? x.code('zugangskanal', '000') : '') + fee);
}

/** An Organisationseinheit, with competences inside where wanted. */
export function organisationseinheit(
  x: Spelling,
  wish: { id: string; agency?: string; name?: string; more?: string; competences?: readonly string[] },
): string {
  const region = x.el(
    'verwaltungspolitischeKodierung',
    x.code('bundesland', '05', undefined, 'Nordrhein-Westfalen') +
      x.code('gemeindeschluessel', '05958004', undefined, 'Musterstadt') +
      x.code('regionalschluessel', '059580004004'),
  );
  const address =
    x.text('strasse', 'Am Rathaus') + x.text('hausnummer', '1a') + x.text('postleitzahl', '59821') + x.text('ort', 'Musterstadt');
  const content = [
    x.id('id', wish.id, wish.agency ?? AGENCY),
    x.el('name', x.text('name', wish.name ?? `Amt ${wish.id}`, { languageCode: 'de' })),
    x.el('anschrift', address + region),
    ...(wish.competences ?? []),
    wish.more ?? '',
  ];
  return x.el('organisationseinheit', content.join(''));
}

/** A Zuständigkeit as it stands in an office or in its transfer object. */
export function zustaendigkeit(
  x: Spelling,
  wish: {
    id?: string | undefined;
    agency?: string;
    schemeID?: string;
    service: string;
    areas: readonly string[];
    role?: string;
    more?: string;
  },
): string {
  const { agency = AGENCY } = wish;
  const content = [
    wish.id === undefined ? '' : x.id('id', wish.id, agency, wish.schemeID),
    x.id('leistungID', wish.service, agency),
    ...wish.areas.map((area) => x.id('gebietID', area, undefined, 'urn:de:bund:destatis:bevoelkerungsstatistik:schluessel:rs')),
    x.code('rolle', wish.role ?? '01', 'urn:de:xzufi:codeliste:zustaendigkeitsrolle', 'Zuständige Stelle'),
    wish.more ?? '',
  ];
  return x.el('zustaendigkeit', content.join(''));
}

/** A Zuständigkeit that stands alone, as the PVOG exports it. */
export function zustaendigkeitTransferObjekt(
  x: Spelling,
  wish: { id: string; agency?: string; schemeID?: string; subject: string; service: string; areas?: readonly string[]; role?: string },
): string {
  const { agency = AGENCY, schemeID = 'ZustaendigkeitOrganisationseinheit', areas = ['059580004004'] } = wish;
  const inner = zustaendigkeit(x, { ...wish, agency, schemeID, areas });
  return x.el('zustaendigkeitTransferObjekt', x.id('uebergeordnetesObjektID', wish.subject, agency) + inner);
}

/** An Onlinedienst. */
export function onlinedienst(x: Spelling, wish: { id: string; agency?: string; uri?: string; more?: string }): string {
  const link = x.el(
    'link',
    x.code('typ', '01', 'urn:xoev-de:fim:codeliste:onlinedienstlinktyp') +
      x.text('link', wish.uri ?? `https://formulare.example/${wish.id}`) +
      x.text('titel', 'Online beantragen'),
    { languageCode: 'de' },
  );
  const content = [
    x.id('id', wish.id, wish.agency ?? AGENCY),
    x.text('bezeichnung', `Onlinedienst ${wish.id}`, { languageCode: 'de' }),
    link,
    x.code('vertrauensniveau', '20'),
    wish.more ?? '',
  ];
  return x.el('onlinedienst', content.join(''), { 'xsi:type': 'xzufi:OnlinedienstErweitert' });
}

/** A Formular; its fields are not known, only that it has an id and is written like the others. */
export function formular(x: Spelling, wish: { id: string; agency?: string }): string {
  return x.el(
    'formular',
    x.id('id', wish.id, wish.agency ?? AGENCY) + x.text('bezeichnung', `Formular ${wish.id}`, { languageCode: 'de' }),
  );
}

/** A Spezialisierung of a Leistung. */
export function spezialisierung(x: Spelling, wish: { id: string; agency?: string; service: string; html?: string }): string {
  const { agency = AGENCY } = wish;
  const text = textModule(x, '06', wish.html ?? '<p>Bei uns nur mit Termin.</p>');
  return x.el('spezialisierung', x.id('id', wish.id, agency) + x.id('leistungID', wish.service, agency) + text);
}
