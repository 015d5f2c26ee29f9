// SPDX-License-Identifier: EUPL-1.2
import { hash } from 'node:crypto';

import type { PutMark } from '@amtsbote/adapter-kit';

import type { LocalFinding } from './xzufi.record.mapping.js';

/*
 * How records are recognised. A record is an element below the root, with what stands between it and the one before. Its digest is that of its
 * bytes together with that of everything else that decides what they mean: so the same digest is the same object, with the same remarks.
 */

/**
 * What this adapter makes of records. To be counted up with every change after which the same bytes may give another object or other remarks
 * (model, tables, rules, sanitising): then everything is read again once. `xzufi.marks.spec.ts` notices what the examples show.
 */
export const READING = 1;

/** Of each digest so many hexadecimal digits: 128 bits of the record, 64 of its surroundings. */
const RECORD_HEX = 32;
const SURROUNDINGS_HEX = 16;
const LINE = 0x0a;
const RETURN = 0x0d;
/** Lines of text shorter than this are quicker walked through than jumped over. */
const NEAR = 48;

/** Digest of what is the same for all records of a document: plain data, its keys in order. */
export function surroundingsOf(facts: object): string {
  return hash('sha256', JSON.stringify([READING, facts]), 'hex').slice(0, SURROUNDINGS_HEX);
}

/** Digest of a record. */
export function digestOf(bytes: Uint8Array, surroundings: string): string {
  return hash('sha256', bytes, 'hex').slice(0, RECORD_HEX) + surroundings;
}

/** What is said about one record. */
export interface RecordRemarks {
  /** Lines count from the end of the record before. */
  readonly findings: readonly LocalFinding[];
  readonly unknown: readonly (readonly [path: string, count: number])[];
}

/** The mark of a put. */
export function markOf(digest: string, { findings, unknown }: RecordRemarks): PutMark {
  return findings.length + unknown.length === 0 ? { digest } : { digest, remarks: JSON.stringify({ findings, unknown }) };
}

/** Remarks that {@link markOf} has written. */
export function remarksIn(text: string): RecordRemarks {
  return JSON.parse(text) as RecordRemarks;
}

/** Line breaks, as the parser counts them: CR LF is one, a single CR too. */
export function lineBreaksIn(bytes: Uint8Array): number {
  const { length } = bytes;
  let breaks = 0;
  for (let at = 0; at < length;) {
    const near = Math.min(length, at + NEAR);
    while (at < near && bytes[at] !== LINE) at += 1;
    if (at === length) break;
    if (at === near) {
      const next = bytes.indexOf(LINE, at);
      if (next === -1) break;
      at = next;
    }
    breaks += 1;
    at += 1;
  }
  for (let at = bytes.indexOf(RETURN); at !== -1; at = bytes.indexOf(RETURN, at + 1)) if (bytes[at + 1] !== LINE) breaks += 1;
  return breaks;
}
