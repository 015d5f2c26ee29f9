// SPDX-License-Identifier: EUPL-1.2
import {
  type CatalogueForm,
  type CatalogueOnlineService,
  type CatalogueOrganisation,
  type CatalogueService,
  type CatalogueSpecialisation,
  type DeadlineModule,
  type FeeModule,
  inLanguage,
  type LocalizedText,
  titleOf,
} from '@amtsbote/canonical';
import type { Sql } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { House } from '../../house/tokens.js';
import { areaKeysAbove, narrownessOf } from '../facts/areas.js';
import type { ReaderLanguage } from '../labels/labels.js';
import { isVisible, type View } from './views.js';

export type SubjectKind = 'organisation' | 'onlineService' | 'form';

/** Who or what a service is to be had from, and by which rule. */
export interface CompetentSubject {
  readonly kind: SubjectKind;
  readonly agency: string;
  readonly id: string;
  readonly name: string | null;
  /** Role code of the competence; 01 is the competent office. */
  readonly role: string | null;
  /** Area of the competence as it is stored: a prefix of the regional key, `=` and an AGS, or nothing for everywhere. */
  readonly area: string;
  readonly links: readonly { readonly uri: string; readonly title: string | null }[];
}

/** The answer to "who is competent for this here?". Absent parts are unknown to the catalogue. */
export interface Competent {
  readonly version: number;
  readonly service: { readonly agency: string; readonly id: string; readonly title: string | null } | null;
  readonly authority: CompetentSubject | null;
  readonly onlineService: CompetentSubject | null;
  readonly form: CompetentSubject | null;
  /** Others with the same right: the same area and role. */
  readonly alternatives: readonly CompetentSubject[];
  readonly fees: readonly FeeModule[];
  readonly deadlines: readonly DeadlineModule[];
  readonly processingTimes: readonly DeadlineModule[];
}

interface Candidate {
  readonly subjectKind: SubjectKind | null;
  readonly subjectAgency: string;
  readonly subjectId: string;
  readonly area: string;
  readonly role: string | null;
}

interface Subject {
  readonly kind: SubjectKind;
  readonly agency: string;
  readonly id: string;
  readonly document: string;
}

interface Described {
  readonly kind: 'service' | 'specialisation';
  readonly agency: string;
  readonly id: string;
  readonly tags: readonly string[];
  readonly document: string;
}

/** Roles in the order in which they count; 01 is the competent office, the others may only be asked. */
const ROLES = ['01', null, '02', '03'];
const SUBJECTS_MAX = 200;

/**
 * Finds who is competent for a service in a place. A competence for an area holds for everything below it (Bund, Land, Kreis, Verband,
 * Gemeinde); the narrowest area wins, then the role. What refers to an object that is not there is passed over: see the dangling references.
 */
@Injectable()
export class Competences {
  constructor(private readonly house: House) {}

  /** @param language of titles and names, where the source has them in it; else German. */
  async find(
    leikaKey: string,
    ars: string,
    view: View,
    { sql = this.house.database, language = 'de' }: { sql?: Sql; language?: ReaderLanguage } = {},
  ): Promise<Competent> {
    const areas = areaKeysAbove(ars);
    const parameters = [view.version, view.sources, view.at, `l:${leikaKey}`];
    const services = await sql.query<Described>(SERVICES, [...parameters, areas.map((area) => `a:${area}`)]);
    const candidates = await sql.query<Candidate>(CANDIDATES, [...parameters, areas]);
    const subjects = await this.subjectsOf(candidates, view, sql);
    const best = (kind: SubjectKind): CompetentSubject[] => bestOf(kind, candidates, subjects, language);
    const [authorities, onlineServices, forms] = [best('organisation'), best('onlineService'), best('form')];
    const described = narrowest(services, areas);
    const document = described === undefined ? undefined : (JSON.parse(described.document) as CatalogueService | CatalogueSpecialisation);
    return {
      version: view.version,
      service:
        described === undefined || document === undefined
          ? null
          : { agency: described.agency, id: described.id, title: titleOf(document, language) ?? titleOf(document) ?? null },
      authority: authorities[0] ?? null,
      onlineService: onlineServices[0] ?? null,
      form: forms[0] ?? null,
      alternatives: [...authorities.slice(1), ...onlineServices.slice(1), ...forms.slice(1)],
      fees: document?.fees ?? [],
      deadlines: document?.deadlines ?? [],
      processingTimes: document?.processingTimes ?? [],
    };
  }

  private async subjectsOf(candidates: readonly Candidate[], view: View, sql: Sql): Promise<Map<string, Subject>> {
    const keys = [...new Map(candidates.map((one) => [`${one.subjectAgency}\0${one.subjectId}`, one])).values()].slice(0, SUBJECTS_MAX);
    if (keys.length === 0) return new Map();
    const rows = await sql.query<Subject>(SUBJECTS, [
      view.version,
      view.sources,
      view.at,
      keys.map(({ subjectAgency }) => subjectAgency),
      keys.map(({ subjectId }) => subjectId),
    ]);
    // The first source of the configuration wins: later ones do not overwrite.
    const byKey = new Map<string, Subject>();
    for (const row of rows) {
      const key = subjectKey(row.kind, row.agency, row.id);
      if (!byKey.has(key)) byKey.set(key, row);
    }
    return byKey;
  }
}

/** All with the best right, the first of them by name of the key: the same answer every time. Pure. */
function bestOf(
  kind: SubjectKind,
  candidates: readonly Candidate[],
  subjects: ReadonlyMap<string, Subject>,
  language: ReaderLanguage,
): CompetentSubject[] {
  const found = candidates.flatMap((candidate): (CompetentSubject & { rank: number })[] => {
    if (candidate.subjectKind !== null && candidate.subjectKind !== kind) return [];
    const subject = subjects.get(subjectKey(kind, candidate.subjectAgency, candidate.subjectId));
    if (subject === undefined) return [];
    const place = ROLES.indexOf(candidate.role);
    const rank = narrownessOf(candidate.area) * 10 - (place === -1 ? ROLES.length : place);
    return [{ ...described(subject, language), role: candidate.role, area: candidate.area, rank }];
  });
  const top = Math.max(...found.map(({ rank }) => rank));
  const same = new Map(
    found.filter(({ rank }) => rank === top).map(({ rank: _rank, ...subject }) => [`${subject.agency}\0${subject.id}`, subject]),
  );
  return [...same.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, subject]) => subject);
}

function described(
  { kind, agency, id, document }: Subject,
  language: ReaderLanguage,
): Pick<CompetentSubject, 'kind' | 'agency' | 'id' | 'name' | 'links'> {
  const { names, links } = JSON.parse(document) as CatalogueOrganisation | CatalogueOnlineService | CatalogueForm;
  const followed = links.flatMap(({ uri, title }) => (uri === undefined ? [] : [{ uri, title: title ?? null }]));
  return { kind, agency, id, name: nameIn(names, language), links: followed };
}

/** Where there is no name in the language: the German one, else any. Pure. */
export function nameIn(names: readonly LocalizedText[], language: ReaderLanguage): string | null {
  return (inLanguage(names, language) ?? inLanguage(names, 'de') ?? names[0])?.text ?? null;
}

/** The description for the narrowest area; what one municipality says otherwise comes before the general text. Pure. */
function narrowest(services: readonly Described[], areas: readonly string[]): Described | undefined {
  const rank = ({ kind, tags }: Described): number => {
    const fitting = areas.filter((area) => tags.includes(`a:${area}`)).map(narrownessOf);
    return Math.max(...fitting) * 2 + (kind === 'specialisation' ? 1 : 0);
  };
  return [...services].sort((a, b) => rank(b) - rank(a))[0];
}

function subjectKey(kind: string, agency: string, id: string): string {
  return `${kind}\0${agency}\0${id}`;
}

const VIEW = { version: '$1', sources: '$2', at: '$3' };

const SERVICES = `
  SELECT o.kind, o.agency, o.object_id AS id, s.tags, c.document
  FROM catalogue_service s JOIN catalogue_object o ON o.content_id = s.content_id JOIN catalogue_content c ON c.id = s.content_id
  WHERE s.tags @> ARRAY[$4::text] AND s.tags && $5::text[] AND ${isVisible('o', VIEW)}
  ORDER BY array_position($2::int[], o.source_no), o.agency, o.object_id LIMIT 50`;

const CANDIDATES = `
  WITH service AS (
    SELECT DISTINCT o.agency, o.object_id FROM catalogue_service s JOIN catalogue_object o ON o.content_id = s.content_id
    WHERE s.tags @> ARRAY[$4::text] AND o.kind = 'service' AND ${isVisible('o', VIEW)})
  SELECT DISTINCT c.subject_kind AS "subjectKind", c.subject_agency AS "subjectAgency", c.subject_id AS "subjectId", c.area, c.role
  FROM service JOIN catalogue_competence c ON c.service_id = service.object_id AND c.service_agency = service.agency AND c.area = ANY($5::text[])
  JOIN catalogue_object o ON o.content_id = c.content_id
  WHERE (c.valid IS NULL OR c.valid @> $3::timestamptz) AND ${isVisible('o', VIEW)}`;

const SUBJECTS = `
  SELECT o.kind, o.agency, o.object_id AS id, c.document
  FROM unnest($4::text[], $5::text[]) AS k(agency, id)
  JOIN catalogue_object o ON o.object_id = k.id AND o.agency = k.agency AND o.kind IN ('organisation', 'onlineService', 'form')
  JOIN catalogue_content c ON c.id = o.content_id
  WHERE ${isVisible('o', VIEW)} ORDER BY array_position($2::int[], o.source_no)`;
