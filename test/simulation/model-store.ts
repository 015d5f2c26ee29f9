// SPDX-License-Identifier: EUPL-1.2
import type { Failure, JsonValue, StepState } from '@amtsbote/canonical';

import { BEGIN } from '../../apps/hub/src/delivery/beginnings.js';
import { ANY_DUE, CLAIM, CLAIM_ONE, ONE_DUE, RECOVER, RENEW, STRAY } from '../../apps/hub/src/delivery/claims.js';
import { END } from '../../apps/hub/src/delivery/records.js';

/** A step as the model keeps it: the columns that claiming, effects and records touch. */
export interface ModelStep {
  readonly id: string;
  readonly applicationId: string;
  readonly name: string;
  readonly instance: string;
  readonly after: readonly string[];
  state: StepState;
  dueAt: Date | null;
  leaseOwner: string | null;
  leaseUntil: Date | null;
  fence: number;
  attempts: number;
  failures: number;
  unexpected: number;
  failingSince: Date | null;
  failure: Failure | null;
  receipt: JsonValue;
}

/** What a store may do wrong, to show that somebody would notice. */
export interface Mutation {
  /** Late owners may write: neither effects nor ends look at the fence. */
  readonly noFence?: boolean;
  /** Recovery takes steps whose owner is alive (OpenHIM, on every start). */
  readonly recoversLive?: boolean;
  /** Claims do not lock: two processes get the same step. */
  readonly sharesClaims?: boolean;
  /** What is begun is not remembered: after a crash nobody asks before acting. */
  readonly forgetsBegun?: boolean;
}

/** One that begins, as the statement has it. */
interface Wanted {
  readonly n: number;
  readonly id: string;
  readonly fence: string;
  readonly name: string;
  readonly finished: readonly { readonly name: string; readonly receipt: JsonValue }[];
}

const CLAIMABLE: readonly StepState[] = ['due', 'retrying', 'inDoubt', 'awaiting'];
const TENANT = '057110000000';

/**
 * The store as delivery sees it, in memory: answers the very statements of {@link Claims}, {@link StoredDelivery} and {@link AttemptRecords}, one
 * after the other, each as a whole. A contract test compares it with PostgreSQL, statement by statement.
 */
export class ModelStore {
  readonly steps = new Map<string, ModelStep>();
  /** Ends that were written over other ends: nobody may touch what is done. */
  readonly overwritten: string[] = [];
  private readonly effects = new Map<string, { state: 'started' | 'done'; receipt: JsonValue }>();

  constructor(private readonly mutation: Mutation = {}) {}

  add(step: Pick<ModelStep, 'id' | 'applicationId' | 'name' | 'instance' | 'after' | 'state' | 'dueAt'>): void {
    const fresh = { leaseOwner: null, leaseUntil: null, fence: 0, attempts: 0, failures: 0, unexpected: 0 };
    this.steps.set(step.id, { ...step, ...fresh, failingSince: null, failure: null, receipt: null });
  }

  of(applicationId: string): ModelStep[] {
    return [...this.steps.values()].filter((step) => step.applicationId === applicationId);
  }

  /** Answers a statement as TypeORM does. @throws Error for one that it does not know. */
  query(text: string, parameters: readonly unknown[]): unknown {
    switch (text) {
      case CLAIM:
        return this.claim(...(parameters.slice(0, 5) as [Date, Date, string, string, number]), null);
      case CLAIM_ONE: {
        const [now, until, owner, instance, stepId] = parameters as [Date, Date, string, string, string];
        return this.claim(now, until, owner, instance, 1, stepId);
      }
      case ANY_DUE:
      case ONE_DUE: {
        const [now, instance, stepId] = parameters as [Date, string, string | undefined];
        return this.due(now, instance, stepId ?? null)
          .slice(0, 1)
          .map(() => ({}));
      }
      case STRAY:
        return [];
      case RENEW:
        return this.renew(...(parameters as [string, string, Date]));
      case RECOVER:
        return this.recover(...(parameters as [Date]));
      case BEGIN:
        return (JSON.parse(String(parameters[0])) as Wanted[]).flatMap((wanted) =>
          this.begin(wanted).map((row) => ({ n: wanted.n, ...row })),
        );
      case END:
        return this.end(parameters);
      default:
        throw new Error(`the model does not know: ${text.slice(0, 80)}`);
    }
  }

  private due(now: Date, instance: string, stepId: string | null): ModelStep[] {
    return [...this.steps.values()]
      .filter((step) => CLAIMABLE.includes(step.state) && step.dueAt !== null && step.dueAt <= now)
      .filter((step) => step.instance === instance && (stepId === null || step.id === stepId))
      .sort((one, two) => Number(one.dueAt) - Number(two.dueAt) || (one.id < two.id ? -1 : 1));
  }

  private claim(now: Date, until: Date, owner: string, instance: string, limit: number, stepId: string | null): object[] {
    return this.due(now, instance, stepId)
      .slice(0, limit === Number.POSITIVE_INFINITY ? undefined : limit)
      .map((step) => {
        const before = step.state;
        Object.assign(step, { leaseOwner: owner, leaseUntil: until, fence: step.fence + 1, attempts: step.attempts + 1 });
        if (this.mutation.sharesClaims !== true) step.state = 'running';
        const { id, applicationId, name, fence, attempts: attempt, failures, unexpected, failingSince, receipt } = step;
        const common = { id, tenant: TENANT, applicationId, name, kind: 'filing', instance, options: {}, fence: String(fence) };
        return { ...common, leaseUntil: until, attempt, failures, unexpected, failingSince, receipt, before, application: {} };
      });
  }

  private held(id: string, fence: string): ModelStep | undefined {
    const step = this.steps.get(id);
    if (this.mutation.noFence === true || this.mutation.sharesClaims === true) return step;
    return step?.state === 'running' && String(step.fence) === fence ? step : undefined;
  }

  private renew(id: string, fence: string, until: Date): [object[], number] {
    const step = this.held(id, fence);
    if (step === undefined) return [[], 0];
    step.leaseUntil = until;
    return [[{ id }], 1];
  }

  private recover(now: Date): object[] {
    const lost = [...this.steps.values()].filter(
      ({ state, leaseUntil }) => state === 'running' && (this.mutation.recoversLive === true || (leaseUntil !== null && leaseUntil < now)),
    );
    for (const step of lost) Object.assign(step, { state: 'inDoubt', dueAt: now, leaseOwner: null, leaseUntil: null });
    return lost.map(({ id }) => ({ id }));
  }

  private finish(id: string, finished: Wanted['finished']): void {
    for (const { name, receipt } of finished) {
      const effect = this.effects.get(`${id} ${name}`);
      if (effect !== undefined) Object.assign(effect, { state: 'done', receipt });
    }
  }

  private begin({ id, fence, name, finished }: Wanted): object[] {
    if (this.held(id, fence) === undefined) return [];
    const key = `${id} ${name}`;
    // As of before this statement, like every part of one.
    const known = structuredClone(this.effects.get(key));
    this.finish(id, finished);
    if (known !== undefined && this.mutation.forgetsBegun !== true) return [{ fresh: false, ...known }];
    this.effects.set(key, { state: 'started', receipt: null });
    return [{ fresh: true, state: 'started', receipt: null }];
  }

  private end(parameters: readonly unknown[]): object[] {
    const [id, fence, state, dueAt, failure, receipt, now, , outcome, tenant, applicationId, effects] = parameters as [
      ...[string, string, StepState, Date | null, string | null, string | null, Date, number, string, string, string, string],
    ];
    const application = { id: applicationId, tenant };
    const step = this.held(id, fence);
    if (step === undefined) return [{ ...application, held: false }];
    if (step.state === 'done') this.overwritten.push(step.name);
    const isFailure = failure !== null;
    Object.assign(step, {
      state,
      dueAt,
      failure: isFailure ? (JSON.parse(failure) as Failure) : null,
      receipt: receipt === null ? step.receipt : (JSON.parse(receipt) as JsonValue),
      leaseOwner: null,
      leaseUntil: null,
      failures: isFailure ? step.failures + 1 : 0,
      unexpected: !isFailure ? 0 : outcome === 'unexpected' ? step.unexpected + 1 : step.unexpected,
      failingSince: !isFailure ? null : (step.failingSince ?? now),
    });
    this.finish(id, JSON.parse(effects) as Wanted['finished']);
    return [{ ...application, held: true }];
  }
}
