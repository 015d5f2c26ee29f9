// SPDX-License-Identifier: EUPL-1.2
import { type ApplicationDraft, isJsonObject, pointerTo } from '@amtsbote/adapter-kit';
import { type FormItem, type JsonValue, type Unmapped } from '@amtsbote/canonical';

/*
 * Terminology
 *   field     a place in what was sent that holds a value; called by its path, never by what it holds
 *   path      of an answer its path in the canonical form (`anschrift/ort`); of everything else a JSON pointer into what was sent
 *             (`/control/x`). Rows and elements of lists are one: `*` stands for their number
 *   mapped    has its place in the canonical application
 *   unmapped  is carried, and nobody said what it means
 *   ignored   is deliberately not carried, by the endpoint's `ignoredFields` or its adapter's options
 */

/** What became of a field. */
export type FieldFate = 'mapped' | 'unmapped' | 'ignored';

/** The fields of one submission: path → what became of it. */
export type FieldCoverage = ReadonlyMap<string, FieldFate>;

/** Fields that one submission is counted for; the canonical application holds no more answers. */
const FIELDS_MAX = 5_000;
const SEGMENT_LENGTH_MAX = 100;
const PATH_LENGTH_MAX = 500;
/** Everything beyond the limit is counted as this one. */
const BEYOND = '…';

/** Names that a form's author did not give: numbers, ids, addresses. They would be as many as citizens, and could name one. */
const MADE_UP = /@|\d{6,}|[0-9a-f]{8}-[0-9a-f]{4}/i;
const ROW_NUMBER = /^\d+$|_\d+$/;

/** A name as it is counted. */
function segmentOf(name: string): string {
  if (MADE_UP.test(name)) return '*';
  const counted = ROW_NUMBER.test(name) ? name.replace(/\d+$/, '*') : name;
  return counted.length <= SEGMENT_LENGTH_MAX ? counted : `${counted.slice(0, SEGMENT_LENGTH_MAX - 1)}…`;
}

/** The same forms send the same places again and again; what is not seen again is forgotten with the rest. */
const recent = new Map<string, string>();
const RECENT_MAX = 20_000;

/** A JSON pointer as it is counted. */
export function countedPath(pointer: string): string {
  const known = recent.get(pointer);
  if (known !== undefined) return known;
  const path = pointer.split('/').map(segmentOf).join('/');
  const counted = path.length <= PATH_LENGTH_MAX ? path : `${path.slice(0, PATH_LENGTH_MAX - 1)}…`;
  if (recent.size >= RECENT_MAX) recent.clear();
  if (pointer.length <= PATH_LENGTH_MAX) recent.set(pointer, counted);
  return counted;
}

/** Every field of a draft with what became of it. Pure; the draft's limits are its limits. */
export function coverageOf(draft: Pick<ApplicationDraft, 'form' | 'unmapped' | 'sources'>, ignored: readonly string[]): FieldCoverage {
  const fields = new Map<string, FieldFate>();
  const count = (path: string, fate: FieldFate): void => {
    if (fields.size >= FIELDS_MAX && !fields.has(path)) fields.set(BEYOND, fate);
    else if (fields.get(path) !== 'mapped') fields.set(path, fate);
  };
  for (const pointer of draft.sources?.mapped ?? []) count(countedPath(pointer), 'mapped');
  for (const pointer of draft.sources?.ignored ?? []) count(countedPath(pointer), 'ignored');
  countAnswers(draft.form, '', count);
  for (const { path, value } of draft.unmapped) countBelow(value, path, ignored, count);
  return fields;
}

function countAnswers(items: readonly FormItem[], above: string, count: (path: string, fate: FieldFate) => void): void {
  for (const item of items) {
    const path = above === '' ? segmentOf(item.name) : `${above}/${segmentOf(item.name)}`;
    if (item.kind === 'group') countAnswers(item.items, path, count);
    else count(countedPath(path), 'mapped');
  }
}

function countBelow(value: JsonValue, pointer: string, ignored: readonly string[], count: (path: string, fate: FieldFate) => void): void {
  const below = membersOf(value);
  if (below.length === 0) count(countedPath(pointer), isIgnored(pointer, ignored) ? 'ignored' : 'unmapped');
  for (const [member, inner] of below) countBelow(inner, pointerTo(pointer, member), ignored, count);
}

function membersOf(value: JsonValue): [string, JsonValue][] {
  if (Array.isArray(value)) return value.map((element, index) => [String(index), element]);
  return isJsonObject(value) ? Object.entries(value) : [];
}

/** Whether an operator's pattern names this place or one above it: `/metadata/user_rating`; `*` stands for any row. */
function isIgnored(pointer: string, patterns: readonly string[]): boolean {
  if (patterns.length === 0) return false;
  const path = countedPath(pointer);
  return patterns.some((pattern) => path === pattern || path.startsWith(`${pattern}/`));
}

/** What is left to carry when what the operator ignores is taken away, in the pieces in which it came. Pure. */
export function withoutIgnored(unmapped: readonly Unmapped[], ignored: readonly string[]): readonly Unmapped[] {
  if (ignored.length === 0) return unmapped;
  return unmapped.flatMap(({ path, value }) => {
    const left = prune(value, path, ignored);
    return left === undefined ? [] : [{ path, value: left }];
  });
}

function prune(value: JsonValue, pointer: string, ignored: readonly string[]): JsonValue | undefined {
  if (isIgnored(pointer, ignored)) return undefined;
  const members = membersOf(value);
  if (members.length === 0) return value;
  const left = members.flatMap(([member, inner]): [string, JsonValue][] => {
    const rest = prune(inner, pointerTo(pointer, member), ignored);
    return rest === undefined ? [] : [[member, rest]];
  });
  if (left.length === 0) return undefined;
  return Array.isArray(value) ? left.map(([, inner]) => inner) : Object.fromEntries(left);
}
