// SPDX-License-Identifier: EUPL-1.2
/*
 * Terminology
 *   gate      lets attempts of one adapter instance through: as many at a time as configured, none while paused or open
 *   open      too many failures in a row: nothing goes out until the pause is over
 *   probe     the one attempt that is let through after the pause; its outcome closes or reopens the circuit
 *   rate      attempts that may start within a minute, over all processes
 */
import type { Failure } from '@amtsbote/canonical';
import { affected, InstanceStateRow, type Sql } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import type { InstanceConfig } from '../config/hub-config.js';
import { Instances } from '../house/instances.js';
import { House } from '../house/tokens.js';
import { InstanceFlow } from './instance-flow.js';
import { type Rate, RateLimits } from './rate-limits.js';

/** What a gate lets through: steps, which the sweeper looks for, or work that somebody else looks for. */
type GateFor = 'steps' | 'other';

interface Gate {
  readonly lets: GateFor;
  readonly config: Pick<InstanceConfig, 'concurrency' | 'attemptMs' | 'breaker'> & { readonly rate?: Rate | undefined };
  running: number;
  /** Failures in a row seen by this process. */
  failures: number;
  /** How often the circuit opened without closing again. */
  opened: number;
  state: Pick<InstanceStateRow, 'paused' | 'breaker' | 'openUntil' | 'probeUntil'>;
}

/** What a gate lets through now. */
export interface Admission {
  readonly instance: string;
  /** Attempts that may start; taken until {@link Gates.left} gives each of them back. */
  readonly places: number;
  /** End of the probe's reservation, when this is the probe; nobody else probes before it. */
  readonly probeUntil: Date | null;
  /** Set when the rate of the instance is what held more back: from then on it lets the next one through. */
  readonly nextAt: Date | null;
}

/** Circuit breakers and concurrency limits, one gate per instance; pause and circuit are shared by all processes through the store. */
@Injectable()
export class Gates {
  private readonly gates = new Map<string, Gate>();
  private readonly rates: RateLimits;
  private readonly flow: InstanceFlow;

  constructor(
    private readonly house: House,
    instances: Instances,
  ) {
    this.rates = new RateLimits(house);
    this.flow = new InstanceFlow(house);
    for (const { name, config } of instances.list()) this.gates.set(name, freshGate(config));
  }

  /** Adds a gate for work the hub does by itself. */
  register(name: string, config: Gate['config'], lets: GateFor = 'steps'): void {
    this.gates.set(name, freshGate(config, lets));
  }

  /** Of those that let steps through. */
  names(): string[] {
    return [...this.gates].filter(([, { lets }]) => lets === 'steps').map(([name]) => name);
  }

  /** Reads pause and circuit of all instances; called by the sweeper. */
  async refresh(): Promise<void> {
    const rows = await this.house.database.manager.find(InstanceStateRow);
    for (const row of rows) {
      const gate = this.gates.get(row.instance);
      if (gate === undefined) continue;
      if (row.breaker === 'closed' && gate.state.breaker !== 'closed') [gate.failures, gate.opened] = [0, 0];
      gate.state = row;
    }
  }

  /**
   * Takes up to `wanted` places, at once: however many ask at the same time, no more than configured get in. While the circuit is open that
   * is the probe at most, and only when `isAnyDue`: a reserved probe without work would keep the circuit from closing, and a rate without work
   * would be used up by nothing.
   */
  async admit(instance: string, wanted: number, isAnyDue: () => Promise<boolean>): Promise<Admission> {
    const gate = this.gates.get(instance);
    const refused: Admission = { instance, places: 0, probeUntil: null, nextAt: null };
    if (gate === undefined || gate.state.paused) return refused;
    const isClosed = gate.state.breaker === 'closed';
    const places = Math.min(wanted, isClosed ? gate.config.concurrency - gate.running : 1);
    if (places <= 0 || (!isClosed && !this.mayProbe(gate))) return refused;
    const nextAt = gate.config.rate === undefined ? null : this.rates.closed(instance);
    if (nextAt !== null) return { ...refused, nextAt };
    if (isClosed && gate.config.rate === undefined) {
      gate.running += places;
      return { ...refused, places };
    }
    return this.admitAsked({ gate, instance, places, isClosed }, isAnyDue);
  }

  /** Lets in what rate and circuit of the store allow; the places are taken meanwhile. */
  private async admitAsked(
    { gate, instance, places, isClosed }: { gate: Gate; instance: string; places: number; isClosed: boolean },
    isAnyDue: () => Promise<boolean>,
  ): Promise<Admission> {
    const { rate } = gate.config;
    let admission: Admission = { instance, places: 0, probeUntil: null, nextAt: null };
    gate.running += places;
    try {
      if (!(await isAnyDue())) return admission;
      const granted = rate === undefined ? { count: places, nextAt: null } : await this.rates.take(instance, rate, places);
      const probeUntil = isClosed || granted.count === 0 ? null : await this.reserveProbe(instance, gate);
      const through = isClosed || probeUntil !== null ? granted.count : 0;
      if (rate !== undefined) await this.rates.giveBack(instance, rate, granted.count - through);
      admission = { instance, places: through, probeUntil, nextAt: granted.nextAt };
      return admission;
    } finally {
      gate.running -= places - admission.places;
    }
  }

  /** Places of an admission that were not used. */
  async unused({ instance }: Admission, places: number): Promise<void> {
    this.left(instance, places);
    const rate = this.gates.get(instance)?.config.rate;
    if (rate !== undefined) await this.rates.giveBack(instance, rate, places);
  }

  /** An attempt has ended. */
  ended(name: string): void {
    this.left(name);
    this.flow.ended(name);
  }

  /** Writes down how much was done; called by the sweeper. */
  async recordFlow(): Promise<void> {
    await this.flow.flush();
  }

  /** Places are free again. */
  left(name: string, places = 1): void {
    const gate = this.gates.get(name);
    if (gate !== undefined) gate.running -= places;
  }

  /** The probe told nothing about the target (nothing was claimed, the application was refused): the next one may be the probe. */
  async releaseProbe({ instance, probeUntil }: Admission): Promise<void> {
    const gate = this.gates.get(instance);
    if (gate === undefined || probeUntil === null) return;
    if (gate.state.breaker === 'halfOpen') gate.state = { ...gate.state, probeUntil: null };
    await this.house.database.query(RELEASE_PROBE, [instance, probeUntil, this.house.clock.now()]);
  }

  /** The target answered: the circuit closes. */
  async succeeded(name: string): Promise<void> {
    const gate = this.gates.get(name);
    if (gate === undefined) return;
    gate.failures = 0;
    if (gate.state.breaker === 'closed') return;
    gate.opened = 0;
    gate.state = { ...gate.state, breaker: 'closed', openUntil: null, probeUntil: null };
    await this.house.database.query(CLOSE, [name, this.house.clock.now()]);
    this.house.log.info('circuit.closed', { instance: name });
  }

  /** The target failed: enough failures in a row, or a failed probe, open the circuit. */
  async failed(name: string, failure: Failure): Promise<void> {
    const gate = this.gates.get(name);
    if (gate === undefined) return;
    gate.failures += 1;
    if (gate.state.breaker === 'closed' && gate.failures < gate.config.breaker.failures) return;
    if (gate.state.breaker === 'open' && gate.state.openUntil !== null && gate.state.openUntil > this.house.clock.now()) return;
    const { openMs, openMaxMs } = gate.config.breaker;
    const pause = Math.min(openMs * 2 ** Math.min(gate.opened, 20), openMaxMs) * (0.75 + this.house.randomness.fraction() / 4);
    const openUntil = new Date(this.house.clock.now().getTime() + pause);
    gate.opened += 1;
    gate.state = { ...gate.state, breaker: 'open', openUntil, probeUntil: null };
    await this.house.database.query(OPEN, [name, openUntil, gate.failures, JSON.stringify(failure), this.house.clock.now()]);
    this.house.log.warn('circuit.opened', { instance: name, code: failure.code, openUntil: openUntil.toISOString() });
  }

  /** Nothing goes out through this instance any more, in any process, until it is resumed. */
  async pause(name: string, reason: string, by: string, sql: Sql = this.house.database): Promise<void> {
    const gate = this.gates.get(name);
    if (gate !== undefined) gate.state = { ...gate.state, paused: true };
    await sql.query(PAUSE, [name, reason.slice(0, 500), by, this.house.clock.now()]);
    this.house.log.warn('instance.paused', { instance: name, by });
  }

  /** Goes on, with a closed circuit. */
  async resume(name: string, sql: Sql = this.house.database): Promise<void> {
    const gate = this.gates.get(name);
    if (gate !== undefined)
      Object.assign(gate, { failures: 0, opened: 0, state: { paused: false, breaker: 'closed', openUntil: null, probeUntil: null } });
    await sql.query(RESUME, [name, this.house.clock.now()]);
    this.house.log.info('instance.resumed', { instance: name });
  }

  private mayProbe({ state }: Gate): boolean {
    const due = state.breaker === 'open' ? state.openUntil : state.probeUntil;
    return due === null || due <= this.house.clock.now();
  }

  /** One probe for all processes: the store decides who has it. */
  private async reserveProbe(name: string, gate: Gate): Promise<Date | null> {
    const now = this.house.clock.now();
    const probeUntil = new Date(now.getTime() + gate.config.attemptMs);
    const won = await affected(this.house.database, PROBE, [name, now, probeUntil]);
    gate.state = { ...gate.state, breaker: 'halfOpen', probeUntil };
    return won === 1 ? probeUntil : null;
  }
}

function freshGate(config: Gate['config'], lets: GateFor = 'steps'): Gate {
  return {
    lets,
    config,
    running: 0,
    failures: 0,
    opened: 0,
    state: { paused: false, breaker: 'closed', openUntil: null, probeUntil: null },
  };
}

const OPEN = `
  INSERT INTO instance_state (instance, breaker, open_until, failures, last_failure, changed_at) VALUES ($1, 'open', $2, $3, $4::jsonb, $5)
  ON CONFLICT (instance) DO UPDATE SET breaker = 'open', open_until = $2, probe_until = NULL, failures = $3, last_failure = $4::jsonb, changed_at = $5`;
const CLOSE =
  "UPDATE instance_state SET breaker = 'closed', open_until = NULL, probe_until = NULL, failures = 0, changed_at = $2 WHERE instance = $1";
const PROBE = `
  UPDATE instance_state SET breaker = 'halfOpen', probe_until = $3, changed_at = $2
  WHERE instance = $1 AND ((breaker = 'open' AND open_until <= $2) OR (breaker = 'halfOpen' AND (probe_until IS NULL OR probe_until <= $2)))`;
const RELEASE_PROBE =
  "UPDATE instance_state SET probe_until = NULL, changed_at = $3 WHERE instance = $1 AND breaker = 'halfOpen' AND probe_until = $2";
const PAUSE = `
  INSERT INTO instance_state (instance, paused, paused_reason, paused_by, changed_at) VALUES ($1, true, $2, $3, $4)
  ON CONFLICT (instance) DO UPDATE SET paused = true, paused_reason = $2, paused_by = $3, changed_at = $4`;
const RESUME = `
  INSERT INTO instance_state (instance, paused, changed_at) VALUES ($1, false, $2)
  ON CONFLICT (instance) DO UPDATE SET paused = false, paused_reason = NULL, paused_by = NULL, breaker = 'closed', open_until = NULL, probe_until = NULL, failures = 0, changed_at = $2`;
