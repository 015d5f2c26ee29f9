// SPDX-License-Identifier: EUPL-1.2
import type { Readable } from 'node:stream';

import type { FailureKind } from '@amtsbote/canonical';

import type { DmsOutboxPort, WaitingAnswer } from '../../src/index.js';
import { aDocument, anApplication } from './builders.js';
import { ABORT_LIMIT_MS, deliveryErrorOf, visibleParts } from './contract-tools.js';
import { TestDelivery } from './delivery-context.js';
import type { DmsFault } from './dms/fixture.js';
import type { DmsOutboxFixture, DmsOutboxTarget, PlacedAnswer } from './dms/outbox-fixture.js';
import { afterEach, beforeEach, describe, expect, it } from './jest.js';

const FAULTS: readonly (readonly [DmsFault, FailureKind])[] = [
  ['down', 'unavailable'],
  ['error500', 'unavailable'],
  ['throttled', 'unavailable'],
  ['garbage', 'unavailable'],
  ['unauthorised', 'misconfigured'],
];
/** Names that systems like to change. */
const NAMES = ['Bescheid über Gebühren.pdf', 'a;b & c.pdf', `${'ä'.repeat(100)}.pdf`, 'Anlage 100 %.txt', "l'avis+1.pdf"];
/** More than any adapter lists at a time. */
const MANY = 60;
const signal = AbortSignal.timeout(600_000);
const aLetter = (fileName = 'Bescheid.pdf', content = '%PDF-1.7 Bescheid'): PlacedAnswer => ({
  fileName,
  mediaType: 'application/pdf',
  bytes: Buffer.from(content),
});

/** The suite that judges the outbox of every DMS adapter that has one. */
export function dmsOutboxContract(fixture: DmsOutboxFixture): void {
  const { begins, acknowledges } = fixture.outbox;
  const kind = [fixture.title, begins, acknowledges].filter((word) => word !== undefined).join(', ');
  describe(`${fixture.adapter} (${kind}) keeps the contract of DmsOutboxPort`, () => {
    const bench = new OutboxBench(fixture);
    beforeEach(() => bench.open());
    afterEach(() => bench.close());
    listing(bench);
    taking(bench);
    if (begins === 'atCursor') goingOn(bench);
    if (acknowledges === 'inDms') acknowledging(bench);
    failing(bench);
  });
}

function listing(bench: OutboxBench): void {
  it('collects as its options say', () => {
    expect(bench.port.outbox).toEqual(bench.fixture.outbox);
  });

  it('lists nothing of what was filed, and what a clerk puts into the outbox with the Vorgang that the receipt named', async () => {
    const [one, other] = [await bench.file('application-a'), await bench.file('application-b')];
    expect(await bench.all()).toEqual([]);
    await bench.target.placeAnswer(other, aLetter('Bescheid B.pdf'));
    await bench.target.placeAnswer(one, aLetter('Bescheid A.pdf', '%PDF-1.7 other bytes'));
    const found = (await bench.all()).map(({ vorgangId, fileName, size }) => ({ vorgangId, fileName, size: size ?? 'untold' }));
    expect(found).toHaveLength(2);
    expect(found).toContainEqual({ vorgangId: one, fileName: 'Bescheid A.pdf', size: 20 });
    expect(found).toContainEqual({ vorgangId: other, fileName: 'Bescheid B.pdf', size: 17 });
  });

  it('gives name and bytes as the clerk put them there', async () => {
    const vorgang = await bench.file();
    for (const name of NAMES) await bench.target.placeAnswer(vorgang, aLetter(name, `content of ${name}`));
    const answers = await bench.all();
    expect(answers.map(({ fileName }) => fileName).sort()).toEqual([...NAMES].sort());
    for (const answer of answers) expect((await bench.read(answer)).toString()).toBe(`content of ${answer.fileName}`);
  });

  it('names answers by ids that are equal the next time, in another process, and hold nothing of the name', async () => {
    const vorgang = await bench.file();
    await bench.target.placeAnswer(vorgang, aLetter('Mustermann.pdf'));
    const [first] = await bench.all();
    const [again] = await bench.all(bench.restarted());
    expect(again).toMatchObject({ documentId: first?.documentId, version: first?.version });
    expect(`${first?.documentId ?? ''} ${first?.version ?? ''}`).not.toContain('Mustermann');
    expect(first?.documentId.length).toBeLessThanOrEqual(200);
    expect(first?.version.length).toBeLessThanOrEqual(100);
  });

  it('lists many page by page, each once, those of a Vorgang in the order in which they were placed', async () => {
    const vorgang = await bench.file();
    const names = Array.from({ length: MANY }, (_, index) => `Bescheid ${String(index).padStart(3, '0')}.pdf`);
    for (const name of names) await bench.target.placeAnswer(vorgang, aLetter(name));
    expect((await bench.all()).map(({ fileName }) => fileName)).toEqual(names);
  });

  it('changes nothing in the DMS while it lists and reads', async () => {
    const vorgang = await bench.file();
    await bench.target.placeAnswer(vorgang, aLetter());
    const before = await bench.target.changes();
    for (const answer of await bench.all()) await bench.read(answer);
    expect(await bench.target.changes()).toBe(before);
  });

  if (bench.fixture.mark === undefined) return;
  it('tells the mark of an answer that has one', async () => {
    const { mark = '' } = bench.fixture;
    const vorgang = await bench.file();
    await bench.target.placeAnswer(vorgang, { ...aLetter('mit.pdf'), mark });
    await bench.target.placeAnswer(vorgang, aLetter('ohne.pdf'));
    const marks = Object.fromEntries((await bench.all()).map((answer) => [answer.fileName, answer.mark ?? 'none']));
    expect(marks).toEqual({ 'mit.pdf': mark, 'ohne.pdf': 'none' });
  });
}

function taking(bench: OutboxBench): void {
  it('acknowledges once and again: the document stays in the Vorgang, and is not told as new', async () => {
    const vorgang = await bench.file();
    await bench.target.placeAnswer(vorgang, aLetter());
    const [answer] = await bench.all();
    if (answer === undefined) throw new Error('nothing is listed');
    await bench.take(answer);
    await bench.take(answer);
    await bench.expectTaken(vorgang, 'Bescheid.pdf', answer);
  });

  it('tells a document that was replaced as another version, gives no bytes for the old one, and leaves it when that is acknowledged', async () => {
    const vorgang = await bench.file();
    await bench.target.placeAnswer(vorgang, aLetter());
    const [first] = await bench.all();
    await bench.target.placeAnswer(vorgang, aLetter('Bescheid.pdf', '%PDF-1.7 corrected'));
    if (first === undefined) throw new Error('nothing is listed');
    expect(await bench.port.read(first, signal)).toBe('gone');
    await bench.take(first);
    const [second] = await bench.all();
    expect(second).toMatchObject({ fileName: 'Bescheid.pdf', vorgangId: vorgang });
    expect(second?.version).not.toBe(first.version);
    if (second !== undefined) expect((await bench.read(second)).toString()).toBe('%PDF-1.7 corrected');
  });

  it('says that an answer is gone which the clerk took back, and takes it for acknowledged', async () => {
    const vorgang = await bench.file();
    await bench.target.placeAnswer(vorgang, aLetter());
    const [answer] = await bench.all();
    if (answer === undefined) throw new Error('nothing is listed');
    await bench.target.withdrawAnswer(vorgang, 'Bescheid.pdf');
    expect(await bench.port.read(answer, signal)).toBe('gone');
    await bench.take(answer);
    expect(await bench.all()).toEqual([]);
  });

  it('takes an answer of a name under which one was taken before', async () => {
    const vorgang = await bench.file();
    for (const content of ['first', 'second']) {
      await bench.target.placeAnswer(vorgang, aLetter('Bescheid.pdf', content));
      const answers = await bench.all();
      const newest = answers.at(-1);
      if (newest === undefined) throw new Error('nothing is listed');
      expect((await bench.read(newest)).toString()).toBe(content);
      await bench.take(newest);
    }
    const waiting = bench.fixture.outbox.acknowledges === 'inDms' ? [] : ['Bescheid.pdf'];
    expect((await bench.target.answerBooks(vorgang)).waiting).toEqual(waiting);
  });
}

function acknowledging(bench: OutboxBench): void {
  it('finds an acknowledgement whose answer was lost', async () => {
    const vorgang = await bench.file();
    await bench.target.placeAnswer(vorgang, aLetter());
    const [answer] = await bench.all();
    if (answer === undefined) throw new Error('nothing is listed');
    bench.target.misbehave('answerLost', { write: 1 });
    await bench.port.acknowledge(answer, signal).catch(() => undefined);
    bench.target.heal();
    await bench.restarted().acknowledge(answer, signal);
    await bench.expectTaken(vorgang, 'Bescheid.pdf', answer);
  });
}

function goingOn(bench: OutboxBench): void {
  it('goes on at its cursor: what was told before is not told again', async () => {
    const vorgang = await bench.file();
    await bench.target.placeAnswer(vorgang, aLetter('eins.pdf'));
    const cursor = await bench.cursorAfter(null);
    await bench.target.placeAnswer(vorgang, aLetter('zwei.pdf'));
    const later = await bench.all(bench.port, cursor);
    expect(later.map(({ fileName }) => fileName)).toEqual(['zwei.pdf']);
  });
}

function failing(bench: OutboxBench): void {
  it.each(FAULTS)('"%s": listing says "%s" without a secret, and goes on when it is over', async (fault, kind) => {
    const vorgang = await bench.file();
    await bench.target.placeAnswer(vorgang, aLetter());
    const port = bench.restarted();
    bench.target.misbehave(fault);
    const error = await deliveryErrorOf(port.list(null, signal));
    expect(error.kind).toBe(kind);
    expect(error.code.startsWith(`${bench.fixture.adapter}/`)).toBe(true);
    for (const secret of bench.fixture.secrets) expect(visibleParts(error)).not.toContain(secret);
    bench.target.heal();
    expect(await bench.all()).toHaveLength(1);
  });

  it('lets go of a target that hangs when its time is over', async () => {
    const vorgang = await bench.file();
    await bench.target.placeAnswer(vorgang, aLetter());
    bench.target.misbehave('hangs');
    const started = performance.now();
    await deliveryErrorOf(bench.port.list(null, AbortSignal.timeout(100)));
    expect(performance.now() - started).toBeLessThan(ABORT_LIMIT_MS);
    bench.target.heal();
  });
}

/** A target with an adapter that files and collects. */
class OutboxBench {
  private running: { target: DmsOutboxTarget; ports: DmsOutboxPort[] } | undefined;

  constructor(readonly fixture: DmsOutboxFixture) {}

  get target(): DmsOutboxTarget {
    if (this.running === undefined) throw new Error('the target is not running');
    return this.running.target;
  }
  get port(): DmsOutboxPort {
    const [port] = this.running?.ports ?? [];
    if (port === undefined) throw new Error('no adapter is running');
    return port;
  }

  async open(): Promise<void> {
    const target = await this.fixture.start();
    this.running = { target, ports: [target.port()] };
  }
  async close(): Promise<void> {
    const { target, ports } = this.running ?? { ports: [] };
    target?.heal();
    for (const port of ports) await port.close();
    await target?.stop();
    this.running = undefined;
  }

  restarted(): DmsOutboxPort {
    const port = this.target.port();
    this.running?.ports.push(port);
    return port;
  }

  /** Files an application. @returns its Vorgang as the receipt names it. */
  async file(key = 'application-1'): Promise<string> {
    const reference = `${key.slice(-1).toUpperCase().padStart(4, 'K')}-2M9D-4`;
    const request = { application: { ...anApplication(), id: idOf(key), reference }, documents: [aDocument('Antrag.pdf')] };
    return (await this.port.file(request, new TestDelivery(`filing-${key}`))).vorgang.id;
  }

  async all(port = this.port, from: string | null = null): Promise<WaitingAnswer[]> {
    const found: WaitingAnswer[] = [];
    let next: string | null = from;
    do {
      const page = await port.list(next, signal);
      expect(page.waiting.length).toBeLessThanOrEqual(500);
      found.push(...page.waiting);
      next = page.next;
    } while (next !== null);
    return found;
  }

  async cursorAfter(from: string | null): Promise<string | null> {
    let cursor = from;
    for (let next = from, isFirst = true; isFirst || next !== null; isFirst = false) {
      const page = await this.port.list(next, signal);
      cursor = page.cursor ?? cursor;
      next = page.next;
    }
    return cursor;
  }

  async read(answer: WaitingAnswer): Promise<Buffer> {
    const stream = await this.port.read(answer, signal);
    if (stream === 'gone') throw new Error('an answer is gone');
    return bytesOf(stream);
  }

  /** As the hub does it: where the DMS is not written to, nothing is done. */
  async take(answer: WaitingAnswer): Promise<void> {
    if (this.fixture.outbox.acknowledges === 'inDms') await this.port.acknowledge(answer, signal);
  }

  async expectTaken(vorgang: string, name: string, { documentId, version }: WaitingAnswer): Promise<void> {
    const isRemembered = this.fixture.outbox.acknowledges === 'remembered';
    const listed = (await this.all()).map((one) => [one.documentId, one.version]);
    expect(listed).toEqual(isRemembered ? [[documentId, version]] : []);
    expect(await this.target.answerBooks(vorgang)).toEqual(isRemembered ? { waiting: [name], taken: [] } : { waiting: [], taken: [name] });
  }
}

async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function idOf(key: string): string {
  return `0192f0a0-0000-7000-8000-${Buffer.from(key).toString('hex').slice(-12)}`;
}
