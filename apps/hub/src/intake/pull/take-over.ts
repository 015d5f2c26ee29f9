// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError, IntakeRejection, type WaitingSubmission } from '@amtsbote/adapter-kit';
import type { Failure } from '@amtsbote/canonical';
import { crashPoint } from '@amtsbote/platform';
import { isStatementCancelled, isStoreTrouble } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { AnswerTakers } from '../../answers/answer-takers.js';
import { backoff, failureOf } from '../../delivery/decide.js';
import { TimeLimit } from '../../delivery/time-limit.js';
import { House } from '../../house/tokens.js';
import { BusyError } from '../../http/problem.js';
import { IntakePressure } from '../pressure/intake-pressure.js';
import { HeldSubmissions, refusalOf } from './held-submissions.js';
import { FetchedFiles } from './pull-intake.js';
import {
  type Asked,
  type ClaimedSource,
  type HeldState,
  type HeldSubmission,
  isOutbox,
  SourceLost,
  type Taken,
  type Taker,
  type Tally,
} from './pulled.js';
import { SubmissionTakers } from './submission-takers.js';

/** Unexpected failures of one submission after which a person looks at it. */
const UNEXPECTED_MAX = 3;

/** A round as its submissions see it. */
export interface UnderWay {
  readonly source: ClaimedSource;
  /** Fires when the source is lost, or the process stops. */
  readonly signal: AbortSignal;
  /** Whether nobody else can ask the source at this moment. */
  isHeld(): boolean;
  readonly tally: Tally;
}

/** Takes one submission, or answer, over: fetched, stored as every other, acknowledged. */
@Injectable()
export class TakeOver {
  constructor(
    private readonly house: House,
    private readonly pressure: IntakePressure,
    private readonly held: HeldSubmissions,
    private readonly submissions: SubmissionTakers,
    private readonly answers: AnswerTakers,
  ) {}

  /** Which of these may be new. */
  async news({ endpoint }: ClaimedSource, waiting: readonly WaitingSubmission[]): Promise<readonly WaitingSubmission[]> {
    return this.takerOf(endpoint).news(waiting);
  }

  /**
   * What concerns this submission alone is written down, so that the ones behind it have their turn.
   * @param before what is written of it.
   * @returns the failure, when the source itself seems not to answer.
   * @throws what concerns all of them: DeliveryError `misconfigured`, BusyError, trouble of the house's own store, SourceLost, the signal's reason.
   */
  async take(round: UnderWay, waiting: WaitingSubmission, before?: HeldSubmission): Promise<Failure | undefined> {
    const { endpoint } = round.source;
    const stage: { row: Taken | undefined } = { row: undefined };
    try {
      stage.row = await this.takerOf(endpoint).known(waiting);
      if (stage.row !== undefined) round.tally.known += 1;
      else {
        const fetched = await this.fetchAndStore(round, waiting);
        if (fetched === 'gone') await this.held.settle(round.source, waiting);
        if (fetched !== 'gone' && 'kind' in fetched) await this.hold(round, { waiting, before, state: 'retrying', failure: fetched });
        if (fetched === 'gone' || 'kind' in fetched) return undefined;
        stage.row = fetched;
      }
      crashPoint('pull.committed');
      await this.acknowledge(round, waiting, stage.row);
      if (before !== undefined) await this.held.settle(round.source, waiting);
      return undefined;
    } catch (error) {
      if (error instanceof IntakeRejection) return this.refuse(round, { waiting, before, rejection: error });
      return this.failed(round, { waiting, before, isStored: stage.row !== undefined, error });
    }
  }

  private takerOf(asked: Asked): Taker {
    return isOutbox(asked) ? this.answers.of(asked) : this.submissions.of(asked);
  }

  private async fetchAndStore(round: UnderWay, waiting: WaitingSubmission): Promise<Taken | Failure | 'gone'> {
    const { endpoint } = round.source;
    const { limits, tenant } = endpoint.config;
    const place = await this.pressure.enter({ tenant, memoryBytes: limits.bodyBytesMax, diskBytes: 0 });
    const files = new FetchedFiles(this.house, limits);
    try {
      const fetched = await this.limited(round, limits.totalMs, (signal) => this.takerOf(endpoint).fetch(waiting, files, signal));
      if (fetched === 'gone' || 'kind' in fetched) return fetched;
      crashPoint('pull.fetched');
      const row = await fetched.store();
      if (!('kind' in row)) this.count(round.tally, row, waiting);
      return row;
    } finally {
      await files.discard();
      place.leave();
    }
  }

  private count(tally: Tally, row: Taken, { submittedAt }: WaitingSubmission): void {
    if (!row.fresh) tally.known += 1;
    else {
      tally.accepted += 1;
      if (submittedAt !== undefined) tally.delayMs = Math.max(0, row.receivedAt.getTime() - submittedAt.getTime());
    }
  }

  /** Whoever lost the source meanwhile leaves it to whoever has it: once more would do no harm, but would be no help either. */
  private async acknowledge(round: UnderWay, waiting: WaitingSubmission, taken: Taken): Promise<void> {
    if (!round.isHeld()) throw new SourceLost('another process may ask this source by now');
    const { endpoint } = round.source;
    await this.limited(round, endpoint.config.pull.listMs, (signal) => this.takerOf(endpoint).acknowledge(waiting, taken, signal));
    crashPoint('pull.acknowledged');
    round.tally.acknowledged += 1;
  }

  private async refuse(round: UnderWay, { rejection, ...one }: Refused): Promise<Failure | undefined> {
    const { endpoint } = round.source;
    const failure = refusalOf(rejection.code, rejection.detail, rejection.place);
    try {
      const become = await this.limited(round, endpoint.config.pull.listMs, (signal) =>
        this.takerOf(endpoint).refuse(one.waiting, rejection, signal),
      );
      if (one.before === undefined) round.tally.refused += 1;
      await this.hold(round, { ...one, state: become, failure });
      return undefined;
    } catch (error) {
      return this.failed(round, { ...one, isStored: false, error });
    }
  }

  private async failed(round: UnderWay, { error, isStored, ...one }: Failed): Promise<Failure | undefined> {
    if (round.signal.aborted) throw round.signal.reason;
    const concernsAll =
      error instanceof SourceLost ||
      error instanceof BusyError ||
      isStoreTrouble(error) ||
      isStatementCancelled(error) ||
      (error instanceof DeliveryError && error.kind === 'misconfigured');
    if (concernsAll) throw error;
    const { name } = round.source.endpoint;
    if (!(error instanceof DeliveryError)) this.house.log.error('pull.unexpected', error, { endpoint: name });
    const failure = failureOf(error);
    const mayPass = failure.kind === 'unavailable' || failure.kind === 'outcomeUnknown' || failure.kind === 'unexpected';
    const isWornOut = failure.kind === 'unexpected' && (one.before?.attempts ?? 0) + 1 >= UNEXPECTED_MAX;
    const state = isStored ? 'unacknowledged' : mayPass && !isWornOut ? 'retrying' : 'kept';
    const retryAfterMs = error instanceof DeliveryError ? error.retryAfterMs : undefined;
    await this.hold(round, { ...one, state, failure, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
    return failure.kind === 'unavailable' || failure.kind === 'outcomeUnknown' ? failure : undefined;
  }

  private async hold({ source }: UnderWay, { waiting, before, state, failure, retryAfterMs = 0 }: Holding): Promise<void> {
    const { retry, keptMaxMs } = source.endpoint.config.pull;
    const attempts = (before?.attempts ?? 0) + 1;
    const policy = { firstMs: retry.firstMs, maxMs: state === 'kept' ? Math.max(keptMaxMs, retry.maxMs) : retry.maxMs };
    const pauseMs = Math.max(retryAfterMs, backoff({ failures: attempts, policy, fraction: this.house.randomness.fraction() }));
    const dueAt = state === 'told' ? null : new Date(this.house.clock.now().getTime() + pauseMs);
    await this.held.hold(source, { waiting, state, failure, attempts }, dueAt, before?.state);
  }

  /** A source that does not answer in time is one that does not answer. */
  private async limited<Result>({ signal }: UnderWay, ms: number, call: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    return withinTime(this.house.clock, ms, signal, call);
  }
}

/**
 * One call to a source within its time.
 * @throws DeliveryError `unavailable` when the time was over; whatever the call throws.
 */
export async function withinTime<Result>(
  clock: House['clock'],
  ms: number,
  stop: AbortSignal,
  call: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const limit = new TimeLimit(clock, ms, stop);
  try {
    return await call(AbortSignal.any([stop, limit.signal]));
  } catch (error) {
    if (!limit.signal.aborted || stop.aborted) throw error;
    throw DeliveryError.unavailable('pull/too-slow', `The source did not answer within ${ms} ms.`, { cause: error });
  } finally {
    limit.lift();
  }
}

interface One {
  readonly waiting: WaitingSubmission;
  readonly before: HeldSubmission | undefined;
}
type Refused = One & { readonly rejection: IntakeRejection };
type Failed = One & { readonly isStored: boolean; readonly error: unknown };
type Holding = One & { readonly state: HeldState; readonly failure: Failure; readonly retryAfterMs?: number };
