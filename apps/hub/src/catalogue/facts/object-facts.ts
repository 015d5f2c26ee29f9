// SPDX-License-Identifier: EUPL-1.2
import {
  type CatalogueCompetence,
  type CatalogueObject,
  type CatalogueService,
  type CatalogueSpecialisation,
  type Competence,
  type Identifier,
  keyOf,
  plainText,
  titleOf,
} from '@amtsbote/canonical';

import { areaKeyOf, EVERYWHERE } from './areas.js';
import { momentOf, validTimeOf } from './moments.js';
import { type SearchLanguage, type WeighedWords, wordsOf } from './words.js';

/** What is looked up in a service's description. */
export interface ServiceFacts {
  readonly title: string | null;
  readonly titleEn: string | null;
  readonly leikaKeys: readonly string[];
  /** `l:` LeiKa key, `a:` area, `c:` category. */
  readonly tags: readonly string[];
  readonly editedAt: string | null;
  /** Words to be searched. */
  readonly words: Readonly<Record<SearchLanguage, WeighedWords>>;
}

/** Somebody is competent for a service in one area. */
export interface CompetenceFact {
  readonly subjectKind: string | null;
  readonly subjectAgency: string;
  readonly subjectId: string;
  readonly serviceAgency: string;
  readonly serviceId: string;
  readonly area: string;
  readonly role: string | null;
  readonly valid: string | null;
}

/** Different words of a text that are searched. */
const WORDS_MAX = 400;
/** Areas of one competence that are looked up. */
const AREAS_MAX = 20_000;
const TITLES = ['02', '03'];
const SHORT_TEXTS = ['05', '24'];
const FULL_TEXTS = ['06', '08', '09', '11', '15', '16'];

/** What is looked up in a service or specialisation. Pure. */
export function serviceFactsOf(service: CatalogueService | CatalogueSpecialisation): ServiceFacts {
  const leikaKeys = unique(service.leikaKeys.map(({ key }) => key.trim()));
  const areas = service.areaIds.length === 0 ? [EVERYWHERE] : service.areaIds.map(areaKeyOf);
  const categories = service.categories.flatMap(({ id }) => (id === undefined ? [] : [id.value]));
  return {
    title: titleOf(service, 'de') ?? null,
    titleEn: titleOf(service, 'en') ?? null,
    leikaKeys,
    tags: unique([...leikaKeys.map((key) => `l:${key}`), ...areas.map((area) => `a:${area}`), ...categories.map((one) => `c:${one}`)]),
    editedAt: momentOf(service.version?.changedAt ?? service.version?.createdAt)?.toISOString() ?? null,
    words: {
      de: weighed(service, (language) => language === undefined || !isEnglish(language)),
      en: weighed(service, (language) => language !== undefined && isEnglish(language)),
    },
  };
}

/** Competences that an object states, one per area. Pure. */
export function competenceFactsOf(object: CatalogueObject): CompetenceFact[] {
  switch (object.kind) {
    case 'service':
    case 'specialisation':
      return [];
    case 'competence':
      return standAlone(object);
    default:
      return object.competences.flatMap((competence) =>
        perArea(competence, object.key.schemeAgencyId, {
          subjectKind: object.kind,
          subjectAgency: object.key.schemeAgencyId,
          subjectId: object.key.id,
        }),
      );
  }
}

function standAlone(object: CatalogueCompetence): CompetenceFact[] {
  if (object.subjectId === undefined) return [];
  const { schemeAgencyId, id } = keyOf(object.subjectId, object.key.schemeAgencyId);
  const subject = { subjectKind: object.subjectKind ?? null, subjectAgency: schemeAgencyId, subjectId: id };
  // When the object holds is kept with the object.
  return perArea({ ...object, validity: [] }, object.key.schemeAgencyId, subject);
}

function perArea(
  { serviceId, areaIds, role, validity }: Pick<Competence, 'serviceId' | 'areaIds' | 'role' | 'validity'>,
  agency: string,
  subject: Pick<CompetenceFact, 'subjectKind' | 'subjectAgency' | 'subjectId'>,
): CompetenceFact[] {
  if (serviceId === undefined) return [];
  const service = keyOf(serviceId, agency);
  return areasOf(areaIds).map((area) => ({
    ...subject,
    serviceAgency: service.schemeAgencyId,
    serviceId: service.id,
    area,
    role: role?.code ?? null,
    valid: validTimeOf(validity),
  }));
}

function areasOf(ids: readonly Identifier[]): string[] {
  return ids.length === 0 ? [EVERYWHERE] : unique(ids.slice(0, AREAS_MAX).map(areaKeyOf));
}

function weighed(service: CatalogueService | CatalogueSpecialisation, isWanted: (language: string | undefined) => boolean): WeighedWords {
  const html = (types: readonly string[]): string[] =>
    service.texts
      .filter(({ type }) => types.includes(type?.code ?? ''))
      .flatMap(({ content }) => content.filter(({ language }) => isWanted(language)).map((text) => plainText(text.html)));
  const terms = service.terms
    .flatMap((module) => module.terms)
    .flatMap(({ names }) => names.filter(({ language }) => isWanted(language)).map(({ text }) => text));
  const texts = [html(TITLES), [...terms, ...html(SHORT_TEXTS)], html(FULL_TEXTS)] as const;
  return [wordsOf(texts[0], WORDS_MAX), wordsOf(texts[1], WORDS_MAX), wordsOf(texts[2], WORDS_MAX)];
}

function isEnglish(language: string): boolean {
  return language.toLowerCase().startsWith('en');
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
