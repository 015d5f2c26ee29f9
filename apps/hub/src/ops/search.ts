// SPDX-License-Identifier: EUPL-1.2
import { type ApplicationState, type Progress, readReference } from '@amtsbote/canonical';

import { ProblemError } from '../http/problem.js';

/** What a search may be narrowed by; all optional, all combined. Business keys only: nothing looks into what citizens wrote. */
export interface SearchWishes {
  /** A reference as people type it, the sender's id, or the application's id. */
  readonly q?: string | undefined;
  readonly reference?: string | undefined;
  readonly submissionId?: string | undefined;
  readonly state?: ApplicationState | undefined;
  readonly progress?: Progress | undefined;
  readonly route?: string | undefined;
  readonly tenant?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly leikaKey?: string | undefined;
  /** Received at or after. */
  readonly from?: Date | undefined;
  /** Received before. */
  readonly to?: Date | undefined;
  /** With a step parked at this instance. */
  readonly instance?: string | undefined;
  /** With a step parked for this failure code. */
  readonly code?: string | undefined;
  /** Whether a route was found. */
  readonly routed?: boolean | undefined;
}

/** Where a page ends: the last row's place in the order. */
export interface Cursor {
  readonly receivedAt: Date;
  readonly id: string;
}

/** A condition with its parameters. */
export interface Condition {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The WHERE of a search over `application a`; newest first is served by its time indexes. Pure. */
export function searchCondition(wishes: SearchWishes, tenants: readonly string[] | null, after?: Cursor): Condition {
  const parts: string[] = [];
  const parameters: unknown[] = [];
  const place = (value: unknown): string => `$${parameters.push(value)}`;
  const equal = (column: string, value: unknown): void => {
    if (value !== undefined) parts.push(`a.${column} = ${place(value)}`);
  };
  if (tenants !== null) parts.push(`a.tenant = ANY(${place(tenants)}::text[])`);
  if (wishes.q !== undefined) parts.push(anyKey(wishes.q.trim(), place));
  equal('reference', wishes.reference === undefined ? undefined : (readReference(wishes.reference) ?? wishes.reference));
  equal('submission_id', wishes.submissionId);
  equal('state', wishes.state);
  equal('progress', wishes.progress);
  equal('route', wishes.route);
  equal('tenant', wishes.tenant);
  equal('endpoint', wishes.endpoint);
  equal('leika_key', wishes.leikaKey);
  if (wishes.from !== undefined) parts.push(`a.received_at >= ${place(wishes.from)}`);
  if (wishes.to !== undefined) parts.push(`a.received_at < ${place(wishes.to)}`);
  if (wishes.routed !== undefined) parts.push(`a.route IS ${wishes.routed ? 'NOT ' : ''}NULL`);
  if (wishes.instance !== undefined || wishes.code !== undefined) parts.push(hasParkedStep(wishes, place));
  if (after !== undefined) {
    const [receivedAt, id] = [place(after.receivedAt), place(after.id)];
    parts.push(`a.received_at <= ${receivedAt} AND (a.received_at < ${receivedAt} OR a.id > ${id}::uuid)`);
  }
  return { sql: parts.length === 0 ? 'true' : parts.map((part) => `(${part})`).join(' AND '), parameters };
}

function anyKey(typed: string, place: (value: unknown) => string): string {
  const reference = readReference(typed);
  const keys = [`a.submission_id = ${place(typed)}`];
  if (reference !== null) keys.push(`a.reference = ${place(reference)}`);
  if (UUID.test(typed)) keys.push(`a.id = ${place(typed.toLowerCase())}::uuid`);
  return keys.join(' OR ');
}

function hasParkedStep({ instance, code }: SearchWishes, place: (value: unknown) => string): string {
  const conditions = ["s.application_id = a.id AND s.tenant = a.tenant AND s.state = 'parked'"];
  if (instance !== undefined) conditions.push(`s.instance = ${place(instance)}`);
  if (code !== undefined) conditions.push(`s.failure->>'code' = ${place(code)}`);
  return `EXISTS (SELECT 1 FROM step s WHERE ${conditions.join(' AND ')})`;
}

/** A cursor as it travels. */
export function writeCursor({ receivedAt, id }: Cursor): string {
  return Buffer.from(JSON.stringify([receivedAt.toISOString(), id])).toString('base64url');
}

/** @throws ProblemError 400 for anything that is not a cursor of ours. */
export function readCursor(text: string): Cursor {
  const [time, id] = parts(text);
  const receivedAt = new Date(typeof time === 'string' ? time : Number.NaN);
  if (typeof id === 'string' && UUID.test(id) && !Number.isNaN(receivedAt.getTime())) return { receivedAt, id };
  throw new ProblemError(400, 'not-a-cursor', 'The cursor is not one of an earlier page.', { place: 'cursor' });
}

function parts(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return Array.isArray(value) ? (value as unknown[]) : [];
  } catch {
    return [];
  }
}
