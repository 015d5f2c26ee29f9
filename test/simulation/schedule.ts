// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';
import type { Waker } from '@amtsbote/bus';
import { Log, seededRandomness, uuidV7 } from '@amtsbote/platform';
import type { Sql } from '@amtsbote/store';

import { Claims } from '../../apps/hub/src/delivery/claims.js';
import { Gates } from '../../apps/hub/src/delivery/gates.js';
import type { Outcome, StepWorker } from '../../apps/hub/src/delivery/outcome.js';
import { LaufzettelProgress } from '../../apps/hub/src/delivery/progress.js';
import { AttemptRecords } from '../../apps/hub/src/delivery/records.js';
import { Runner } from '../../apps/hub/src/delivery/runner.js';
import type { StepWorkers } from '../../apps/hub/src/delivery/step-workers.js';
import { Sweeper } from '../../apps/hub/src/delivery/sweeper.js';
import type { Instances } from '../../apps/hub/src/house/instances.js';
import type { House } from '../../apps/hub/src/house/tokens.js';
import { UnitOfWork, type Work } from '../../apps/hub/src/house/unit-of-work.js';
import { activate, type PlannedStep } from '../../apps/hub/src/routing/laufzettel.js';
import type { LockedApplication } from '../../apps/hub/src/status/status-keeper.js';
import { StatusKeeper } from '../../apps/hub/src/status/status-keeper.js';
import { ModelStore, type Mutation } from './model-store.js';
import { type Fate, SimulatedProcess, World } from './world.js';

const LEASE_MS = 1_000;
const INSTANCES = ['dms', 'register'];
const STEPS = ['fee', 'file', 'hand-over'];
const APPLICATIONS = 3;
const CHAOS_MS = 6_000;
const CALM_MS = 60_000;
/** No step needs so many, whatever happens. */
const ATTEMPTS_MAX = 200;
const LOG = Log.create('silent');
const CONFIG = {
  concurrency: 2,
  leaseMs: LEASE_MS,
  // Longer than any simulated call: cutting attempts off is the journeys' business, by the machine's clock.
  attemptMs: 3_600_000,
  retry: { firstMs: 50, maxMs: 400, giveUpAfterMs: 3_600_000, unexpectedMax: 50 },
  // Circuits are shared through a table that this model does not have (see gates.int.spec.ts).
  breaker: { failures: 1_000_000, openMs: 1_000, openMaxMs: 1_000 },
};

/** What one schedule came to. */
export interface ScheduleResult {
  readonly seed: number;
  /** What speaks against the laws; empty when all is well. */
  readonly violations: readonly string[];
  readonly acts: number;
  readonly parked: number;
}

/** The system outside: acts, answers questions, and remembers in which order it acted. */
class Target {
  readonly acted: string[] = [];
}

/** One town, two processes, one seed: applications go their way while processes die and freeze and calls get lost; then it is calm. */
export async function runSchedule(seed: number, mutation: Mutation = {}): Promise<ScheduleResult> {
  const world = new World(seededRandomness(seed));
  const store = new ModelStore(mutation);
  const target = new Target();
  const isChaos = (): boolean => world.now < CHAOS_MS;
  for (let index = 0; index < APPLICATIONS; index += 1) world.after(world.between(0, CHAOS_MS / 2), () => submit(store, world, index));
  const processes = [0, 1].map((index) => startProcess(`process-${index}`, { world, store, target, isChaos }));
  for (let at = world.between(100, 800); at < CHAOS_MS; at += world.between(100, 1_500))
    world.after(at, () => disturb(processes, { world, store, target, isChaos }));
  await world.run(CHAOS_MS + CALM_MS, () => !isChaos() && isQuiet(store));
  for (const process of processes) process.isAlive = false;
  return { seed, violations: violationsOf(store, target), acts: target.acted.length, parked: parkedIn(store) };
}

interface Simulation {
  readonly world: World;
  readonly store: ModelStore;
  readonly target: Target;
  readonly isChaos: () => boolean;
}

/** Stored as a whole, as the intake does it: the first step due, the others behind it. */
function submit(store: ModelStore, world: World, index: number): void {
  const applicationId = idOf(index);
  for (const [position, name] of STEPS.entries()) {
    store.add({
      id: idOf(index, position + 1),
      applicationId,
      name,
      instance: INSTANCES[position % INSTANCES.length] ?? '',
      after: STEPS.slice(Math.max(0, position - 1), position),
      state: position === 0 ? 'due' : 'waiting',
      dueAt: position === 0 ? world.clockOf(new SimulatedProcess('intake')).now() : null,
    });
  }
}

function disturb(processes: SimulatedProcess[], simulation: Simulation): void {
  const { world } = simulation;
  const index = world.between(0, processes.length - 1);
  const victim = processes[index] as SimulatedProcess;
  if (world.between(0, 1) === 0) {
    victim.frozenUntil = world.now + world.between(LEASE_MS / 4, 3 * LEASE_MS);
    return;
  }
  victim.isAlive = false;
  world.after(world.between(0, LEASE_MS), () => {
    processes[index] = startProcess(`${victim.name}'`, simulation);
  });
}

/** A hub's worker as the product puts it together, on simulated time, store and target. */
function startProcess(name: string, { world, store, target, isChaos }: Simulation): SimulatedProcess {
  const process = new SimulatedProcess(name);
  const clock = world.clockOf(process);
  const fate = (): Fate => {
    if (!isChaos()) return 'arrives';
    const dice = world.between(0, 99);
    return dice < 4 ? 'lostBefore' : dice < 10 ? 'lostAfter' : 'arrives';
  };
  const storeAway = (): Error => new Error('Connection terminated unexpectedly');
  const answer = (text: string, parameters: readonly unknown[] = []): unknown =>
    text.includes('"dueAt" timestamptz') ? [{ moved: 0 }] : store.query(text, parameters);
  const database = {
    query: (text: string, parameters?: unknown[]) => world.call(process, fate, () => answer(text, parameters), storeAway),
    // A transaction is one moment here: PostgreSQL's row locks make it one for everybody who looks at the same application.
    transaction: async <Result>(act: (sql: Sql) => Promise<Result>) => {
      const run = await world.call(
        process,
        fate,
        () => act({ query: async (text, parameters) => answer(text, parameters) as never }),
        storeAway,
      );
      return run;
    },
    manager: { find: async () => [] },
  };
  const house = {
    clock,
    randomness: world.randomness,
    ids: uuidV7(clock, world.randomness),
    log: LOG,
    processId: name,
    database,
    loaded: { config: { sweepMs: 150 } },
  } as unknown as House;
  const instances = {
    list: () => INSTANCES.map((instance) => ({ name: instance, config: CONFIG })),
    find: (instance: string) => ({ name: instance, config: CONFIG }),
  } as unknown as Instances;
  const workers = {
    for: () => workerOf(process, { world, target, fate }),
    hubTimes: () => CONFIG,
    cannotTell: () => DeliveryError.outcomeUnknown('delivery/cannot-tell', 'the target cannot tell'),
  } as unknown as StepWorkers;
  const claims = new Claims(house);
  const gates = new Gates(house, instances);
  const unitOfWork = new UnitOfWork(house, { nudge: () => undefined } as unknown as Waker);
  const records = new AttemptRecords(house, unitOfWork, new ModelProgress(store));
  const runner = new Runner(house, instances, claims, gates, workers, records);
  new Sweeper(house, claims, gates, runner, workers).start();
  triggerTwice(runner, process, world);
  return process;
}

/** Messages of the bus only trigger; they come doubled, late, or for what is done. */
function triggerTwice(runner: Runner, process: SimulatedProcess, world: World): void {
  const trigger = (): void => {
    const step = idOf(world.between(0, APPLICATIONS - 1), world.between(1, STEPS.length));
    const instance = INSTANCES[world.between(0, 1)] ?? '';
    for (let times = 0; times < 2; times += 1) runner.drain(instance, step).catch(() => undefined);
    world.after(world.between(50, 400), trigger, process);
  };
  world.after(world.between(0, 200), trigger, process);
}

/** Steps of the Laufzettel go on by the product's own rule; the citizen's state is not simulated. */
class ModelProgress extends LaufzettelProgress {
  constructor(private readonly store: ModelStore) {
    super(new StatusKeeper());
  }
  override async advance(work: Work, { id }: LockedApplication): Promise<void> {
    const steps = this.store.of(id);
    const planned = steps.map((step): PlannedStep => ({ ...step, position: 0, kind: 'filing', options: {}, condition: null }));
    for (const { step, to } of activate(planned, null))
      Object.assign(this.store.steps.get(step.id) ?? {}, { state: to, dueAt: work.house.clock.now() });
  }
}

function workerOf(
  process: SimulatedProcess,
  { world, target, fate }: Pick<Simulation, 'world' | 'target'> & { fate: () => Fate },
): StepWorker {
  const lost = (): Error => DeliveryError.outcomeUnknown('simulated/lost', 'no answer came');
  const away = (): Error => DeliveryError.unavailable('simulated/away', 'nobody answered the question');
  const receipt = { ok: true };
  const ask = (key: string): Promise<{ found: typeof receipt } | 'absent'> =>
    world.call(process, fate, () => (target.acted.includes(key) ? { found: receipt } : 'absent'), away);
  return {
    attempt: async (step, ctx): Promise<Outcome> => {
      for (const effect of ['folder', 'document']) {
        const key = `${step.applicationId}/${step.name}/${effect}`;
        await ctx.once(effect, {
          act: () => world.call(process, fate, () => (target.acted.push(key), receipt), lost),
          find: () => ask(key),
        });
      }
      return { is: 'done', receipt };
    },
    find: async (step): Promise<Outcome | 'absent'> =>
      (await ask(`${step.applicationId}/${step.name}/document`)) === 'absent' ? 'absent' : { is: 'done', receipt },
  };
}

/** Ids as the messages want them: of an application, or of one of its steps. */
function idOf(application: number, step = 0): string {
  return `0192f0a0-0000-7000-8000-0000000${application.toString().padStart(3, '0')}${step.toString().padStart(2, '0')}`;
}

/** Nothing is left to do; or something goes round in circles, and waiting longer would change nothing. */
function isQuiet(store: ModelStore): boolean {
  if ([...store.steps.values()].some(({ attempts }) => attempts > ATTEMPTS_MAX)) return true;
  return [...store.steps.values()].every(({ state }) => state === 'done' || state === 'parked');
}

function parkedIn(store: ModelStore): number {
  return [...store.steps.values()].filter(({ state }) => state === 'parked').length;
}

function violationsOf(store: ModelStore, { acted }: Target): string[] {
  const violations = store.overwritten.map((name) => `law 3: the end of ${name} was overwritten by a late owner`);
  const expected: string[] = STEPS.flatMap((name) => ['folder', 'document'].map((effect) => `${name}/${effect}`));
  for (const key of new Set(acted)) {
    const times = acted.filter((one) => one === key).length;
    if (times > 1) violations.push(`law 3: ${key} happened ${times} times`);
  }
  for (let index = 0; index < APPLICATIONS; index += 1) {
    const prefix = `${idOf(index)}/`;
    const own = [...new Set(acted.filter((key) => key.startsWith(prefix)))].map((key) => key.slice(prefix.length));
    if (own.join() !== expected.slice(0, own.length).join()) violations.push(`law 9: application ${index} went ${own.join(', ')}`);
    const steps = store.of(idOf(index));
    if (steps.length === 0) violations.push(`law 1: application ${index} is not there`);
    for (const { name, state, failure } of steps) {
      if (state === 'parked' && failure === null) violations.push(`law 10: ${prefix}${name} is parked without a reason`);
      else if (state !== 'done' && state !== 'parked') violations.push(`law 10: ${prefix}${name} is ${state} for ever`);
      else if (state === 'done' && !own.includes(`${name}/document`))
        violations.push(`law 4: ${prefix}${name} is done, and nothing happened`);
    }
  }
  return violations;
}
