// SPDX-License-Identifier: EUPL-1.2
import type { Port, ProbeReport } from '@amtsbote/adapter-kit';
import type { StepState } from '@amtsbote/canonical';
import type { InstanceView, ProbeView } from '@amtsbote/ops-api';
import { InstanceStateRow } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { type AdapterInstance, Instances } from '../house/instances.js';
import { House } from '../house/tokens.js';
import { ProblemError } from '../http/problem.js';
import { IntakeEndpoints } from '../intake/endpoints.js';
import { capacityOf, type FlowRow, PACE_MINUTES } from './instance-capacity.js';
import type { Operator } from './operator.js';
import { isOwn, isVisible, tenantsOfEndpoint, tenantsOfInstance } from './reach.js';

/** A system that does not answer at all must not hold up the answer about the others. */
const PROBE_MS = 10_000;

/** Adapter instances and endpoints as operators see them. */
@Injectable()
export class InstanceQueries {
  constructor(
    private readonly house: House,
    private readonly instances: Instances,
    private readonly endpoints: IntakeEndpoints,
  ) {}

  async list({ tenants }: Operator): Promise<InstanceView<Date>[]> {
    const states = new Map((await this.house.database.manager.find(InstanceStateRow)).map((row) => [row.instance, row]));
    const now = this.house.clock.now();
    const loads = loadsOf(await this.house.database.query<LoadRow[]>(LOADS, [tenants, now]));
    const busiest = new Map((await this.house.database.query<BusyRow[]>(BUSIEST, [tenants])).map((row) => [row.instance, row.count]));
    const flow = await this.house.database.query<FlowRow[]>(FLOW, [new Date(now.getTime() - PACE_MINUTES * 60_000)]);
    return this.visible(tenants).map(({ name, type, kind, config, port }) => {
      const { paused, pausedReason, pausedBy, breaker, openUntil, lastFailure } = states.get(name) ?? FRESH;
      const mayPause = isOwn(tenantsOfInstance(name, this.house.loaded.config), tenants);
      const target = port.describeTarget();
      const load = loads.get(name) ?? NO_LOAD;
      const state = { paused, pausedReason, pausedBy, breaker, openUntil, lastFailure };
      const done = flow.filter(({ instance }) => instance === name);
      const work = { config, flow: done, due: load.due, busiest: busiest.get(name) ?? 0, isOn: !paused && breaker === 'closed', now };
      return { name, type, kind, target, ...state, ...load, capacity: mayPause ? capacityOf(work) : null, mayPause };
    });
  }

  /** @throws ProblemError 404 for unknown ones and those of other tenants, 403 for shared ones */
  requireOwn(name: string, { tenants }: Operator): void {
    if (!this.visible(tenants).some((instance) => instance.name === name))
      throw new ProblemError(404, 'unknown-instance', `There is no adapter instance "${name}".`);
    if (!isOwn(tenantsOfInstance(name, this.house.loaded.config), tenants))
      throw new ProblemError(
        403,
        'shared-instance',
        'Other municipalities use this instance too: only an admin of all may pause or resume it.',
      );
  }

  /** Looks at settings, reachability and credentials of every instance and endpoint at once; `only` names some of them. */
  async probe({ tenants }: Operator, only?: readonly string[]): Promise<ProbeView[]> {
    const { config } = this.house.loaded;
    const endpoints = this.endpoints.list().filter(({ name }) => isVisible(tenantsOfEndpoint(name, config), tenants));
    const parts = [
      ...this.visible(tenants).map(({ name, type, port }) => ({ part: 'instance' as const, name, type, port })),
      ...endpoints.map(({ name, type, port }) => ({ part: 'endpoint' as const, name, type, port })),
    ];
    const wanted = parts.filter(({ name }) => only?.includes(name) ?? true);
    return Promise.all(
      wanted.map(async ({ port, ...part }) => ({ ...part, target: port.describeTarget(), ...(await this.probeOne(port)) })),
    );
  }

  private visible(tenants: readonly string[] | null): readonly AdapterInstance[] {
    return this.instances.list().filter(({ name }) => isVisible(tenantsOfInstance(name, this.house.loaded.config), tenants));
  }

  private async probeOne(port: Port): Promise<ProbeReport & { durationMs: number }> {
    const { clock } = this.house;
    const started = clock.now().getTime();
    const signal = AbortSignal.timeout(PROBE_MS);
    const late = new Promise<ProbeReport>((resolve) => {
      signal.addEventListener('abort', () => resolve(failed(`No answer within ${PROBE_MS / 1_000} seconds.`)));
    });
    const report = await Promise.race([port.probe(signal).catch(() => failed('The probe itself failed.')), late]);
    return { ...report, durationMs: clock.now().getTime() - started };
  }
}

function failed(detail: string): ProbeReport {
  return { ok: false, checks: [{ name: 'answer', ok: false, detail }] };
}

type Load = Pick<InstanceView<Date>, 'due' | 'running' | 'awaiting' | 'parked' | 'oldestDueAt'>;
const NO_LOAD: Load = { due: 0, running: 0, awaiting: 0, parked: 0, oldestDueAt: null };

/** Of an instance that was never paused and never failed. */
const FRESH = {
  paused: false,
  pausedReason: null,
  pausedBy: null,
  breaker: 'closed',
  openUntil: null,
  lastFailure: null,
} as const satisfies Partial<InstanceView<Date>>;

interface LoadRow {
  readonly instance: string;
  readonly state: StepState;
  readonly count: number;
  readonly oldest: Date | null;
}

interface BusyRow {
  readonly instance: string;
  readonly count: number;
}

function loadsOf(rows: readonly LoadRow[]): Map<string, Load> {
  const loads = new Map<string, Load>();
  for (const { instance, state, count, oldest } of rows) {
    const load = loads.get(instance) ?? NO_LOAD;
    const key = state === 'running' || state === 'awaiting' || state === 'parked' ? state : 'due';
    const oldestDueAt = key === 'due' ? earlier(load.oldestDueAt, oldest) : load.oldestDueAt;
    loads.set(instance, { ...load, [key]: load[key] + count, oldestDueAt });
  }
  return loads;
}

function earlier(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}

/** Most attempts under way in one process, by instance. */
const BUSIEST = `
  SELECT instance, max(count)::int AS count FROM (
    SELECT instance, lease_owner, count(*) AS count FROM step WHERE state = 'running' AND ($1::text[] IS NULL OR tenant = ANY($1))
    GROUP BY instance, lease_owner) owners
  GROUP BY instance`;

const FLOW = 'SELECT instance, minute, ended FROM instance_flow WHERE minute >= $1';

/** Three parts, each with the predicate of its partial index: finished steps are never looked at. */
const LOADS = `
  SELECT instance, state, count(*)::int AS count, min(due_at) FILTER (WHERE due_at <= $2) AS oldest FROM step
  WHERE state IN ('due', 'retrying', 'inDoubt', 'awaiting') AND due_at IS NOT NULL AND ($1::text[] IS NULL OR tenant = ANY($1)) GROUP BY instance, state
  UNION ALL
  SELECT instance, state, count(*)::int, NULL FROM step WHERE state = 'running' AND ($1::text[] IS NULL OR tenant = ANY($1)) GROUP BY instance, state
  UNION ALL
  SELECT instance, state, count(*)::int, NULL FROM step WHERE state = 'parked' AND ($1::text[] IS NULL OR tenant = ANY($1)) GROUP BY instance, state`;
