// SPDX-License-Identifier: EUPL-1.2
import type { JsonValue } from '@amtsbote/canonical';
import { z } from 'zod';

/** Longest path that `unmapped` keeps and that an error names. */
const POINTER_LENGTH_MAX = 1_000;

/** Config schema of a JSON Pointer (RFC 6901): empty for the whole document, else `/a/b/0`; `~1` is a slash, `~0` a tilde. */
export function jsonPointer(): z.ZodString {
  return z
    .string()
    .max(POINTER_LENGTH_MAX)
    .regex(/^(?:\/(?:[^~/]|~[01])*)*$/, 'a JSON Pointer (RFC 6901) such as /data/applicant/name');
}

/** The pointer one level below `parent`. */
export function pointerTo(parent: string, member: string | number): string {
  const text = String(member);
  return `${parent}/${/[~/]/.test(text) ? text.replaceAll('~', '~0').replaceAll('/', '~1') : text}`;
}

/** A pointer short enough to be stored and shown: a stranger's document may have names of any length. */
export function shortPointer(pointer: string, lengthMax = POINTER_LENGTH_MAX): string {
  return pointer.length <= lengthMax ? pointer : `${pointer.slice(0, lengthMax - 1)}…`;
}

/** The value a pointer names, or `undefined` when there is none. Only own members and array indexes without leading zero count. */
export function valueAt(document: JsonValue, pointer: string): JsonValue | undefined {
  let value: JsonValue | undefined = document;
  for (let slash = pointer.indexOf('/'); slash >= 0 && value !== undefined;) {
    const next = pointer.indexOf('/', slash + 1);
    const segment = next < 0 ? pointer.slice(slash + 1) : pointer.slice(slash + 1, next);
    const member = segment.includes('~') ? segment.replaceAll('~1', '/').replaceAll('~0', '~') : segment;
    if (Array.isArray(value)) value = /^(?:0|[1-9]\d{0,9})$/.test(member) ? value[Number(member)] : undefined;
    else value = isJsonObject(value) && Object.hasOwn(value, member) ? value[member] : undefined;
    slash = next;
  }
  return value;
}

/** Narrows to an object: no array, no null. */
export function isJsonObject(value: JsonValue | undefined): value is { [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
