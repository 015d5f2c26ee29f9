// SPDX-License-Identifier: EUPL-1.2
import type { DecisionOutcome, Failure, JsonValue, PaymentState } from '@amtsbote/canonical';
import type { TimelineEntry, TimelineKind } from '@amtsbote/ops-api';

import { withoutNames } from './redaction.js';

/** What the store knows of one application, as it lies in its tables. */
export interface TimelineSources {
  readonly journal: readonly {
    readonly seq: string;
    readonly at: Date;
    readonly actor: string;
    readonly event: string;
    readonly stepId: string | null;
    readonly data: Readonly<Record<string, JsonValue>>;
  }[];
  readonly steps: readonly { readonly id: string; readonly name: string }[];
  readonly attempts: readonly {
    readonly stepId: string;
    readonly number: number;
    readonly owner: string;
    readonly startedAt: Date;
    readonly endedAt: Date | null;
    readonly outcome: string | null;
    readonly failure: Failure | null;
    readonly retryAt: Date | null;
  }[];
  readonly effects: readonly {
    readonly stepId: string;
    readonly name: string;
    readonly state: 'started' | 'done';
    readonly receipt: JsonValue;
    readonly startedAt: Date;
    readonly doneAt: Date | null;
  }[];
  readonly payments: readonly {
    readonly stepId: string;
    readonly instance: string;
    readonly requestId: string;
    readonly state: PaymentState;
    readonly cents: number;
    readonly currency: string;
    readonly transactionId: string | null;
    readonly kassenzeichen: string | null;
    readonly requestedAt: Date;
    readonly paidAt: Date | null;
  }[];
  readonly pickups: readonly {
    readonly stepId: string;
    readonly queue: string;
    readonly state: string;
    readonly deliveries: number;
    readonly offeredAt: Date;
    readonly leaseUntil: Date | null;
    readonly settledAt: Date | null;
    readonly reason: string | null;
  }[];
  readonly decisions: readonly {
    readonly id: string;
    readonly outcome: DecisionOutcome;
    readonly documents: readonly string[];
    readonly receivedAt: Date;
  }[];
  readonly messages: readonly { readonly id: string; readonly type: string; readonly deliveries: number; readonly availableAt: Date }[];
  readonly deadLetters: readonly {
    readonly id: string;
    readonly type: string;
    readonly reason: string;
    readonly deliveries: number;
    readonly diedAt: Date;
  }[];
}

/** Kinds in the order in which they are told when they happened in the same millisecond: causes before what they led to. */
const ORDER: readonly TimelineKind[] = ['attempt', 'effect', 'payment', 'pickup', 'decision', 'journal', 'message', 'deadLetter'];

/** Everything in one line of time, oldest first; equal times keep the order of causes, and the journal its own. Pure. */
export function mergeTimeline(sources: TimelineSources): TimelineEntry<Date>[] {
  const names = new Map(sources.steps.map(({ id, name }) => [id, name]));
  const ofStep = (id: string | null): { step?: string } => {
    const step = id === null ? undefined : names.get(id);
    return step === undefined ? {} : { step };
  };
  const entries: TimelineEntry<Date>[] = [
    ...sources.journal.map(({ at, actor, event, stepId, data }) => ({
      at,
      kind: 'journal' as const,
      event,
      actor,
      ...ofStep(stepId),
      data,
    })),
    ...attempts(sources, ofStep),
    ...effects(sources, ofStep),
    ...outside(sources, ofStep),
    ...messages(sources),
  ];
  return entries
    .map((entry, index) => ({ entry, index }))
    .sort((a, b) => compare(a.entry, b.entry) || a.index - b.index)
    .map(({ entry }) => entry);
}

type OfStep = (id: string | null) => { step?: string };

function attempts({ attempts: rows }: TimelineSources, ofStep: OfStep): TimelineEntry<Date>[] {
  return rows.map(({ stepId, number, owner, startedAt, endedAt, outcome, failure, retryAt }) => ({
    at: startedAt,
    kind: 'attempt',
    event: endedAt === null ? 'attempt.running' : 'attempt.ended',
    actor: `worker:${owner}`,
    ...ofStep(stepId),
    data: { number, outcome, failure, ...duration(startedAt, endedAt), retryAt: retryAt?.toISOString() ?? null },
  }));
}

function effects({ effects: rows }: TimelineSources, ofStep: OfStep): TimelineEntry<Date>[] {
  return rows.map(({ stepId, name, state, receipt, startedAt, doneAt }) => ({
    at: startedAt,
    kind: 'effect',
    event: `effect.${state}`,
    ...ofStep(stepId),
    data: { name, receipt: withoutNames(receipt), ...duration(startedAt, doneAt) },
  }));
}

function outside({ payments, pickups, decisions }: TimelineSources, ofStep: OfStep): TimelineEntry<Date>[] {
  return [
    ...payments.map(({ stepId, requestedAt, paidAt, ...payment }): TimelineEntry<Date> => {
      const data = { ...payment, paidAt: paidAt?.toISOString() ?? null };
      return { at: requestedAt, kind: 'payment', event: 'payment.requested', ...ofStep(stepId), data };
    }),
    ...pickups.map(({ stepId, offeredAt, leaseUntil, settledAt, ...item }): TimelineEntry<Date> => {
      const data = { ...item, leaseUntil: leaseUntil?.toISOString() ?? null, settledAt: settledAt?.toISOString() ?? null };
      return { at: offeredAt, kind: 'pickup', event: 'pickup.item', ...ofStep(stepId), data };
    }),
    ...decisions.map(({ id, outcome, documents, receivedAt }): TimelineEntry<Date> => {
      return { at: receivedAt, kind: 'decision', event: 'decision.stored', data: { id, outcome, documents: [...documents] } };
    }),
  ];
}

function messages({ messages: waiting, deadLetters }: TimelineSources): TimelineEntry<Date>[] {
  return [
    ...waiting.map(({ availableAt, ...message }): TimelineEntry<Date> => {
      return { at: availableAt, kind: 'message', event: 'message.waiting', data: message };
    }),
    ...deadLetters.map(({ diedAt, ...letter }): TimelineEntry<Date> => ({
      at: diedAt,
      kind: 'deadLetter',
      event: 'message.dead',
      data: letter,
    })),
  ];
}

function duration(from: Date, to: Date | null): { durationMs: number | null } {
  return { durationMs: to === null ? null : to.getTime() - from.getTime() };
}

function compare(a: TimelineEntry<Date>, b: TimelineEntry<Date>): number {
  return a.at.getTime() - b.at.getTime() || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind);
}
