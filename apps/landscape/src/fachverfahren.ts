// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import { aPdf } from '@amtsbote/adapter-kit/testing';

/** Longest call, in milliseconds: some attachments are large. */
const CALL_MS_MAX = 300_000;

/** How the simulated Fachverfahren works. */
export interface FachverfahrenSettings {
  /** The pickup queue: `http://…/pickup/gewerberegister`. */
  readonly queueUrl: string;
  readonly token: string;
  /** Pause between polls that found nothing, in milliseconds. */
  readonly pollMs: number;
  /** Items per poll. */
  readonly limit: number;
  /** Whether it decides at once on what it collected. */
  readonly decides: boolean;
}

/** What the Fachverfahren knows of one application: its own book, independent of the hub's. */
export interface CollectedCase {
  readonly applicationId: string;
  readonly reference: string;
  /** How often it was taken into the register: must be 1. */
  taken: number;
  readonly attachments: number;
  decided: boolean;
}

interface Item {
  readonly id: string;
  readonly url: string;
  readonly applicationId: string;
  readonly reference: string;
  readonly leaseId: string;
}
interface Collected {
  readonly application: { readonly attachments: readonly { readonly id: string; readonly sha512: string; readonly state: string }[] };
}

/** A specialist system that polls: leases, reads, fetches and checks every attachment, acknowledges, decides. */
export class FachverfahrenSimulator {
  readonly cases = new Map<string, CollectedCase>();
  /** What went wrong, in its own words; empty when all is well. */
  readonly failures: string[] = [];
  private readonly stopped = new AbortController();
  private loop: Promise<void> | undefined;

  constructor(private settings: FachverfahrenSettings) {}

  start(): this {
    this.loop ??= this.work();
    return this;
  }
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.loop;
  }
  /** Changes its habits while it works. */
  change(settings: Partial<FachverfahrenSettings>): void {
    this.settings = { ...this.settings, ...settings };
  }

  private async work(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      const collected = await this.round().catch(() => 0);
      if (collected === 0) await new Promise((resolve) => setTimeout(resolve, this.settings.pollMs));
    }
  }

  /** One poll. A hub that does not answer is normal life: the next round tries again. */
  private async round(): Promise<number> {
    const answer = await this.call(`${this.settings.queueUrl}?limit=${this.settings.limit}`);
    if (answer.status !== 200) return 0;
    const { items } = (await answer.json()) as { items: Item[] };
    await Promise.all(items.map((item) => this.collect(item).catch((error: unknown) => this.failed(item, error))));
    return items.length;
  }

  private async collect(item: Item): Promise<void> {
    const { application } = (await (await this.expect(await this.call(item.url), 200)).json()) as Collected;
    for (const attachment of application.attachments) await this.fetchAttachment(item, attachment);
    const known = this.cases.get(item.applicationId) ?? {
      applicationId: item.applicationId,
      reference: item.reference,
      taken: 0,
      attachments: application.attachments.length,
      decided: false,
    };
    await this.expect(await this.call(`${item.url}/ack`, { leaseId: item.leaseId }), 200);
    known.taken += 1;
    this.cases.set(item.applicationId, known);
    if (this.settings.decides) await this.decide(item, known);
  }

  private async fetchAttachment(item: Item, attachment: { id: string; sha512: string }): Promise<void> {
    const answer = await this.expect(await this.call(`${item.url}/attachments/${attachment.id}`), 200);
    const hash = createHash('sha512');
    for await (const chunk of answer.body ?? []) hash.update(chunk as Uint8Array);
    if (hash.digest('hex') !== attachment.sha512) throw new Error('an attachment differs from its hash');
  }

  private async decide(item: Item, known: CollectedCase): Promise<void> {
    const form = new FormData();
    form.set('decision', JSON.stringify({ outcome: 'granted', text: `Ihr Antrag ${item.reference} ist genehmigt.` }));
    form.set(
      'bescheid',
      new Blob([new Uint8Array(aPdf([`Bescheid ${item.reference}`]))], { type: 'application/pdf' }),
      `Bescheid ${item.reference}.pdf`,
    );
    await this.expect(await this.call(`${item.url}/decision`, form, { 'idempotency-key': `decision-${item.id}` }), 202);
    known.decided = true;
  }

  private call(url: string, body?: FormData | Record<string, unknown>, headers: Record<string, string> = {}): Promise<Response> {
    const authorization = `Bearer ${this.settings.token}`;
    const signal = AbortSignal.any([this.stopped.signal, AbortSignal.timeout(CALL_MS_MAX)]);
    if (body === undefined) return fetch(url, { headers: { authorization, ...headers }, signal });
    if (body instanceof FormData) return fetch(url, { method: 'POST', headers: { authorization, ...headers }, body, signal });
    return fetch(url, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal,
    });
  }

  private async expect(answer: Response, status: number): Promise<Response> {
    if (answer.status === status) return answer;
    await answer.body?.cancel();
    throw new Error(`expected ${status}, got ${answer.status}`);
  }

  private failed(item: Item, error: unknown): void {
    if (this.stopped.signal.aborted) return;
    this.failures.push(`${item.reference}: ${error instanceof Error ? error.message : 'unknown'}`);
  }
}
