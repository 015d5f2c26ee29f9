// SPDX-License-Identifier: EUPL-1.2
import { type FormsPullPort, IntakeRejection, type ReceivedSubmission } from '../../src/index.js';
import { ABORT_LIMIT_MS, deliveryErrorOf, failureKindOf, type SimulatedTarget, visibleParts } from './contract-tools.js';
import { ACCEPTED, Bench, type Call, signal, stored } from './forms-pull/bench.js';
import { booksSuite } from './forms-pull/books.js';
import type { FormsPullContract } from './forms-pull/fixture.js';
import { afterEach, beforeEach, describe, expect, it } from './jest.js';
import { MemoryIntake } from './memory-intake.js';

const UNREADABLE = new IntakeRejection('untranslatable', 'contract', 'Cannot be read.', '/somewhere');

/** Judges a FormsPullPort: what waits is found, fetched whole, taken over once, and nothing at the source changes before the hub says so. */
export function formsPullContract<Options, Target extends SimulatedTarget>(fixture: FormsPullContract<Options, Target>): void {
  describe([fixture.adapter.type, fixture.variant, 'keeps the contract of an adapter that fetches'].filter(Boolean).join(' '), () => {
    const bench = new Bench(fixture);
    beforeEach(() => bench.open());
    afterEach(() => bench.close());
    listSuite(bench);
    fetchSuite(bench);
    settleSuite(bench);
    faultSuite(bench);
    booksSuite(bench);
    visibleSuite(bench);
  });
}

function listSuite<Options, Target extends SimulatedTarget>(bench: Bench<Options, Target>): void {
  it('names its sources, each once and briefly', () => {
    const names = bench.port.sources.map(({ name }) => name);
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[^\r\n]{1,200}$/);
  });

  it('lists nothing while nothing is waiting', async () => {
    expect(await bench.round()).toEqual([]);
  });

  it('lists everything that is waiting, each once, under the id that the submission gives itself', async () => {
    const ids = await bench.put(3);
    const waiting = await bench.round();
    expect(waiting.map(({ submissionId }) => submissionId)).toEqual(ids);
    for (const one of waiting) expect(bench.port.translate(await bench.fetched(one)).submissionId).toBe(one.submissionId);
  });

  const { severalPages } = bench.fixture;
  if (severalPages !== undefined) {
    it('lists page by page', async () => {
      const ids = await bench.put(severalPages);
      const listed = await bench.round();
      expect(listed.map(({ submissionId }) => submissionId).sort()).toEqual([...ids].sort());
      expect(bench.target.requests.filter((line) => bench.fixture.lines.list.test(line)).length).toBeGreaterThan(1);
    });
  }

  it('lists and fetches as often as it likes: nothing changes at the source before the hub says so', async () => {
    const ids = await bench.put(2);
    for (const one of await bench.round()) await bench.fetched(one);
    expect((await bench.round(bench.another())).map(({ submissionId }) => submissionId)).toEqual(ids);
    expect(bench.fixture.acknowledged(bench.target)).toEqual([]);
  });

  it('lists what came later, also after everything before it was settled', async () => {
    const cursors = new Map<string, string>();
    await bench.put(2);
    for (const one of await bench.round(bench.port, cursors)) await bench.port.acknowledge(one, ACCEPTED, signal());
    const later = await bench.put(1);
    expect((await bench.round(bench.another(), cursors)).map(({ submissionId }) => submissionId)).toEqual(later);
  });
}

function fetchSuite<Options, Target extends SimulatedTarget>(bench: Bench<Options, Target>): void {
  it('fetches files byte for byte, each to where it is kept', async () => {
    const files = [
      { name: 'Lageplan Süd.pdf', content: 'Plan '.repeat(20_000) },
      { name: 'leer.txt', content: '' },
    ];
    await bench.put(1, files);
    const intake = new MemoryIntake();
    const received = await bench.fetched(await bench.one(), intake);
    const draft = bench.port.translate(received);
    const bytesOf = (name: string): string | undefined => {
      const attachment = draft.attachments.find((one) => one.name === name);
      if (attachment === undefined || 'link' in attachment) return undefined;
      if ('bytes' in attachment) return Buffer.from(attachment.bytes).toString();
      return intake.stored.find(({ id }) => id === attachment.file.id)?.bytes.toString();
    };
    expect(files.map(({ name, content }) => bytesOf(name) === content)).toEqual([true, true]);
    expect(draft.attachments.map(({ name }) => name)).toEqual(expect.arrayContaining(files.map(({ name }) => name)));
  });

  it('fetches by what the database remembers, in another process', async () => {
    await bench.put(1);
    const waiting = stored(await bench.one());
    const received = await bench.another().fetch(waiting, new MemoryIntake(), signal());
    expect(received === 'gone' ? received : bench.port.translate(received).submissionId).toBe(waiting.submissionId);
  });

  it('says that a submission is gone which somebody else took', async () => {
    const [id = ''] = await bench.put(1);
    const waiting = await bench.one();
    bench.fixture.withdraw(bench.target, id);
    expect(await bench.port.fetch(waiting, new MemoryIntake(), signal())).toBe('gone');
  });

  it('passes on that a file is too large, and settles nothing', async () => {
    await bench.put(1, [{ name: 'groß.pdf', content: 'x' }]);
    const waiting = await bench.one();
    const tooLarge = new IntakeRejection('tooLarge', 'attachment-too-large', 'Too large.');
    const intake = new MemoryIntake(tooLarge);
    const outcome = await bench.port.fetch(waiting, intake, signal()).catch((error: unknown) => error);
    // Adapters whose files come inside the data hand them on as bytes: then the hub finds out.
    if (outcome !== tooLarge) expect(bench.port.translate(outcome as ReceivedSubmission).attachments.length).toBeGreaterThan(0);
    expect(bench.fixture.acknowledged(bench.target)).toEqual([]);
  });
}

function settleSuite<Options, Target extends SimulatedTarget>(bench: Bench<Options, Target>): void {
  const acknowledged = (): readonly string[] => bench.fixture.acknowledged(bench.target);

  it('acknowledges once, however often it is told to, by whichever process', async () => {
    const ids = await bench.put(1);
    const waiting = await bench.one();
    await bench.port.acknowledge(waiting, ACCEPTED, signal());
    await bench.port.acknowledge(waiting, ACCEPTED, signal());
    await bench.another().acknowledge(stored(waiting), ACCEPTED, signal());
    expect(acknowledged()).toEqual(ids);
  });

  it('no longer lists what was acknowledged, and still lists the others', async () => {
    const [, second] = await bench.put(2);
    await bench.port.acknowledge(await bench.one(), ACCEPTED, signal());
    expect((await bench.round(bench.another())).map(({ submissionId }) => submissionId)).toEqual([second]);
  });

  it('acknowledges what somebody else took meanwhile without a failure', async () => {
    const [id = ''] = await bench.put(1);
    const waiting = await bench.one();
    bench.fixture.withdraw(bench.target, id);
    await bench.port.acknowledge(waiting, ACCEPTED, signal());
  });

  it('acknowledges again when the answer was lost: one effect', async () => {
    const ids = await bench.put(1);
    const waiting = await bench.one();
    bench.target.fail({ fault: 'answerLost', times: 1, match: bench.fixture.lines.acknowledge });
    expect(['unavailable', 'outcomeUnknown']).toContain(await failureKindOf(bench.port.acknowledge(waiting, ACCEPTED, signal())));
    await bench.another().acknowledge(stored(waiting), ACCEPTED, signal());
    expect(acknowledged()).toEqual(ids);
  });

  it(`refuses what cannot be read by a rejection; it is ${bench.fixture.refusals}, and the others are not held up`, async () => {
    const unreadable = await bench.fixture.putUnreadable(bench.target);
    const readable = await bench.put(2);
    const refused: string[] = [];
    for (const one of await bench.round()) {
      try {
        bench.port.translate(await bench.fetched(one));
      } catch (error) {
        if (!(error instanceof IntakeRejection)) throw error;
        refused.push(one.submissionId);
        expect(await bench.port.refuse(one, error, signal())).toBe(bench.fixture.refusals);
        expect(await bench.port.refuse(stored(one), UNREADABLE, signal())).toBe(bench.fixture.refusals);
      }
    }
    expect(refused).toEqual([unreadable]);
    expect(acknowledged()).toEqual([]);
    const left = (await bench.round(bench.another())).map(({ submissionId }) => submissionId).sort();
    expect(left).toEqual([...readable, ...(bench.fixture.refusals === 'told' ? [] : [unreadable])].sort());
  });
}

function faultSuite<Options, Target extends SimulatedTarget>(bench: Bench<Options, Target>): void {
  const { lines } = bench.fixture;

  describe.each<Call>(['list', 'fetch', 'acknowledge'])('when the source does not cooperate with: %s', (name) => {
    const call = async (): Promise<() => Promise<unknown>> => {
      await bench.put(1, [{ name: 'a.pdf', content: 'a' }]);
      const waiting = await bench.one();
      return () => bench.call(name, waiting);
    };

    it.each(['down', 'error500', 'throttled'] as const)('is unavailable (%s)', async (fault) => {
      const act = await call();
      bench.target.fail({ fault, retryAfterS: 7, match: lines[name] });
      const error = await deliveryErrorOf(act());
      expect(error.kind).toBe('unavailable');
      if (fault === 'throttled') expect(error.retryAfterMs).toBe(7_000);
      expect(bench.fixture.acknowledged(bench.target)).toEqual([]);
      bench.target.heal();
      await act();
    });

    it('is misconfigured when the credentials are not accepted', async () => {
      const act = await call();
      bench.target.fail({ fault: 'unauthorised', match: lines[name] });
      expect(await failureKindOf(act())).toBe('misconfigured');
    });

    it('lets go when its time is over', async () => {
      await bench.put(1, [{ name: 'a.pdf', content: 'a' }]);
      const waiting = await bench.one();
      bench.target.fail({ fault: 'slow', slowMs: 10_000, match: lines[name] });
      const limit = AbortSignal.timeout(100);
      const started = Date.now();
      await deliveryErrorOf(bench.call(name, waiting, limit));
      expect(Date.now() - started).toBeLessThan(ABORT_LIMIT_MS);
    });
  });

  it('takes no garbage for a list', async () => {
    bench.target.fail({ fault: 'garbage', match: lines.list });
    expect(['unavailable', 'refused']).toContain(await failureKindOf(bench.round()));
  });

  it('takes no garbage for a submission', async () => {
    await bench.put(1);
    const waiting = await bench.one();
    bench.target.fail({ fault: 'garbage', match: lines.fetch });
    const outcome = await bench.port.fetch(waiting, new MemoryIntake(), signal()).then(
      (received) => (received === 'gone' ? received : translated(bench.port, received)),
      (error: unknown) => (error instanceof IntakeRejection ? 'rejected' : failureKindOf(Promise.reject(error as Error))),
    );
    expect(['rejected', 'unavailable', 'refused']).toContain(outcome);
  });
}

function translated(port: FormsPullPort, received: ReceivedSubmission): string {
  try {
    port.translate(received);
    return 'translated';
  } catch (error) {
    if (error instanceof IntakeRejection) return 'rejected';
    throw error;
  }
}

function visibleSuite<Options, Target extends SimulatedTarget>(bench: Bench<Options, Target>): void {
  const { secrets, probes, personal = [] } = bench.fixture;

  it('describes the source in one line without secrets', () => {
    const line = bench.port.describeTarget();
    expect(line).toMatch(/^[^\r\n]{3,300}$/);
    for (const secret of secrets) expect(line).not.toContain(secret);
  });

  it('probes without changing anything', async () => {
    const ids = await bench.put(1);
    expect(await bench.port.probe(signal())).toMatchObject({ ok: true });
    expect((await bench.round()).map(({ submissionId }) => submissionId)).toEqual(ids);
  });

  if (probes) {
    it.each(['down', 'unauthorised', 'error500'] as const)('reports what is wrong instead of failing (%s)', async (fault) => {
      bench.target.fail(fault);
      const report = await bench.port.probe(signal());
      expect(report.ok).toBe(false);
      for (const secret of secrets) expect(JSON.stringify(report)).not.toContain(secret);
    });
  }

  it('shows no secret in a failure, and nothing personal in addresses and handles', async () => {
    await bench.put(1, [{ name: 'a.pdf', content: 'a' }]);
    const waiting = await bench.one();
    await bench.fetched(waiting);
    for (const fault of ['down', 'error500', 'unauthorised', 'throttled', 'garbage'] as const) {
      bench.target.fail(fault);
      const shown = visibleParts(await deliveryErrorOf(bench.round()));
      bench.target.heal();
      for (const secret of secrets) expect(shown).not.toContain(secret);
    }
    const open = [...bench.target.requests, JSON.stringify(waiting.handle), waiting.submissionId].map(decodeURIComponent).join('\n');
    for (const text of [...personal, ...secrets]) expect(open).not.toContain(text);
  });
}
