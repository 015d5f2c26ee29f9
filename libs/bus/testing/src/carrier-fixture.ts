// SPDX-License-Identifier: EUPL-1.2
import type { Message } from '@amtsbote/canonical';

/** How a consumer of a test works; short times, because they are waited for. */
export interface ConsumerSettings {
  readonly inFlightMax: number;
  /** After so long without acknowledgement a message belongs to nobody. */
  readonly leaseMs: number;
  readonly deliveriesMax: number;
}

/** What the suite does with a message; throwing means: not handled. */
export type TestHandler = (message: Message, delivery: number) => Promise<void>;

/** One consuming process. */
export interface TestConsumer {
  pause(): void;
  resume(): void;
  /** Ends it as a stopping hub does. */
  close(): Promise<void>;
  /** Lets it die: whatever it holds is neither acknowledged nor given back. */
  crash(): Promise<void>;
}

/** A dead letter, as an operator sees it. */
export interface TestDeadLetter {
  readonly id: string;
  readonly reason: string;
  readonly deliveries: number;
}

/** A bus with one carrier, as the suite uses it. */
export interface BusUnderTest {
  /** Publishes in one transaction, in this order; every writer holds what keeps writers of one subject apart. */
  publish(messages: readonly Message[]): Promise<void>;
  /** The same, but the transaction is rolled back. */
  publishAndRollBack(messages: readonly Message[]): Promise<void>;
  /** Puts an envelope on the bus that fits no schema, under this id and subject. */
  publishUnreadable(id: string, subject: string): Promise<void>;
  /** Starts a process whose handler takes every message. */
  consume(handler: TestHandler, settings?: Partial<ConsumerSettings>): Promise<TestConsumer>;
  /** Messages that are not handled yet, those under way included. */
  waiting(): Promise<number>;
  deadLetters(): Promise<readonly TestDeadLetter[]>;
  /** Puts all dead letters back. @returns how many. */
  redrive(): Promise<number>;
  /** Ends what the test left running. */
  stop(): Promise<void>;
}

/** What a carrier gives to the suite. */
export interface CarrierContractFixture {
  readonly name: string;
  /** An empty bus. */
  start(): Promise<BusUnderTest>;
}

let made = 0;

/** A message of its own for this subject: a fact about an application. */
export function aMessage(subject: string): Message<'application.submitted.v1'> {
  made += 1;
  return {
    specversion: '1.0',
    id: `0192f0a0-0000-7000-9000-${String(made).padStart(12, '0')}`,
    type: 'application.submitted.v1',
    source: 'amtsbote/contract',
    subject,
    time: '2026-01-31T10:00:00.000Z',
    tenant: '057110000000',
    correlation: subject,
    causation: 'carrier-contract',
    data: { applicationId: subject },
  };
}

/** The n-th subject: an application id. */
export function aSubject(n: number): string {
  return `0192f0a0-0000-7000-8000-${String(n).padStart(12, '0')}`;
}

/** Waits until a condition holds. @throws Error saying what was waited for. */
export async function until(what: string, condition: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited in vain: ${what}`);
    await pause(10);
  }
}

/** Lets others work for so long; long enough for what must not happen to show. */
export async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/** A promise and the function that fulfils it. */
export function held(): { readonly released: Promise<void>; release(): void } {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { released, release: () => release() };
}
