// SPDX-License-Identifier: EUPL-1.2
/*
 * Terminology
 *   step      one act of the Laufzettel; its row is the truth, messages only trigger
 *   attempt   one try of a step by one worker, under a lease that is renewed while it runs
 *   claim     taking a due step; afterwards nobody else gets it until it is settled or the lease is over
 *   fence     a number that grows with every claim; a worker that lost its lease cannot write
 *   in doubt  the target may have acted: it is asked (find) before anything is repeated
 *   parked    in front of a person; never lost, never retried blindly
 */
import { crashPoint } from '@amtsbote/platform';
import { Injectable } from '@nestjs/common';

import { Instances } from '../house/instances.js';
import { House } from '../house/tokens.js';
import { Beginnings } from './beginnings.js';
import { type ClaimedStep, Claims } from './claims.js';
import { decide, type Verdict } from './decide.js';
import { LeaseLost, StoredDelivery } from './effects.js';
import { type Admission, Gates } from './gates.js';
import { Lease } from './lease.js';
import type { Outcome } from './outcome.js';
import { persistently } from './persistently.js';
import { AttemptRecords, type DueStep } from './records.js';
import { StepWorkers } from './step-workers.js';
import { TimeLimit } from './time-limit.js';

/** How long an attempt may take to heed its signal when the hub stops, in milliseconds. */
const HEED_MS = 3_000;
/** How long a trigger is expected whose step was begun before it came, and how many at a time. */
const TRIGGER_MS_MAX = 60_000;
const AHEAD_MAX = 10_000;

/** Claims due steps, lets adapters act, writes down how it ended. Everything else about delivery hangs off this class. */
@Injectable()
export class Runner {
  private accepting = true;
  private readonly attempts = new Set<Promise<void>>();
  private readonly drains = new Set<Promise<ClaimedStep[]>>();
  /** Instances at which somebody found no free place: looked at again as soon as one gets free. */
  private readonly missed = new Set<string>();
  /** Instances whose rate is waited for. */
  private readonly alarms = new Set<string>();
  /** Steps that were begun before their trigger came, with the moment until which it is expected. */
  private readonly ahead = new Map<string, number>();
  private readonly beginnings: Beginnings;
  /** Nothing is claimed any more. */
  private readonly ending = new AbortController();
  private readonly stop = new AbortController();
  /** From then on no lease is renewed any more. */
  private readonly gone = new AbortController();

  constructor(
    private readonly house: House,
    private readonly instances: Instances,
    private readonly claims: Claims,
    private readonly gates: Gates,
    private readonly workers: StepWorkers,
    private readonly records: AttemptRecords,
  ) {
    this.beginnings = new Beginnings(house);
  }

  /**
   * Starts what is due at this instance, as much as its gate lets through; with `stepId` only that step (the fast path of a trigger).
   * What finds no free place stays due: it is started when a place gets free, or by the sweeper.
   */
  async drain(instance: string, stepId?: string): Promise<void> {
    if (stepId !== undefined && this.wasBegun(stepId)) return;
    await this.draining(instance, stepId);
  }

  private async draining(instance: string, stepId?: string): Promise<ClaimedStep[]> {
    const draining = this.claimAndStart(instance, stepId).finally(() => this.drains.delete(draining));
    this.drains.add(draining);
    return draining;
  }

  /**
   * What an attempt made due is begun at once: the application's documents are at hand, and nobody waits for the way over the bus. Its trigger comes
   * all the same, here or elsewhere, and finds it begun; without a free place it stays with the trigger.
   */
  private async follow({ instance, stepId }: DueStep): Promise<void> {
    const claimed = await this.draining(instance, stepId);
    if (claimed.length === 0) return;
    const now = this.house.clock.now().getTime();
    this.ahead.set(stepId, now + TRIGGER_MS_MAX);
    for (const [oldest, until] of this.ahead) {
      if (until > now && this.ahead.size <= AHEAD_MAX) break;
      this.ahead.delete(oldest);
    }
  }

  /** Whether this trigger is that of a step which was begun before it came; the next one for the same step counts. */
  private wasBegun(stepId: string): boolean {
    const until = this.ahead.get(stepId);
    return this.ahead.delete(stepId) && until !== undefined && until > this.house.clock.now().getTime();
  }

  /**
   * Stops claiming; waits for attempts under way, and cuts those off that take longer than `finishMs`: they become in doubt. An adapter that
   * does not heed even that is left alone: its lease runs out.
   */
  async finish(finishMs: number): Promise<void> {
    this.accepting = false;
    this.ending.abort();
    const cutOff = setTimeout(() => this.stop.abort(), finishMs);
    let leaving: NodeJS.Timeout | undefined;
    const left = new Promise<void>((resolve) => {
      leaving = setTimeout(resolve, finishMs + HEED_MS);
    });
    await Promise.race([this.idle(), left]);
    clearTimeout(cutOff);
    clearTimeout(leaving);
    this.gone.abort();
  }

  private async idle(): Promise<void> {
    // A claim under way may still bring attempts, and they have to be finished too.
    while (this.drains.size + this.attempts.size > 0) await Promise.allSettled([...this.drains, ...this.attempts]);
  }

  /** @returns what was claimed by this very wish. */
  private async claimAndStart(instance: string, stepId?: string): Promise<ClaimedStep[]> {
    if (!this.accepting) return [];
    const wanted = stepId === undefined ? Number.POSITIVE_INFINITY : 1;
    const admission = await this.gates.admit(instance, wanted, () => this.claims.isAnyDue(instance, stepId));
    if (admission.nextAt !== null) this.drainAt(instance, admission.nextAt);
    if (admission.places === 0) {
      this.missed.add(instance);
      return [];
    }
    let claimed: ClaimedStep[] = [];
    try {
      claimed = await this.claims.claim(instance, admission.places, this.timesOf(instance).leaseMs, stepId);
      if (claimed.length > 0) crashPoint('delivery.claimed');
      for (const step of claimed) this.start(step, admission);
    } finally {
      await this.gates.unused(admission, admission.places - claimed.length);
      if (claimed.length === 0) await this.gates.releaseProbe(admission);
    }
    // Every place is taken: there may be more, which is looked at when one gets free.
    if (stepId === undefined && claimed.length === admission.places) this.missed.add(instance);
    // Whoever came while this claim held the places went away; what it came for may be due now.
    if (claimed.length < admission.places && this.missed.delete(instance)) await this.claimAndStart(instance);
    return claimed;
  }

  /** The rate lets nothing through before then: nobody asks until it does. */
  private drainAt(instance: string, at: Date): void {
    if (this.alarms.has(instance)) return;
    this.alarms.add(instance);
    const waitMs = Math.max(1, at.getTime() - this.house.clock.now().getTime());
    void this.house.clock.sleep(waitMs, this.ending.signal).then(
      () => {
        this.alarms.delete(instance);
        return this.drain(instance).catch((error: unknown) => this.house.log.error('delivery.claim-failed', error, { instance }));
      },
      () => this.alarms.delete(instance),
    );
  }

  private start(step: ClaimedStep, admission: Admission): void {
    const attempt = this.run(step, admission).finally(() => {
      this.gates.ended(step.instance);
      this.attempts.delete(attempt);
      // Only when somebody went away empty-handed: on an idle hub every attempt would otherwise cost a claim that finds nothing.
      if (!this.missed.delete(step.instance)) return;
      this.drain(step.instance).catch((error: unknown) =>
        this.house.log.error('delivery.claim-failed', error, { instance: step.instance }),
      );
    });
    this.attempts.add(attempt);
  }

  /** One attempt from claim to commit. Never throws: what cannot be written down is settled by the lease running out. */
  private async run(step: ClaimedStep, admission: Admission): Promise<void> {
    const started = this.house.clock.now().getTime();
    const { leaseMs, attemptMs } = this.timesOf(step.instance);
    const lease = new Lease(step, leaseMs, this.claims, this.house.clock, this.gone.signal);
    const limit = new TimeLimit(this.house.clock, attemptMs, this.gone.signal);
    const signal = AbortSignal.any([lease.signal, this.stop.signal, limit.signal]);
    const ctx = new StoredDelivery(this.house, this.beginnings, step, signal, () => lease.isHeld());
    let ended: string;
    let due: readonly DueStep[] = [];
    try {
      const outcome = await this.actOrFind(step, ctx);
      crashPoint('delivery.performed');
      due = await persistently(() => this.records.succeeded(step, outcome, ctx.finished), this.house.clock, signal);
      crashPoint('delivery.recorded');
      await this.gates.succeeded(step.instance);
      ended = outcome.is;
    } catch (error) {
      ended = await this.giveUp(step, error, ctx);
    } finally {
      lease.release();
      limit.lift();
    }
    await this.endProbe(admission);
    for (const next of due) {
      this.follow(next).catch((error: unknown) => this.house.log.error('delivery.claim-failed', error, { instance: next.instance }));
    }
    const { id: stepId, name, instance, attempt, tenant, applicationId } = step;
    this.house.log.info('delivery.attempted', {
      stepId,
      step: name,
      instance,
      attempt,
      tenant,
      applicationId,
      outcome: ended,
      durationMs: this.house.clock.now().getTime() - started,
    });
  }

  /** After an unknown outcome the target is asked first: a receipt → done, absent → act, cannot tell → a person (law 4). */
  private async actOrFind(step: ClaimedStep, ctx: StoredDelivery): Promise<Outcome> {
    const worker = this.workers.for(step.kind);
    if (step.before === 'inDoubt') {
      const found = await worker.find(step, ctx);
      crashPoint('delivery.found');
      if (found === 'cannotTell') throw this.workers.cannotTell(step);
      if (found !== 'absent') return found;
    }
    return worker.attempt(step, ctx);
  }

  private async giveUp(step: ClaimedStep, error: unknown, ctx: StoredDelivery): Promise<string> {
    if (error instanceof LeaseLost) return 'lease-lost';
    const verdict = this.judge(step, error);
    if (verdict.failure.kind === 'unexpected')
      this.house.log.error('delivery.unexpected', error, { stepId: step.id, instance: step.instance });
    crashPoint('delivery.failing');
    try {
      await persistently(() => this.records.failed(step, verdict, ctx.finished), this.house.clock, ctx.signal);
      crashPoint('delivery.failed');
      if (verdict.countsAgainstTarget) await this.gates.failed(step.instance, verdict.failure);
      if (verdict.pausesInstance) await this.gates.pause(step.instance, verdict.failure.code, 'hub');
    } catch (writeError) {
      if (!(writeError instanceof LeaseLost)) this.house.log.error('delivery.not-recorded', writeError, { stepId: step.id });
      return 'not-recorded';
    }
    return verdict.failure.kind;
  }

  /** A probe whose outcome neither closed nor reopened the circuit must not keep others from probing. */
  private async endProbe(admission: Admission): Promise<void> {
    await this.gates
      .releaseProbe(admission)
      .catch((error: unknown) => this.house.log.error('circuit.not-released', error, { instance: admission.instance }));
  }

  private judge(step: ClaimedStep, error: unknown): Verdict {
    const { failures, unexpected, failingSince } = step;
    return decide(error, {
      failures: failures + 1,
      unexpected: unexpected + 1,
      failingForMs: failingSince === null ? 0 : this.house.clock.now().getTime() - failingSince.getTime(),
      policy: this.timesOf(step.instance).retry,
      fraction: this.house.randomness.fraction(),
    });
  }

  private timesOf(instance: string): ReturnType<StepWorkers['hubTimes']> {
    return this.instances.find(instance)?.config ?? this.workers.hubTimes();
  }
}
