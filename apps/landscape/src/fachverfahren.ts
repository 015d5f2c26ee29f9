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
  readonly attachments: number;
  /** How often it was taken into the register: must be 1. */
  taken: number;
  itemId: string;
  leaseId: string;
  /** The hub has confirmed that it handed the application over. */
  acknowledged: boolean;
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

/**
 * A specialist system that polls: leases, reads, fetches and checks every attachment, writes its register, acknowledges, decides. What it
 * could not finish because the hub was away it does at a later poll: the register remembers.
 */
export class FachverfahrenSimulator {
  readonly cases = new Map<string, CollectedCase>();
  /** What went wrong, in its own words; empty when all is well. A hub that does not answer is normal life. */
  readonly failures: string[] = [];
  private readonly stopped = new AbortController();
  private loop: Promise<void> | undefined;

  constructor(
    private settings: FachverfahrenSettings,
    /** Called after every change of a case: the register on disk. */
    private readonly onChange: (known: CollectedCase) => void = () => undefined,
  ) {}

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
  /** A case from the register of an earlier run. */
  remember(known: CollectedCase): void {
    this.cases.set(known.applicationId, known);
  }

  private async work(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      const collected = await this.round().catch(() => 0);
      if (collected === 0) await new Promise((resolve) => setTimeout(resolve, this.settings.pollMs));
    }
  }

  /** One poll, then what earlier ones left unfinished. */
  private async round(): Promise<number> {
    const answer = await this.call(`${this.settings.queueUrl}?limit=${this.settings.limit}`);
    if (answer.status !== 200) return 0;
    const { items } = (await answer.json()) as { items: Item[] };
    await Promise.all(items.map((item) => this.noting(item, () => this.collect(item))));
    const unfinished = [...this.cases.values()].filter(({ acknowledged, decided }) => !acknowledged || (this.settings.decides && !decided));
    await Promise.all(unfinished.map((known) => this.noting(known, () => this.finish(known))));
    return items.length;
  }

  /** Register first, acknowledge then: an application that was acknowledged and not yet written would be lost in a crash. */
  private async collect(item: Item): Promise<void> {
    const { application } = (await (await this.expect(await this.call(item.url), 200)).json()) as Collected;
    for (const attachment of application.attachments) await this.fetchAttachment(item, attachment);
    const { applicationId, reference } = item;
    const known = this.cases.get(applicationId) ?? {
      applicationId,
      reference,
      attachments: application.attachments.length,
      taken: 0,
      itemId: item.id,
      leaseId: item.leaseId,
      acknowledged: false,
      decided: false,
    };
    // Offered again before the acknowledgement: the same entry. Offered again after it: the hub hands over twice.
    if (known.taken === 0 || known.acknowledged) known.taken += 1;
    known.itemId = item.id;
    known.leaseId = item.leaseId;
    this.keep(known);
    await this.finish(known);
  }

  private async finish(known: CollectedCase): Promise<void> {
    if (!known.acknowledged) {
      const answer = await this.call(`${this.settings.queueUrl}/${known.itemId}/ack`, { leaseId: known.leaseId });
      // The lease is over: the application comes again with the next one.
      if (answer.status !== 409) await this.expect(answer, 200);
      await answer.body?.cancel();
      if (answer.status === 409) return;
      known.acknowledged = true;
      this.keep(known);
    }
    if (this.settings.decides && !known.decided) await this.decide(known);
  }

  private async fetchAttachment(item: Item, attachment: { id: string; sha512: string }): Promise<void> {
    const answer = await this.expect(await this.call(`${item.url}/attachments/${attachment.id}`), 200);
    const hash = createHash('sha512');
    for await (const chunk of answer.body ?? []) hash.update(chunk as Uint8Array);
    if (hash.digest('hex') !== attachment.sha512) throw new WrongAnswer('an attachment differs from its hash');
  }

  private async decide(known: CollectedCase): Promise<void> {
    const { reference, itemId } = known;
    const form = new FormData();
    form.set('decision', JSON.stringify({ outcome: 'granted', text: `Ihr Antrag ${reference} ist genehmigt.` }));
    form.set(
      'bescheid',
      new Blob([new Uint8Array(aPdf([`Bescheid ${reference}`]))], { type: 'application/pdf' }),
      `Bescheid ${reference}.pdf`,
    );
    const key = { 'idempotency-key': `decision-${itemId}` };
    const answer = await this.expect(await this.call(`${this.settings.queueUrl}/${itemId}/decision`, form, key), 202);
    await answer.body?.cancel();
    known.decided = true;
    this.keep(known);
  }

  private keep(known: CollectedCase): void {
    this.cases.set(known.applicationId, known);
    this.onChange(known);
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
    if (answer.status >= 500) throw new Error(`the hub answers ${answer.status}`);
    throw new WrongAnswer(`expected ${status}, got ${answer.status}`);
  }

  /** Notes what no later poll can mend. */
  private async noting({ reference }: { readonly reference: string }, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (error instanceof WrongAnswer) this.failures.push(`${reference}: ${error.message}`);
    }
  }
}

/** The hub answered, and what it said cannot be right. */
class WrongAnswer extends Error {}
