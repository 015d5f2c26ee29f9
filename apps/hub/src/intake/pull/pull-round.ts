// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError, type WaitingSubmission } from '@amtsbote/adapter-kit';
import type { Failure } from '@amtsbote/canonical';
import { crashPoint } from '@amtsbote/platform';
import { Injectable } from '@nestjs/common';

import { backoff, failureOf } from '../../delivery/decide.js';
import { Gates } from '../../delivery/gates.js';
import type { Lease } from '../../delivery/lease.js';
import { type Rate, RateLimits } from '../../delivery/rate-limits.js';
import { House } from '../../house/tokens.js';
import { BusyError } from '../../http/problem.js';
import { HeldSubmissions } from './held-submissions.js';
import { PullSources } from './pull-sources.js';
import { BOOKS, type ClaimedSource, gateOf, type HeldSubmission, SourceLost, type Tally } from './pulled.js';
import { Reconciliation } from './reconciliation.js';
import { TakeOver, type UnderWay, withinTime } from './take-over.js';

/** Most submissions that are tried again before the source is asked for new ones. */
const HELD_MAX = 200;
/** Share of the interval by which a round comes earlier or later: sources that were started together do not stay together. */
const JITTER = 0.1;

/** One visit at one source: what was left behind first, then what the source lists, page by page. */
@Injectable()
export class PullRound {
  private readonly rates: RateLimits;

  constructor(
    private readonly house: House,
    private readonly sources: PullSources,
    private readonly held: HeldSubmissions,
    private readonly takeOver: TakeOver,
    private readonly reconciliation: Reconciliation,
    private readonly gates: Gates,
  ) {
    this.rates = new RateLimits(house);
  }

  /**
   * Never throws but for trouble of the house's own store: then the lease runs out, and another round begins where this one began.
   */
  async run(source: ClaimedSource, lease: Lease<ClaimedSource>, stop: AbortSignal): Promise<void> {
    const tally: Tally = { accepted: 0, known: 0, acknowledged: 0, refused: 0, delayMs: null };
    const round: UnderWay = { source, signal: AbortSignal.any([lease.signal, stop]), isHeld: () => lease.isHeld(), tally };
    const gate = gateOf(source.endpoint.name);
    try {
      crashPoint('pull.claimed');
      const dueAt = source.source === BOOKS ? await this.reconciliation.visit(round) : await this.dueAfter(source, await this.visit(round));
      await this.gates.succeeded(gate);
      await this.sources.end(source, { tally, dueAt, outcome: 'succeeded' });
    } catch (error) {
      await this.giveUp(round, gate, error);
    }
    const { accepted, known, acknowledged, refused } = tally;
    if (accepted + known + acknowledged + refused > 0)
      this.house.log.info('pull.round', {
        endpoint: source.endpoint.name,
        source: source.source.name,
        accepted,
        known,
        acknowledged,
        refused,
      });
  }

  /** @returns when to come again, as far as this round knows: `null` = after the usual time. */
  private async visit(round: UnderWay): Promise<Date | null> {
    const { source, signal } = round;
    const { pull } = source.endpoint.config;
    const strikes = new Strikes(pull.breaker.failures);
    const again = await this.held.due(source, HELD_MAX);
    const blocked = await this.each(
      round,
      again.map((held) => ({ waiting: held.waiting, before: held })),
      strikes,
    );
    if (blocked !== null) return blocked;
    let from = source.source.begins === 'atCursor' ? source.cursor : null;
    for (let taken = 0, pages = 1; ; pages += 1) {
      const page = await withinTime(this.house.clock, pull.listMs, signal, (limited) =>
        source.endpoint.port.list(source.source.name, from, limited),
      );
      const held = await this.held.among(source, page.waiting);
      const unheld = page.waiting.filter(({ submissionId }) => !held.has(submissionId));
      const fresh = await this.takeOver.news(source, unheld);
      const stopped = await this.each(
        round,
        fresh.map((waiting) => ({ waiting })),
        strikes,
      );
      if (stopped !== null) return stopped;
      // Everything of the page is settled or written down: nothing behind the cursor is forgotten.
      if (page.cursor !== null) await this.sources.keepCursor(source, page.cursor);
      taken += fresh.length;
      // What was settled made the lists of some sources shorter while they were read: there may be more in them than was seen.
      if (page.next === null) return pages > 1 && taken > 0 && source.source.begins === 'atStart' ? this.house.clock.now() : null;
      if (taken >= pull.roundMax) return this.house.clock.now();
      from = page.next;
    }
  }

  /**
   * Several at a time, in the source's order.
   * @returns when the rate lets the next one through, if it held any back.
   */
  private async each(round: UnderWay, ones: readonly One[], strikes: Strikes): Promise<Date | null> {
    const { name, config } = round.source.endpoint;
    const { rate, submissionsAtOnce } = config.pull;
    const queue = [...ones];
    let blockedUntil: Date | null = null;
    const work = async (): Promise<void> => {
      for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
        round.signal.throwIfAborted();
        if (rate !== undefined) blockedUntil = await this.rateBlocks(name, rate);
        if (blockedUntil !== null) return void queue.splice(0);
        strikes.note(await this.takeOver.take(round, one.waiting, one.before));
      }
    };
    const working = Array.from({ length: Math.min(submissionsAtOnce, queue.length) }, async () => {
      try {
        await work();
      } catch (error) {
        // The others finish what they have begun, and begin nothing more.
        queue.splice(0);
        throw error;
      }
    });
    const ended = await Promise.allSettled(working);
    const failed = ended.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return blockedUntil;
  }

  private async rateBlocks(endpoint: string, rate: Rate): Promise<Date | null> {
    const granted = await this.rates.take(gateOf(endpoint), rate, 1);
    return granted.count > 0 ? null : (granted.nextAt ?? this.house.clock.now());
  }

  private async dueAfter(source: ClaimedSource, next: Date | null): Promise<Date> {
    const { everyMs } = source.endpoint.config.pull;
    const now = this.house.clock.now().getTime();
    const usual = now + everyMs * (1 - JITTER + 2 * JITTER * this.house.randomness.fraction());
    const held = await this.held.nextDue(source);
    return new Date(Math.max(now, Math.min(usual, next?.getTime() ?? usual, held?.getTime() ?? usual)));
  }

  private async giveUp({ source, signal, tally }: UnderWay, gate: string, error: unknown): Promise<void> {
    // Whoever has the source now writes for it; whoever stops leaves it to be asked at once.
    if (error instanceof SourceLost) return;
    const { retry } = source.endpoint.config.pull;
    const now = this.house.clock.now().getTime();
    try {
      if (signal.aborted || error instanceof BusyError) {
        const pauseMs = error instanceof BusyError ? error.retryAfterMs : 0;
        await this.sources.end(source, { tally, dueAt: new Date(now + pauseMs), outcome: 'left' });
        return;
      }
      const failure = error instanceof SourceSilent ? error.failure : failureOf(error);
      if (!(error instanceof DeliveryError) && !(error instanceof SourceSilent))
        this.house.log.error('pull.failed', error, { endpoint: source.endpoint.name, source: source.source.name });
      const pauseMs = backoff({ failures: source.failures + 1, policy: retry, fraction: this.house.randomness.fraction() });
      const asked = error instanceof DeliveryError ? (error.retryAfterMs ?? 0) : 0;
      if (failure.kind === 'unavailable') await this.gates.failed(gate, failure);
      if (failure.kind === 'misconfigured') await this.gates.pause(gate, failure.code, 'hub');
      await this.sources.end(source, { tally, dueAt: new Date(now + Math.max(pauseMs, asked)), outcome: failure });
      this.house.log.warn('pull.failed', { endpoint: source.endpoint.name, source: source.source.name, code: failure.code });
    } catch (lost) {
      if (!(lost instanceof SourceLost)) throw lost;
    }
  }
}

interface One {
  readonly waiting: WaitingSubmission;
  readonly before?: HeldSubmission;
}

/** One submission after the other failed for want of an answer: it is not the submissions, the source does not answer. */
class SourceSilent extends Error {
  override readonly name = 'SourceSilent';
  constructor(readonly failure: Failure) {
    super('the source does not answer');
  }
}

class Strikes {
  private inARow = 0;
  constructor(private readonly max: number) {}

  /** @throws SourceSilent */
  note(failure: Failure | undefined): void {
    this.inARow = failure === undefined ? 0 : this.inARow + 1;
    if (failure !== undefined && this.inARow >= this.max) throw new SourceSilent(failure);
  }
}
