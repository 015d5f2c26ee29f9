// SPDX-License-Identifier: EUPL-1.2
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import { type SimulatedAnswer, type SimulatedRequest, SimulatorServer } from '@amtsbote/adapter-kit/testing';

import { StateChangedEvent } from '../../src/webhook.wire.js';
import { type CollectedDocument, gapsOf, isInOrder, PortalCases } from './cases.js';

/** How the simulated portal is set up. */
export interface PortalSettings {
  /** Secrets whose signatures are accepted (`whsec_…`). */
  readonly secrets: readonly string[];
  /** Bearer credential with which the portal collects decision documents; absent = it collects none. */
  readonly documentCredential?: string;
  /** The portal's clock, in milliseconds; default the machine's. */
  readonly nowMs?: () => number;
  /** Largest distance of a webhook's timestamp from the portal's time, in milliseconds; default five minutes. */
  readonly toleranceMs?: number;
  /** The citizen sees a payment link for the first time. */
  readonly onPaymentLink?: (payUrl: string, data: StateChangedEvent['data']) => Promise<void> | void;
  /** A decision arrived and its documents, if any, were tried. */
  readonly onDecision?: (data: StateChangedEvent['data'], documents: readonly CollectedDocument[]) => Promise<void> | void;
}

/** Oldest and newest `webhook-timestamp` that is accepted, in milliseconds from now. */
const TOLERANCE_MS = 5 * 60 * 1_000;

/**
 * A service portal that takes webhooks under any path: verifies signatures (written independently of the adapter), drops doubles by
 * `webhook-id`, keeps each application's history, and can play the citizen. Inspection: `/_simulator/cases`.
 */
export class PortalSimulator extends SimulatorServer {
  readonly cases = new PortalCases();
  /** Webhooks that were turned away because their signature or time was wrong. */
  rejected = 0;
  /** What the citizen's part threw; empty when all is well. */
  readonly failures: string[] = [];
  private readonly seenLinks = new Set<string>();
  private readonly background = new Set<Promise<void>>();
  private refusals: number[] = [];

  constructor(private settings: PortalSettings) {
    super();
  }

  /** Accepts these secrets from now on: one half of a rotation. */
  useSecrets(secrets: readonly string[]): void {
    this.settings = { ...this.settings, secrets };
  }
  /** The next webhook with a valid signature is refused with this status. */
  refuseNext(status = 422): void {
    this.refusals.push(status);
  }
  /** Waits until the citizen and the collection of documents have nothing left to do. */
  async settled(): Promise<void> {
    while (this.background.size > 0) await Promise.all(this.background);
  }

  protected handle(request: SimulatedRequest): SimulatedAnswer {
    if (request.url.pathname === '/_simulator/cases') return { status: 200, headers: JSON_TYPE, body: JSON.stringify(this.inspected()) };
    if (request.method !== 'POST') return { status: 405, headers: { allow: 'POST' } };
    const id = this.verifiedId(request);
    if (id === undefined) {
      this.rejected += 1;
      return { status: 401 };
    }
    const refusal = this.refusals.shift();
    if (refusal !== undefined) return { status: refusal };
    const event = StateChangedEvent.safeParse(parsed(request.body));
    if (!event.success) return { status: 400 };
    if (this.cases.take(id, event.data)) this.react(event.data.data);
    return { status: 204 };
  }

  /** The `webhook-id`, when one of the listed signatures is right and the time is near. */
  private verifiedId({ headers, body }: SimulatedRequest): string | undefined {
    const id = headers['webhook-id'];
    const timestamp = headers['webhook-timestamp'];
    const signatures = headers['webhook-signature'];
    if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') return undefined;
    if (
      !/^\d{1,12}$/.test(timestamp) ||
      Math.abs(Number(timestamp) * 1_000 - (this.settings.nowMs ?? Date.now)()) > (this.settings.toleranceMs ?? TOLERANCE_MS)
    )
      return undefined;
    const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
    const isSigned = signatures.split(' ').some((entry) => {
      const [version, given = ''] = entry.split(',', 2);
      return version === 'v1' && this.settings.secrets.some((secret) => isSignature(given, secret, signed));
    });
    return isSigned ? id : undefined;
  }

  /** What happens at the portal after the webhook was answered. */
  private react(data: StateChangedEvent['data']): void {
    const work = new Promise<void>((resolve) => {
      setImmediate(resolve);
    })
      .then(() => this.actFor(data))
      .catch((error: unknown) => void this.failures.push(error instanceof Error ? error.message : 'unknown'));
    this.background.add(work);
    void work.finally(() => this.background.delete(work));
  }

  private async actFor(data: StateChangedEvent['data']): Promise<void> {
    const payUrl = data.payment?.payUrl;
    if (payUrl !== undefined && !this.seenLinks.has(payUrl)) {
      this.seenLinks.add(payUrl);
      await this.settings.onPaymentLink?.(payUrl, data);
    }
    if (data.decision === undefined) return;
    const documents = await this.collectDocuments(data.applicationId);
    await this.settings.onDecision?.(data, documents);
  }

  /** Collects the documents of the newest decision; may be called again, as a portal would after a failure. */
  async collectDocuments(applicationId: string): Promise<readonly CollectedDocument[]> {
    const known = this.cases.get(applicationId);
    const decision = known?.updates.findLast(({ data }) => data.decision !== undefined)?.data.decision;
    const { documentCredential } = this.settings;
    if (known === undefined || decision === undefined || documentCredential === undefined) return [];
    const collected: CollectedDocument[] = [];
    for (const document of decision.documents) collected.push(await collect(document, documentCredential));
    this.cases.collected(applicationId, collected);
    return collected;
  }

  private inspected(): object {
    return {
      doubles: this.cases.doubles,
      rejected: this.rejected,
      failures: this.failures,
      cases: this.cases.all().map((known) => ({
        applicationId: known.applicationId,
        reference: known.updates[0]?.data.reference,
        submissionId: known.updates[0]?.data.submissionId,
        states: known.updates.map(({ id, receivedAt, data }) => ({ id, receivedAt, sequence: data.sequence, state: data.state })),
        gaps: gapsOf(known),
        isInOrder: isInOrder(known),
        payment: known.updates.findLast(({ data }) => data.payment !== undefined)?.data.payment,
        decision: known.updates.findLast(({ data }) => data.decision !== undefined)?.data.decision,
        documents: known.documents,
      })),
    };
  }
}

const JSON_TYPE = { 'content-type': 'application/json' };

/** A citizen in a hurry, for `onPaymentLink`: opens the simulated payment page and pays. */
export async function payAtOnce(payUrl: string): Promise<void> {
  const url = new URL(payUrl);
  url.searchParams.set('outcome', 'paid');
  const answer = await fetch(url, { method: 'POST', redirect: 'manual' });
  await answer.body?.cancel();
  if (answer.status >= 400) throw new Error(`the payment page answers with HTTP ${answer.status}`);
}

async function collect(
  document: { readonly name: string; readonly url: string; readonly size: number; readonly sha512: string },
  credential: string,
): Promise<CollectedDocument> {
  const { name } = document;
  try {
    const answer = await fetch(document.url, { headers: { authorization: `Bearer ${credential}` }, redirect: 'error' });
    if (!answer.ok || answer.body === null) return { name, result: 'refused', status: answer.status };
    const hash = createHash('sha512');
    let size = 0;
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      size += chunk.length;
    }
    const isSame = size === document.size && hash.digest('hex') === document.sha512;
    return { name, result: isSame ? 'collected' : 'differs', status: answer.status, size };
  } catch {
    return { name, result: 'unreachable' };
  }
}

function isSignature(given: string, secret: string, signed: Buffer): boolean {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const expected = createHmac('sha256', key).update(signed).digest();
  const actual = Buffer.from(given, 'base64');
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
