// SPDX-License-Identifier: EUPL-1.2
import { insertMessages, messageRows } from '@amtsbote/bus';
import type { ApplicationState, Failure, Message, Progress, StepState } from '@amtsbote/canonical';
import { insertJournal, type JournalEntry, journalRows, prepared, type Sql, type StepPlan } from '@amtsbote/store';

/** An application's state as it will be. Only status/ asks for this (law 7). */
export interface StateChange {
  readonly id: string;
  readonly tenant: string;
  readonly state: ApplicationState;
  readonly sequence: number;
  readonly progress: Progress;
}

/** A row of the Laufzettel as it is written. */
export interface NewStep extends StepPlan {
  readonly tenant: string;
  readonly applicationId: string;
  readonly failure: Failure | null;
  /** ISO 8601, like every time here. */
  readonly dueAt: string | null;
  readonly changedAt: string;
}

/** A waiting step that moves on. */
export interface StepMove {
  readonly id: string;
  readonly tenant: string;
  readonly state: StepState;
  readonly dueAt: Date | null;
  readonly failure: Failure | null;
}

/** What a unit of work has gathered to be written at its end. */
export interface Changes {
  readonly states: ReadonlyMap<string, StateChange>;
  readonly steps: readonly NewStep[];
  readonly moves: readonly StepMove[];
  readonly entries: readonly JournalEntry[];
  readonly messages: readonly Message[];
}

/**
 * Writes everything gathered in one statement: an application passes here after each attempt, and round trips are what an attempt costs most.
 * @throws Error when a step to be moved was not waiting any more: somebody moved it without holding the application's lock.
 */
export async function writeChanges(sql: Sql, { states, steps, moves, entries, messages }: Changes, now: Date): Promise<void> {
  if (states.size + steps.length + moves.length + entries.length + messages.length === 0) return;
  const [row] = await sql.query<{ moved: number }>(WRITE, [
    now,
    JSON.stringify([...states.values()]),
    JSON.stringify(steps),
    JSON.stringify(moves),
    JSON.stringify(journalRows(entries)),
    JSON.stringify(messageRows(messages)),
  ]);
  if (row?.moved !== moves.length) throw new Error(`${moves.length} steps were to be moved, ${row?.moved ?? 0} were waiting`);
}

/**
 * SQL that writes the steps in a JSON parameter like `$1`, to be part of a larger statement; `once` is a relation of applications: with it
 * only their steps are written.
 */
export function insertSteps(parameter: string, once?: string): string {
  return `
    INSERT INTO step (id, tenant, application_id, position, name, kind, instance, options, after, condition, state, failure, due_at, changed_at)
    SELECT s.id, s.tenant, s."applicationId", s.position, s.name, s.kind, s.instance, s.options, s.after, s.condition, s.state, s.failure, s."dueAt",
      s."changedAt"
    FROM jsonb_to_recordset(${parameter}::jsonb) AS s(id uuid, tenant text, "applicationId" uuid, position int, name text, kind text, instance text,
        options jsonb, after text[], condition text, state text, failure jsonb, "dueAt" timestamptz, "changedAt" timestamptz)
      ${once === undefined ? '' : `JOIN ${once} ON ${once}.id = s."applicationId"`}`;
}

const WRITE = prepared(`
  WITH changed AS (
    UPDATE application a SET state = c.state, state_sequence = c.sequence, progress = c.progress, changed_at = $1,
      finished_at = CASE WHEN c.progress IN ('finished', 'cancelled') THEN coalesce(a.finished_at, $1) END
    FROM jsonb_to_recordset($2::jsonb) AS c(id uuid, tenant text, state text, sequence int, progress text)
    WHERE a.id = c.id AND a.tenant = c.tenant),
  added AS (${insertSteps('$3')}),
  moved AS (
    UPDATE step SET state = m.state, due_at = m."dueAt", failure = m.failure, changed_at = $1
    FROM jsonb_to_recordset($4::jsonb) AS m(id uuid, tenant text, state text, "dueAt" timestamptz, failure jsonb)
    WHERE step.id = m.id AND step.tenant = m.tenant AND step.state = 'waiting' RETURNING step.id),
  entries AS (${insertJournal('$5')}),
  messages AS (${insertMessages('$6')})
  SELECT count(*)::int AS moved FROM moved`);
