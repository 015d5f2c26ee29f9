// SPDX-License-Identifier: EUPL-1.2
import { setTimeout as sleep } from 'node:timers/promises';

import { type OutgoingSubmission, type SendingOutcome, sendTo } from '@amtsbote/adapter-kit/testing';
import { ozgCloudSender, type OzgCloudSubmission, ozgCloudSubmissions } from '@amtsbote/adapters/forms-ozg-cloud/simulator';

import { hashesOf, intakeOf } from '../launch/samples.js';
import type { Logbook } from './logbook.js';
import type { Sending } from './plan.js';

/** The senders' own book: what was sent, and what was answered. */
export interface SentSubmission {
  readonly submissionId: string;
  /** Of every file that was sent; hex. */
  readonly sha512: readonly string[];
  /** Times it was sent. */
  requests: number;
  /** What was promised: one entry for each 2xx. */
  readonly promises: { readonly applicationId: string; readonly reference: string }[];
  /** Answers that a valid submission must never get. */
  readonly refusals: string[];
}

/** Where senders send: the balancer, and each hub by itself. */
export interface Addresses {
  readonly balancer: string;
  readonly hubs: readonly [string, string];
  readonly token: string;
}

const ANSWER_MS_MAX = 4_000;
const PAUSE_MS = 300;

/** Form servers that send a plan's load, with retries, doubles and all, and keep book of what they were told. */
export class Senders {
  readonly book: SentSubmission[] = [];
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly addresses: Addresses,
    private readonly logbook: Logbook,
    private readonly signal: AbortSignal,
  ) {}

  /** Sends everything at its time; resolves when the last one has been begun. */
  async send(load: readonly Sending[], seed: number): Promise<void> {
    const startedAt = performance.now();
    const byUploads = new Map([0, 1, 2].map((uploads) => [uploads, ozgCloudSubmissions({ count: load.length, seed, uploads })]));
    for (const [index, sending] of load.entries()) {
      const wait = sending.at - (performance.now() - startedAt);
      if (wait > 0) await sleep(wait, undefined, { signal: this.signal });
      const submission = byUploads.get(sending.uploads)?.[index];
      if (submission === undefined) throw new Error('a submission was not made up');
      const work = this.one(sending, submission, index).finally(() => this.underWay.delete(work));
      this.underWay.add(work);
    }
  }

  /** Resolves when every patient sender was answered. @throws the signal's reason. */
  async settled(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  /** How many are still sending. */
  get unanswered(): number {
    return this.underWay.size;
  }

  private async one({ manner, againAfterMs }: Sending, submission: OzgCloudSubmission, index: number): Promise<void> {
    const { balancer, hubs } = this.addresses;
    const entry: SentSubmission = {
      submissionId: submission.formData.control.transactionId,
      sha512: await hashesOf(submission),
      requests: 0,
      promises: [],
      refusals: [],
    };
    this.book.push(entry);
    const built = ozgCloudSender({ url: balancer, auth: { kind: 'bearer', token: this.addresses.token } }).build(submission);
    if (manner === 'oneShot') {
      await this.once(balancer, built, entry);
      return;
    }
    if (manner === 'atOnce') await Promise.all(hubs.map((hub) => this.once(hub, built, entry)));
    await this.untilAnswered(balancer, built, entry);
    if (manner !== 'again') return;
    await sleep(againAfterMs, undefined, { signal: this.signal });
    await this.once(hubs[index % 2] ?? balancer, built, entry);
  }

  /** Again and again, until there is a promise; or a refusal, which nothing would change. */
  private async untilAnswered(hub: string, built: OutgoingSubmission, entry: SentSubmission): Promise<void> {
    const isOpen = (): boolean => entry.promises.length + entry.refusals.length === 0;
    while (isOpen()) {
      await this.once(hub, built, entry);
      if (isOpen()) await sleep(PAUSE_MS, undefined, { signal: this.signal });
    }
  }

  private async once(hub: string, built: OutgoingSubmission, entry: SentSubmission): Promise<void> {
    entry.requests += 1;
    const outcome = await sendTo(intakeOf(hub), built, { timeoutMs: ANSWER_MS_MAX });
    this.logbook.note('sender', told(outcome), entry.submissionId);
    if (outcome.kind === 'cut' || outcome.status >= 500 || outcome.status === 429) return;
    if (outcome.status < 200 || outcome.status > 299) entry.refusals.push(told(outcome));
    else entry.promises.push(JSON.parse(outcome.body) as SentSubmission['promises'][number]);
  }
}

function told(outcome: SendingOutcome): string {
  return outcome.kind === 'cut' ? `no answer (${outcome.reason})` : `answered with ${outcome.status}`;
}
