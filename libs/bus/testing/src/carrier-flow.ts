// SPDX-License-Identifier: EUPL-1.2
import { aMessage, aSubject, type BusUnderTest, held, pause, until } from './carrier-fixture.js';
import { describe, expect, it } from './jest.js';

/** Longer than a carrier's poll: what has not happened by then does not happen. */
const QUIET_MS = 300;

/** Everything that was committed arrives, and nothing else. */
export function arrivalContract(bus: () => BusUnderTest): void {
  describe('arrival', () => {
    it('hands every published message to a handler, whole, and keeps none', async () => {
      const messages = Array.from({ length: 50 }, (_, n) => aMessage(aSubject(n)));
      const got = new Map<string, unknown>();
      await bus().consume(async (message, delivery) => {
        got.set(message.id, { message, delivery });
      });
      await bus().publish(messages);
      await until('all are handled', () => got.size === 50);
      await until('none is left', async () => (await bus().waiting()) === 0);
      expect([...got.values()]).toEqual(expect.arrayContaining(messages.map((message) => ({ message, delivery: 1 }))));
    });

    it('hands over what was published before anybody listened', async () => {
      const message = aMessage(aSubject(1));
      await bus().publish([message]);
      const got: string[] = [];
      await bus().consume(async ({ id }) => void got.push(id));
      await until('it is handled', () => got.length === 1);
      expect(got).toEqual([message.id]);
    });

    it('lets nobody see what was published in a transaction that was rolled back', async () => {
      const [never, after] = [aMessage(aSubject(1)), aMessage(aSubject(1))];
      const got: string[] = [];
      await bus().consume(async ({ id }) => void got.push(id));
      await bus().publishAndRollBack([never]);
      await bus().publish([after]);
      await until('the committed one is handled', () => got.includes(after.id));
      await pause(QUIET_MS);
      expect(got).toEqual([after.id]);
    });
  });
}

/** Messages of one subject come one after the other, whoever handles them. */
export function orderContract(bus: () => BusUnderTest): void {
  describe('order', () => {
    it('keeps the order of every subject, one at a time, with two consumers and many subjects', async () => {
      const [subjects, each] = [40, 12];
      const sent = new Map(
        Array.from({ length: subjects }, (_, n) => [aSubject(n), Array.from({ length: each }, () => aMessage(aSubject(n)))]),
      );
      const got = new Map<string, string[]>();
      const busy = new Set<string>();
      const overlaps: string[] = [];
      let handled = 0;
      const handler = async ({ id, subject }: { id: string; subject: string }): Promise<void> => {
        if (busy.has(subject)) overlaps.push(subject);
        busy.add(subject);
        got.set(subject, [...(got.get(subject) ?? []), id]);
        await pause((handled * 7) % 5);
        busy.delete(subject);
        handled += 1;
      };
      await bus().consume(handler, { inFlightMax: 16 });
      await bus().consume(handler, { inFlightMax: 16 });
      await Promise.all(
        [...sent.values()].map(async (messages) => {
          for (let n = 0; n < messages.length; n += 3) await bus().publish(messages.slice(n, n + 3));
        }),
      );
      await until('all are handled', () => handled >= subjects * each);
      await until('none is left', async () => (await bus().waiting()) === 0);
      expect(overlaps).toEqual([]);
      expect(got).toEqual(new Map([...sent].map(([subject, messages]) => [subject, messages.map(({ id }) => id)])));
    });
  });
}

/** Nobody gets more than wanted. */
export function backPressureContract(bus: () => BusUnderTest): void {
  describe('back-pressure', () => {
    it('never runs more handlers at once than wanted, and lives on while all are busy and more is published', async () => {
      const hold = held();
      let [running, most, handled] = [0, 0, 0];
      await bus().consume(
        async () => {
          running += 1;
          most = Math.max(most, running);
          await hold.released;
          running -= 1;
          handled += 1;
        },
        { inFlightMax: 4, leaseMs: 60_000 },
      );
      await bus().publish(Array.from({ length: 30 }, (_, n) => aMessage(aSubject(n))));
      await until('four are under way', () => running === 4);
      // Every publication wakes a consumer that has no hand free.
      for (let n = 30; n < 40; n += 1) await bus().publish([aMessage(aSubject(n))]);
      await pause(QUIET_MS);
      expect(running).toBe(4);
      hold.release();
      await until('all are handled', () => handled === 40);
      expect(most).toBe(4);
    });

    it('takes nothing while paused, and everything afterwards', async () => {
      const got: string[] = [];
      const consumer = await bus().consume(async ({ id }) => void got.push(id));
      consumer.pause();
      const messages = [aMessage(aSubject(1)), aMessage(aSubject(2))];
      // What was claimed in the moment of the pause may still be handled; this was published later.
      await pause(QUIET_MS);
      for (const message of messages) await bus().publish([message]);
      await pause(QUIET_MS);
      expect(got).toEqual([]);
      consumer.resume();
      await until('both are handled', () => got.length === 2);
      expect([...got].sort()).toEqual(messages.map(({ id }) => id));
    });

    it('waits at its end for handlers under way, acknowledges them and takes nothing new', async () => {
      const hold = held();
      const got: string[] = [];
      const consumer = await bus().consume(
        async ({ id }) => {
          got.push(id);
          await hold.released;
        },
        { inFlightMax: 1, leaseMs: 60_000 },
      );
      const [first, second] = [aMessage(aSubject(1)), aMessage(aSubject(2))];
      await bus().publish([first, second]);
      await until('one is under way', () => got.length === 1);
      let closed = false;
      const closing = consumer.close().then(() => {
        closed = true;
      });
      await pause(QUIET_MS);
      expect(closed).toBe(false);
      hold.release();
      await closing;
      expect(got).toEqual([first.id]);
      expect(await bus().waiting()).toBe(1);
    });
  });
}
