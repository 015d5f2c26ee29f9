// SPDX-License-Identifier: EUPL-1.2
import { type Application, type Attachment, fieldsOf, type JsonValue } from '@amtsbote/canonical';
import type { FactComparison, FieldTally, Verdict } from '@amtsbote/ops-api';

import type { ParallelRunConfig } from '../config/hub-config.js';

/** What a comparison is told about fields that are named or meant differently. */
export type Sameness = Pick<ParallelRunConfig, 'sameFields' | 'ignoredFields'>;

interface Fact {
  readonly label: string;
  readonly value: JsonValue;
}
type Facts = ReadonlyMap<string, Fact>;

/**
 * Both applications fact by fact, in the order of the current form; what only the next one has comes last. A field is found by its path, by the
 * path that `sameFields` gives it, or, where groups are cut differently, by a technical name that is left over exactly once on each side. Pure.
 */
export function compareApplications(current: Application, next: Application, { sameFields, ignoredFields }: Sameness): FactComparison[] {
  const [ours, theirs] = [factsOf(current), factsOf(next)];
  const partner = partnersOf(ours, theirs, sameFields);
  const matched = new Set(partner.values());
  const ignored = new Set(ignoredFields.map(formPlace));
  const rows = [...ours].map(([place, fact]): FactComparison => {
    const nextPlace = partner.get(place);
    const other = nextPlace === undefined ? undefined : theirs.get(nextPlace);
    const verdict = ignored.has(place) ? 'ignored' : verdictOf(fact, other);
    return {
      place,
      ...(nextPlace === undefined || nextPlace === place ? {} : { nextPlace }),
      label: fact.label,
      current: fact.value,
      ...(other === undefined ? {} : { next: other.value }),
      verdict,
    };
  });
  const left = [...theirs].filter(([place]) => !matched.has(place));
  const added = left.map(([place, { label, value }]): FactComparison => {
    return { place, label, next: value, verdict: ignored.has(place) ? 'ignored' : 'onlyNext' };
  });
  return [...rows, ...added];
}

/** How often each fact of these comparisons is equal or not; the most different first. Pure. */
export function tally(comparisons: readonly (readonly FactComparison[])[]): FieldTally[] {
  const byPlace = new Map<string, { label: string; counts: Record<Verdict, number> }>();
  for (const { place, label, verdict } of comparisons.flat()) {
    const entry = byPlace.get(place) ?? { label, counts: { equal: 0, different: 0, onlyCurrent: 0, onlyNext: 0, ignored: 0 } };
    entry.counts[verdict] += 1;
    byPlace.set(place, entry);
  }
  const off = ({ different, onlyCurrent, onlyNext }: Omit<FieldTally, 'place' | 'label'>): number => different + onlyCurrent + onlyNext;
  return [...byPlace]
    .map(
      ([
        place,
        {
          label,
          counts: { equal, different, onlyCurrent, onlyNext },
        },
      ]) => ({ place, label, equal, different, onlyCurrent, onlyNext }),
    )
    .sort((a, b) => off(b) - off(a) || (a.place < b.place ? -1 : 1));
}

const FORM = 'form/';
const formPlace = (path: string): string => (path.startsWith(FORM) ? path : `${FORM}${path}`);

/** Everything an application says, by place. A place that comes twice (rows of a repeated group) is numbered. */
function factsOf(application: Application): Facts {
  const facts = new Map<string, Fact>();
  const put = (place: string, label: string, value: JsonValue | undefined): void => {
    if (value === undefined) return;
    let free = place;
    for (let number = 2; facts.has(free); number += 1) free = `${place}#${number}`;
    facts.set(free, { label, value });
  };
  const { publicService, applicant, payment, attachments, places, consents, deadlines, unmapped } = application;
  for (const { path, field } of fieldsOf(application.form)) put(FORM + [...path, field.name].join('/'), field.label, field.value);
  putTree('applicant', applicant, put);
  putTree('publicService', { leikaKeys: publicService.leikaKeys, name: publicService.name }, put);
  if (payment !== undefined) putTree('payment', payment, put);
  // By kind and order, not by name: what people call their files may say who they are, and places stand in lists without content.
  for (const attachment of attachments) {
    put(`attachments/${attachment.purpose}`, attachment.purpose, contentOf(attachment));
    put(`attachmentNames/${attachment.purpose}`, attachment.purpose, attachment.name);
  }
  for (const { geometry } of places) put('places', geometry.type, { type: geometry.type, coordinates: geometry.coordinates });
  for (const { purpose, given } of consents) put(`consents/${purpose}`, purpose, given);
  for (const { name, at } of deadlines) put(`deadlines/${name}`, name, at);
  for (const { path, value } of unmapped) put(`unmapped/${path}`, path, value);
  return facts;
}

/** Leaves of a part of the application; lists are one fact each. */
function putTree(place: string, value: unknown, put: (place: string, label: string, value: JsonValue) => void): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [name, member] of Object.entries(value)) putTree(`${place}/${name}`, member, put);
  } else if (value !== undefined) put(place, place, value as JsonValue);
}

/** The same bytes are the same file, whatever the hub calls it. */
function contentOf(attachment: Attachment): JsonValue {
  const { mediaType } = attachment;
  if (attachment.state === 'linked') return { mediaType, link: attachment.link };
  return { mediaType, size: attachment.size, sha512: attachment.sha512 };
}

/** Place at ours → place at theirs. */
function partnersOf(ours: Facts, theirs: Facts, sameFields: Readonly<Record<string, string>>): Map<string, string> {
  const partners = new Map<string, string>();
  const taken = new Set<string>();
  const pair = (place: string, other: string): void => {
    if (partners.has(place) || taken.has(other) || !ours.has(place) || !theirs.has(other)) return;
    partners.set(place, other);
    taken.add(other);
  };
  for (const [next, current] of Object.entries(sameFields)) pair(formPlace(current), formPlace(next));
  for (const place of ours.keys()) pair(place, place);
  const leftOver = (facts: Facts, isTaken: (place: string) => boolean): Map<string, string> =>
    onceEach([...facts.keys()].filter((place) => place.startsWith(FORM) && !isTaken(place)));
  const theirNames = leftOver(theirs, (place) => taken.has(place));
  for (const [name, place] of leftOver(ours, (place) => partners.has(place))) {
    const other = theirNames.get(name);
    if (other !== undefined) pair(place, other);
  }
  return partners;
}

/** Last part of a place → place, for those that have it to themselves. */
function onceEach(places: readonly string[]): Map<string, string> {
  const byName = Map.groupBy(places, (place) => place.slice(place.lastIndexOf('/') + 1));
  return new Map([...byName].flatMap(([name, [place, ...others]]) => (place === undefined || others.length > 0 ? [] : [[name, place]])));
}

function verdictOf({ value }: Fact, other: Fact | undefined): Verdict {
  if (other === undefined) return 'onlyCurrent';
  return canonicalText(value) === canonicalText(other.value) ? 'equal' : 'different';
}

/** Texts are the same when people cannot tell them apart: composed or decomposed umlauts, blanks around them. Types stay: "1" is not 1. */
function canonicalText(value: JsonValue): string {
  return JSON.stringify(value, (_name, member: unknown) => {
    if (typeof member === 'string') return member.normalize('NFC').trim();
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
