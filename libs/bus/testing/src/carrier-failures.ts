// SPDX-License-Identifier: EUPL-1.2
import { aMessage, aSubject, type BusUnderTest, held, pause, until } from './carrier-fixture.js';
import { describe, expect, it } from './jest.js';

/** Shortest pause a carrier leaves between two deliveries of what failed; less would be a busy loop. */
const PAUSE_MS_MIN = 50;
const LEASE_MS = 400;

/** A handler that fails gets the message again, later and in its turn. */
export function redeliveryContract(bus: () => BusUnderTest): void {
  describe('redelivery', () => {
    it('brings a message again after a pause when its handler failed, and counts', async () => {
      const message = aMessage(aSubject(1));
      const deliveries: { delivery: number; at: number; id: string }[] = [];
      await bus().consume(
        async ({ id }, delivery) => {
          deliveries.push({ delivery, at: performance.now(), id });
          if (delivery < 3) throw new Error('not yet');
        },
        { deliveriesMax: 10 },
      );
      await bus().publish([message]);
      await until('it is handled', async () => (await bus().waiting()) === 0);
      expect(deliveries.map(({ delivery, id }) => [delivery, id])).toEqual([1, 2, 3].map((n) => [n, message.id]));
      const pauses = deliveries.slice(1).map(({ at }, n) => at - (deliveries[n]?.at ?? at));
      for (const ms of pauses) expect(ms).toBeGreaterThan(PAUSE_MS_MIN);
      expect(await bus().deadLetters()).toEqual([]);
    });

    it('keeps the order of a subject whose first message fails a while', async () => {
      const messages = Array.from({ length: 4 }, () => aMessage(aSubject(1)));
      const done: string[] = [];
      await bus().consume(
        async ({ id }, delivery) => {
          if (id === messages[0]?.id && delivery < 3) throw new Error('not yet');
          done.push(id);
        },
        { deliveriesMax: 10 },
      );
      await bus().publish(messages);
      await until('all are handled', () => done.length === 4);
      expect(done).toEqual(messages.map(({ id }) => id));
    });

    it('lets no stuck subject hold up another one', async () => {
      const hold = held();
      const [hanging, failing] = [aMessage(aSubject(1)), aMessage(aSubject(2))];
      const done = new Set<string>();
      await bus().consume(
        async ({ id, subject }) => {
          if (id === hanging.id) await hold.released;
          if (id === failing.id) throw new Error('never');
          done.add(subject);
        },
        { inFlightMax: 3, leaseMs: 60_000, deliveriesMax: 100 },
      );
      await bus().publish([hanging, aMessage(aSubject(1)), failing, aMessage(aSubject(2))]);
      await bus().publish(Array.from({ length: 20 }, (_, n) => aMessage(aSubject(10 + n))));
      await until('all others are handled', () => done.size === 20);
      expect(done.has(aSubject(1)) || done.has(aSubject(2))).toBe(false);
      hold.release();
    });
  });
}

/** What a dead process held, another one does. */
export function crashContract(bus: () => BusUnderTest): void {
  describe('crashes', () => {
    it('gives what a dead process held to another one', async () => {
      const hold = held();
      const messages = [aMessage(aSubject(1)), aMessage(aSubject(1)), aMessage(aSubject(2))];
      const started: string[] = [];
      const dying = await bus().consume(
        async ({ id }) => {
          started.push(id);
          await hold.released;
        },
        { leaseMs: LEASE_MS },
      );
      await bus().publish(messages);
      await until('the heads of both subjects are under way', () => started.length === 2);
      await dying.crash();
      const done: { id: string; delivery: number }[] = [];
      await bus().consume(async ({ id }, delivery) => void done.push({ id, delivery }), { leaseMs: LEASE_MS });
      await until('another one handled all', () => done.length === 3);
      hold.release();
      const [first, second, other] = messages.map(({ id }) => id);
      expect(done.filter(({ id }) => id !== other)).toEqual([
        { id: first, delivery: 2 },
        { id: second, delivery: 1 },
      ]);
      expect(done).toContainEqual({ id: other, delivery: 2 });
      await until('none is left', async () => (await bus().waiting()) === 0);
    });

    it('loses nothing when processes die again and again', async () => {
      const messages = Array.from({ length: 60 }, (_, n) => aMessage(aSubject(n % 12)));
      const done: string[] = [];
      for (const message of messages) await bus().publish([message]);
      const holds = [];
      for (let round = 0; round < 3; round += 1) {
        const hold = held();
        holds.push(hold);
        let handled = 0;
        const dying = await bus().consume(
          async ({ id }) => {
            handled += 1;
            if (handled > 8) await hold.released;
            else done.push(id);
          },
          { leaseMs: LEASE_MS, inFlightMax: 12 },
        );
        await until('it is stuck', () => handled > 8);
        await dying.crash();
      }
      await bus().consume(async ({ id }) => void done.push(id), { leaseMs: LEASE_MS });
      await until('none is left', async () => (await bus().waiting()) === 0);
      for (const hold of holds) hold.release();
      await pause(0);
      expect(new Set(done)).toEqual(new Set(messages.map(({ id }) => id)));
    });
  });
}

/** What cannot be handled ends in front of a person, and comes back when that person says so. */
export function deadLetterContract(bus: () => BusUnderTest): void {
  describe('dead letters', () => {
    it('makes poison a dead letter with its reason after the last delivery, and lets the subject go on', async () => {
      const [poison, behind] = [aMessage(aSubject(1)), aMessage(aSubject(1))];
      const got: string[] = [];
      await bus().consume(
        async ({ id }) => {
          got.push(id);
          if (id === poison.id) throw new Error('secret of a citizen');
        },
        { deliveriesMax: 2 },
      );
      await bus().publish([poison, behind]);
      await until('what was behind it is handled', () => got.includes(behind.id));
      expect(got).toEqual([poison.id, poison.id, behind.id]);
      const dead = await bus().deadLetters();
      expect(dead).toEqual([{ id: poison.id, reason: expect.stringMatching(/\w/), deliveries: 2 }]);
      // Errors of handlers may quote what a citizen wrote.
      expect(dead[0]?.reason).not.toContain('secret');
    });

    it('brings a dead letter back when a person says so, as if it were new', async () => {
      const poison = aMessage(aSubject(1));
      let cured = false;
      const got: number[] = [];
      await bus().consume(
        async (_message, delivery) => {
          if (!cured) throw new Error('no');
          got.push(delivery);
        },
        { deliveriesMax: 1 },
      );
      await bus().publish([poison]);
      await until('it died', async () => (await bus().deadLetters()).length === 1);
      cured = true;
      expect(await bus().redrive()).toBe(1);
      await until('it is handled', () => got.length === 1);
      expect(got).toEqual([1]);
      expect(await bus().deadLetters()).toEqual([]);
      expect(await bus().redrive()).toBe(0);
    });

    it('makes an envelope that nobody can read a dead letter at once, and lets the subject go on', async () => {
      const id = aMessage(aSubject(1)).id;
      const got: string[] = [];
      await bus().consume(async (message) => void got.push(message.id), { deliveriesMax: 10 });
      await bus().publishUnreadable(id, aSubject(1));
      const behind = aMessage(aSubject(1));
      await bus().publish([behind]);
      await until('what was behind it is handled', () => got.length === 1);
      expect(got).toEqual([behind.id]);
      expect(await bus().deadLetters()).toEqual([{ id, reason: expect.stringMatching(/\w/), deliveries: 1 }]);
    });
  });
}
