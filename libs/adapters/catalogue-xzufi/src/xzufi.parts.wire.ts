// SPDX-License-Identifier: EUPL-1.2
import type {
  CatalogueLink,
  Code,
  EditorialVersion,
  HtmlText,
  Identifier,
  LanguageVersion,
  LeikaReference,
  LocalizedText,
  Period,
} from '@amtsbote/canonical';

import { absent, attribute, type Codec, content, type Fields, many, one, record } from './xzufi.codec.mapping.js';
import { cleanHtml, safeLink } from './xzufi.html.mapping.js';
import { amountOf, codeOf, flag, token, whole } from './xzufi.values.mapping.js';

/* The parts that many elements have. Names without mark are seen in real code; [M] from FITKO's model, spelling inferred. */

const scheme = {
  schemeAgencyId: attribute('schemeAgencyID'),
  schemeAgencyName: attribute('schemeAgencyName'),
  schemeDataUri: attribute('schemeDataURI'),
  schemeId: attribute('schemeID'),
  schemeName: attribute('schemeName'),
  schemeUri: attribute('schemeURI'),
  schemeVersionId: attribute('schemeVersionID'),
};
const list = { listUri: attribute('listURI'), listVersionId: attribute('listVersionID') };
const optional = () => undefined;

const rawIdentifier = record<Identifier>({ value: content(), ...scheme }, ['value']);
/** An Identifikator. The standard's type collapses white space around it. */
export const identifier: Codec<Identifier> = {
  read: (element, reading) => {
    const identifier = rawIdentifier.read(element, reading);
    if (identifier === undefined) return undefined;
    identifier.value = identifier.value.trim();
    return identifier.value === '' ? undefined : identifier;
  },
  write: (...given) => rawIdentifier.write(...given),
};

/** A Code: `code` and `name` inside, or only text. */
export const code = codeOf(
  { code: 'code', name: 'name' },
  record<Code>({ ...list, code: required('code'), name: one('name', token) }, ['code']),
);

/** 2.2.0: a service key as Code. */
export const leikaCode = codeOf(
  { code: 'code', name: 'name' },
  record<LeikaReference>(
    {
      ...list,
      key: required('code'),
      name: one('name', token),
      schemeAgencyId: absent(optional),
      schemeAgencyName: absent(optional),
      schemeDataUri: absent(optional),
      schemeId: absent(optional),
      schemeName: absent(optional),
      schemeUri: absent(optional),
      schemeVersionId: absent(optional),
    },
    ['key'],
  ) as unknown as Codec<Code>,
) as unknown as Codec<LeikaReference>;

const rawLeikaIdentifier = record<LeikaReference>(
  { key: content(), ...scheme, name: absent(optional), listUri: absent(optional), listVersionId: absent(optional) },
  ['key'],
);
/** 2.3.1: a service key as Identifikator [M]. */
export const leikaIdentifier: Codec<LeikaReference> = {
  read: (element, reading) => {
    const reference = rawLeikaIdentifier.read(element, reading);
    if (reference === undefined) return undefined;
    reference.key = reference.key.trim();
    return reference.key === '' ? undefined : reference;
  },
  write: (...given) => rawLeikaIdentifier.write(...given),
};

export const localized = record<LocalizedText>({ language: attribute('languageCode'), text: content() });

const rawHtml = record<{ language?: string | undefined; text: string }>({ language: attribute('languageCode'), text: content() });
/** Formatted text: cleaned when read; what the source wrote is written again. */
export const html: Codec<HtmlText> = {
  read: (element, reading) => {
    const raw = rawHtml.read(element, reading);
    if (raw === undefined) return undefined;
    const { text, ...language } = raw;
    const clean = cleanHtml(text);
    if (clean === text) return { ...language, html: text };
    reading.remark('html-cleaned', 'Formatted text had something that may not be shown; it was taken out, the original is kept.');
    return { ...language, html: clean, original: text };
  },
  write: ({ language, html: clean, original }, element, writing) => {
    rawHtml.write({ ...(language === undefined ? {} : { language }), text: original ?? clean }, element, writing);
  },
};

type RawLink = Omit<CatalogueLink, 'originalUri'>;
function linkOf(uriElement: string, uriType: Codec<string>): Codec<CatalogueLink> {
  const raw = record<RawLink>({
    language: attribute('languageCode'),
    type: one('typ', code),
    uri: one(uriElement, uriType),
    title: one('titel', token),
    description: one('beschreibung', token),
    position: one('positionDarstellung', whole),
  });
  return {
    read: (element, reading) => {
      const link = raw.read(element, reading);
      if (link === undefined) return undefined;
      const { uri: given, ...rest } = link;
      const uri = given === undefined ? undefined : safeLink(given);
      if (uri === given) return link;
      if (uri === undefined)
        reading.remark('link-refused', 'A link is none, or of a protocol that may not be followed; it is kept, not shown.');
      return { ...rest, ...(uri === undefined ? {} : { uri }), ...(given === undefined ? {} : { originalUri: given }) };
    },
    write: ({ originalUri, uri, ...rest }, element, writing) => {
      const given = originalUri ?? uri;
      raw.write({ ...rest, ...(given === undefined ? {} : { uri: given }) }, element, writing);
    },
  };
}
/** HyperlinkErweitert. */
export const link = linkOf('uri', token);
/** The link of an online service: its address is called `link`. */
export const serviceLink = linkOf('link', token);
/** 2.2.0: a link that is nothing but its address [M]. */
export const bareLink: Codec<CatalogueLink> = {
  read: (element, reading) => {
    const given = token.read(element, reading);
    if (given === undefined) return undefined;
    const uri = safeLink(given);
    return { ...(uri === undefined ? {} : { uri }), ...(uri === given ? {} : { originalUri: given }) };
  },
  write: ({ originalUri, uri, title, description, language }, element, writing) => {
    for (const [key, value] of Object.entries({ title, description, language }))
      if (value !== undefined) writing.omitted.add(`link.${key}`);
    token.write(originalUri ?? uri ?? '', element, writing);
  },
};

/** Zeitraum [M]. */
export const period = record<Period>({ start: one('beginn', token), end: one('ende', token), notes: many('zusatz', localized) });

const editorial: Fields<EditorialVersion> = {
  createdAt: one('erstelltDatumZeit', token),
  createdBy: one('erstelltDurch', token),
  changedAt: one('geaendertDatumZeit', token),
  changedBy: one('geaendertDurch', token),
  version: one('version', token),
};
/** Versionsinformation. */
export const editorialVersion = record<EditorialVersion>(editorial);

/** Sprachversion: child elements, not attributes. */
export const languageVersion = record<LanguageVersion>(
  {
    language: required('languageCode'),
    germanName: one('sprachbezeichnungDeutsch', token),
    nativeName: one('sprachbezeichnungNativ', token),
    // 2.3.1 [M]
    isMachineTranslated: one('kennzeichenMaschinelleUebersetzung', flag),
    machineTranslation: one(
      'maschinelleUebersetzung',
      record<NonNullable<LanguageVersion['machineTranslation']>>({
        originalLanguage: one('originalSprache', token),
        originalId: one('originalID', identifier),
        translatedBy: one('uebersetztDurch', token),
      }),
    ),
    ...editorial,
  },
  ['language'],
);

/** Amount with its currency [M]. */
export const amount = amountOf('currencyCode');

/** An element without which its record says nothing; the record requires it. */
function required(name: string): { empty(): string } & ReturnType<typeof one<string>> {
  return one(name, token) as { empty(): string } & ReturnType<typeof one<string>>;
}
