// SPDX-License-Identifier: EUPL-1.2
import { hash } from 'node:crypto';

import type { PutMark, Treated } from '@amtsbote/adapter-kit';
import { type CatalogueChange, type CatalogueObjectKind, targetOf } from '@amtsbote/canonical';

import { validTimeOf } from '../facts/moments.js';
import { type CompetenceFact, competenceFactsOf, type ServiceFacts, serviceFactsOf } from '../facts/object-facts.js';
import { TUPLE_HEAD, writeTuple } from './content-tuple.js';

/*
 * What a run keeps of the changes it reads. This runs where they are read, in a thread of the adapter where there is one: no object outlives
 * this, only texts and bytes that can be written as they are. So nothing here may need the database or the framework.
 */

/** Half a SHA-256: enough to tell whether an object changed. */
const HASH_HEX = 32;

/** A change as it is staged; `hash` and what follows only of puts. */
export interface RefinedChange {
  readonly kind: CatalogueObjectKind;
  readonly agency: string;
  readonly id: string;
  readonly put?: RefinedPut;
}

/** What is kept of a put, beside its content. */
export interface RefinedPut {
  readonly hash: string;
  readonly valid: string | null;
  readonly mark?: PutMark;
  /** Where its content begins and ends in {@link Refined.contents}. */
  readonly from: number;
  readonly to: number;
  readonly competences: readonly CompetenceFact[];
  readonly service?: ServiceFacts;
}

/** What is kept of some changes. */
export interface Refined extends Treated {
  readonly count: number;
  /**
   * The {@link RefinedChange}s in their order, as JSON: one text that is handed over at once and holds on to nothing. Parts of what was read
   * would keep all of it in memory until they are saved.
   */
  readonly written: string;
  /** Contents of the puts, as they are copied; without their numbers. */
  readonly contents: ArrayBuffer;
}

/** Contents on their way into one buffer. It stays: to make one for every call would cost more than what is written to it. */
let scratch = Buffer.allocUnsafeSlow(512 * 1024);

/** Makes of changes what is written of them. Pure. */
export function treat(changes: readonly CatalogueChange[], marks: readonly (PutMark | undefined)[]): Refined {
  let length = 0;
  const refined = changes.map((change, index): RefinedChange => {
    const { kind, key } = targetOf(change);
    if (change.op === 'remove') return { kind, agency: key.schemeAgencyId, id: key.id };
    const { object } = change;
    const document = JSON.stringify(object);
    const from = length;
    // A character takes three bytes at most.
    makeRoom(from, TUPLE_HEAD + document.length * 3);
    const to = writeTuple(scratch, from, document);
    length = to;
    const mark = marks[index];
    const put = {
      hash: hash('sha256', scratch.subarray(from + TUPLE_HEAD, to), 'hex').slice(0, HASH_HEX),
      valid: validTimeOf(object.validity),
      from,
      to,
      competences: competenceFactsOf(object),
      ...(mark === undefined ? {} : { mark }),
      ...(object.kind === 'service' || object.kind === 'specialisation' ? { service: serviceFactsOf(object) } : {}),
    };
    return { kind, agency: key.schemeAgencyId, id: key.id, put };
  });
  const contents = new ArrayBuffer(length);
  scratch.copy(new Uint8Array(contents), 0, 0, length);
  return { count: changes.length, written: JSON.stringify(refined), contents, buffers: [contents] };
}

/** What {@link treat} has written. */
export function changesIn({ written }: Pick<Refined, 'written'>): RefinedChange[] {
  return JSON.parse(written) as RefinedChange[];
}

function makeRoom(used: number, more: number): void {
  if (used + more <= scratch.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(used + more, scratch.length * 2));
  scratch.copy(larger, 0, 0, used);
  scratch = larger;
}
