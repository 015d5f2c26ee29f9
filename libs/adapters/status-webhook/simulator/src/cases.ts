// SPDX-License-Identifier: EUPL-1.2
import type { StateChangedEvent } from '../../src/webhook.wire.js';

/** One update as it arrived. */
export interface ReceivedUpdate {
  readonly id: string;
  readonly receivedAt: string;
  readonly data: StateChangedEvent['data'];
}

/** A document of a decision after the portal tried to collect it. */
export interface CollectedDocument {
  readonly name: string;
  /** `collected` only when size and SHA-512 are those the event announced. */
  readonly result: 'collected' | 'differs' | 'refused' | 'unreachable';
  readonly status?: number;
  /** Bytes that came. */
  readonly size?: number;
}

/** What the portal knows of one application. */
export interface PortalCase {
  readonly applicationId: string;
  /** In order of arrival. */
  readonly updates: ReceivedUpdate[];
  readonly documents: CollectedDocument[];
}

/** A change in a form that can be written down and repeated. */
export type CaseChange =
  | { readonly id: string; readonly event: StateChangedEvent; readonly receivedAt: string }
  | { readonly applicationId: string; readonly documents: readonly CollectedDocument[] };

/** The portal's cases: drops doubles by `webhook-id`, but counts them. */
export class PortalCases {
  private readonly byApplication = new Map<string, PortalCase>();
  private readonly arrivals = new Map<string, number>();
  /** Called with every change before it is answered: books on disk. */
  onChange: (change: CaseChange) => void = () => undefined;

  /** Takes an event. @returns false when its id has arrived before. */
  take(id: string, event: StateChangedEvent, receivedAt = new Date().toISOString()): boolean {
    const times = (this.arrivals.get(id) ?? 0) + 1;
    this.arrivals.set(id, times);
    if (times > 1) return false;
    const { applicationId } = event.data;
    const known = this.byApplication.get(applicationId) ?? { applicationId, updates: [], documents: [] };
    known.updates.push({ id, receivedAt, data: event.data });
    this.byApplication.set(applicationId, known);
    this.onChange({ id, event, receivedAt });
    return true;
  }
  /** What became of a decision's documents, in place of what was known of them. */
  collected(applicationId: string, documents: readonly CollectedDocument[]): void {
    const known = this.byApplication.get(applicationId);
    known?.documents.splice(0, known.documents.length, ...documents);
    this.onChange({ applicationId, documents });
  }
  /** Repeats a change of an earlier run. */
  repeat(change: CaseChange): void {
    if ('event' in change) this.take(change.id, change.event, change.receivedAt);
    else this.collected(change.applicationId, change.documents);
  }

  all(): PortalCase[] {
    return [...this.byApplication.values()];
  }
  get(applicationId: string): PortalCase | undefined {
    return this.byApplication.get(applicationId);
  }
  /** The update with this id, and how often it took effect. */
  update(id: string): { readonly update: ReceivedUpdate | undefined; readonly effects: number } {
    const matching = this.all().flatMap(({ updates }) => updates.filter((update) => update.id === id));
    return { update: matching[0], effects: matching.length };
  }
  /** How often an id arrived, doubles included. */
  arrivalsOf(id: string): number {
    return this.arrivals.get(id) ?? 0;
  }
  /** Messages that arrived again and were dropped. */
  get doubles(): number {
    return [...this.arrivals.values()].reduce((sum, times) => sum + times - 1, 0);
  }
}

/** Sequence numbers missing below the highest that arrived: updates the citizen never saw. */
export function gapsOf({ updates }: PortalCase): number[] {
  const seen = new Set(updates.map(({ data }) => data.sequence));
  return Array.from({ length: Math.max(0, ...seen) }, (_, index) => index + 1).filter((sequence) => !seen.has(sequence));
}

/** Whether the updates arrived in the order of their sequence numbers. */
export function isInOrder({ updates }: PortalCase): boolean {
  return updates.every(({ data }, index) => index === 0 || data.sequence > (updates[index - 1]?.data.sequence ?? 0));
}
