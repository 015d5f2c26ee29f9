// SPDX-License-Identifier: EUPL-1.2
import type { JsonValue } from '@amtsbote/canonical';

/** Members and indexes from the root of a document. */
export type Path = readonly (string | number)[];
type Leaf = string | number | boolean;

/** Every text, number and truth value below; nulls say nothing, and bytes count as their base64. */
export function leavesOf(value: unknown, path: Path = []): { path: Path; value: Leaf }[] {
  if (value === null || value === undefined) return [];
  if (value instanceof Uint8Array) return [{ path, value: Buffer.from(value).toString('base64') }];
  if (typeof value === 'object') {
    return Object.entries(value).flatMap(([key, member]) => leavesOf(member, [...path, Array.isArray(value) ? Number(key) : key]));
  }
  return [{ path, value: value as Leaf }];
}

/** Paths of all objects, the root included. */
export function objectsOf(value: JsonValue, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.entries(value).flatMap(([key, member]) => objectsOf(member, [...path, Array.isArray(value) ? Number(key) : key]));
  return Array.isArray(value) ? below : [path, ...below];
}

/** A copy of the document with one value set. */
export function replaced(document: JsonValue, path: Path, value: JsonValue): JsonValue {
  const copy = structuredClone(document);
  const last = path.at(-1);
  let parent = copy as Record<string | number, JsonValue>;
  for (const key of path.slice(0, -1)) parent = parent[key] as Record<string | number, JsonValue>;
  if (last === undefined) return value;
  parent[last] = value;
  return copy;
}

/** How often each text occurs. */
export function countsOf(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}
