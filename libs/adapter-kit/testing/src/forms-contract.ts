// SPDX-License-Identifier: EUPL-1.2
import { Application, FORM_DEPTH_MAX, FORM_ITEMS_MAX, type JsonValue, safeFileName } from '@amtsbote/canonical';

import {
  type Adapter,
  type ApplicationDraft,
  type AttachmentDraft,
  type FormsPort,
  IntakeRejection,
  type RawRequest,
  type ReceivedSubmission,
} from '../../src/index.js';
import { anAttachment } from './builders.js';
import { HOSTILE, mutationsOf } from './forms-fuzz.js';
import { ODD_FILE_NAMES } from './forms-samples.js';
import { describe, expect, it } from './jest.js';
import { countsOf, leavesOf, objectsOf, type Path, replaced } from './leaves.js';

/** A file that belongs to a submission, however the sender's format carries it. */
export interface FileSample {
  readonly name: string;
  readonly content: string;
}

/**
 * What the suite needs to judge a forms adapter. Everything is built anew on every call and signed or authorised as the sender would do it.
 */
export interface FormsContract<Options> {
  readonly adapter: Adapter<'forms', Options>;
  /** Tells several runs for one adapter apart: `with Basic`. */
  readonly variant?: string;
  /** As in a configuration file; at least one credential. */
  readonly options: unknown;
  /** The credentials in `options`: must not turn up in anything an operator or a sender sees. */
  readonly secrets: readonly string[];
  /** A rich sample of the sender's structured data, as JSON. */
  readonly document: JsonValue;
  /** Wraps structured data and files as the sender does. */
  submission(document: JsonValue, files: readonly FileSample[]): ReceivedSubmission;
  /** Any bytes in the place of the structured data, with right credentials. */
  submissionOfBytes(bytes: Uint8Array): ReceivedSubmission;
  /** `request` with credentials spoilt, by what is wrong with them. */
  readonly spoilt: Readonly<Record<string, (request: RawRequest) => RawRequest>>;
  /** A document whose form is nested this deep; absent where the format knows no nesting. */
  nested?(levels: number): JsonValue;
  /** A document whose form has this many fields and no groups beyond what the format needs. */
  wide(fields: number): JsonValue;
  /** The same information twice where the format allows one: two data parts, a doubled member. */
  doubled(): ReceivedSubmission;
  /** Values of the sample whose canonical spelling differs, and what stands for them: a German day, a decimal amount; nothing for words of the format. */
  readonly respelled?: Readonly<Record<string, string>>;
  /** Texts the format uses for "not answered"; they may become null. */
  readonly emptyLiterals?: readonly string[];
  /** Nesting without end, where the format is no JSON. */
  readonly bottomless?: Uint8Array;
  /** Whether the format can say this file name; absent: any. */
  canName?(name: string): boolean;
  /** Pointers below which a changed text is legitimately refused: ids, flags, links that are checked. */
  readonly checked?: readonly string[];
}

/** Judges a FormsPort: what is accepted, what is refused and how it is said, and that nothing that was sent is lost. */
export function formsContract<Options>(fixture: FormsContract<Options>): void {
  describe([fixture.adapter.type, fixture.variant, 'keeps the contract of a forms adapter'].filter(Boolean).join(' '), () => {
    const port = (): FormsPort => portOf(fixture);
    const sample = (): ReceivedSubmission => fixture.submission(fixture.document, [{ name: 'Lageplan.pdf', content: 'Plan' }]);

    describe('verify', () => verifySuite(fixture, port, sample));
    describe('translate', () => translateSuite(fixture, port, sample));
    describe('files', () => filesSuite(fixture, port));
    describe('limits', () => limitsSuite(fixture, port));
    describe('what nobody foresaw', () => fuzzSuite(fixture, port));
    describe('what operators and senders see', () => visibleSuite(fixture, port, sample));
  });
}

function portOf<Options>(fixture: FormsContract<Options>): FormsPort {
  const clock = { now: () => new Date('2020-01-01T00:00:00.000Z'), sleep: () => Promise.reject(new Error('an adapter does not sleep')) };
  const randomness = {
    fraction: () => {
      throw new Error('a translation is pure');
    },
    bytes: () => {
      throw new Error('a translation is pure');
    },
  };
  return fixture.adapter.create(fixture.adapter.options.parse(fixture.options), { clock, randomness, instance: 'contract' });
}

type Port = () => FormsPort;
type Sample = () => ReceivedSubmission;

function verifySuite<Options>(fixture: FormsContract<Options>, port: Port, sample: Sample): void {
  it('accepts a request with right credentials', () => {
    expect(() => port().verify(sample().request)).not.toThrow();
  });

  it.each(Object.entries(fixture.spoilt))('refuses %s as unsigned, 401', (_what, spoil) => {
    const rejection = rejectionOf(() => port().verify(spoil(sample().request)));
    expect(rejection).toMatchObject({ kind: 'unsigned', status: 401 });
    expect(rejection.code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  it.each(garbage())('lets signed garbage pass (%s), because it never parses; translate refuses it as malformed', (_what, bytes) => {
    const submission = fixture.submissionOfBytes(bytes);
    expect(() => port().verify(submission.request)).not.toThrow();
    expect(rejectionOf(() => port().translate(submission))).toMatchObject({ kind: 'malformed', status: 400 });
  });
}

function garbage(): [string, Uint8Array][] {
  return [
    ['nothing', Buffer.alloc(0)],
    ['no JSON', Buffer.from('<antrag/>')],
    ['cut JSON', Buffer.from('{"control":{"transactionId":"1')],
    ['not UTF-8', Buffer.from([0x7b, 0x22, 0xfc, 0x22, 0x3a, 0x31, 0x7d])],
    ['an empty object', Buffer.from('{}')],
    ['an array', Buffer.from('[]')],
    ['null', Buffer.from('null')],
  ];
}

function translateSuite<Options>(fixture: FormsContract<Options>, port: Port, sample: Sample): void {
  it('gives the same draft for the same submission, in any instance, and leaves its input alone', () => {
    const input = sample();
    const before = structuredClone(input);
    const first = port().translate(input);
    expect(first.submissionId).not.toBe('');
    expect(port().translate(sample())).toEqual(first);
    const again = port();
    again.translate(input);
    expect(again.translate(input)).toEqual(first);
    expect(input).toEqual(before);
  });

  it('gives what the canonical schemas accept', () => {
    expect(() => applicationOf(port().translate(sample()))).not.toThrow();
  });

  it('drops no value that was sent', () => {
    const draft = port().translate(sample());
    const there = countsOf(leavesOf(draft as unknown as JsonValue).map(({ value }) => String(value)));
    const { respelled = {} } = fixture;
    const sent = countsOf(
      leavesOf(fixture.document)
        .map(({ value }) => String(value))
        .map((text) => respelled[text] ?? text),
    );
    const missing = [...sent].filter(([text, count]) => !isEmpty(fixture, text) && (there.get(text) ?? 0) < count).map(([text]) => text);
    expect(missing).toEqual([]);
  });

  it('drops no text, wherever in the sample it stands', () => {
    const texts = leavesOf(fixture.document).filter(({ value, path }) => typeof value === 'string' && !isChecked(fixture, path));
    expect(texts.length).toBeGreaterThan(5);
    const lost = texts.filter(({ path }, index) => {
      const marker = `Marke ${index} Ä`;
      const draft = port().translate(fixture.submission(replaced(fixture.document, path, marker), []));
      return !holds(draft, marker);
    });
    expect(lost.map(({ path }) => path.join('/'))).toEqual([]);
  });

  it('drops no member it does not know, wherever it stands', () => {
    const objects = objectsOf(fixture.document).filter((path) => !isChecked(fixture, path));
    expect(objects.length).toBeGreaterThan(2);
    const lost = objects.filter((path, index) => {
      const marker = `Unbekanntes ${index} ß`;
      const document = replaced(fixture.document, [...path, 'amtsboteUnknown'], { deep: [marker] });
      const draft = port().translate(fixture.submission(document, []));
      applicationOf(draft);
      return !holds(draft, marker);
    });
    expect(lost.map((path) => path.join('/'))).toEqual([]);
  });

  it('refuses the same information given twice as malformed: choosing one would drop the other', () => {
    expect(rejectionOf(() => port().translate(fixture.doubled()))).toMatchObject({ kind: 'malformed' });
  });
}

function filesSuite<Options>(fixture: FormsContract<Options>, port: Port): void {
  it("hands every file on under the name the sender gave it: cleaning is the hub's job", () => {
    const odd = ODD_FILE_NAMES.filter((name) => fixture.canName?.(name) ?? true);
    expect(odd.length).toBeGreaterThan(5);
    const files = odd.map((name, index) => ({ name, content: `content ${index}` }));
    const names = port()
      .translate(fixture.submission(fixture.document, files))
      .attachments.map(({ name }) => name);
    for (const name of odd) expect(names).toContain(name);
  });

  it('keeps two files of one name', () => {
    const twins = [
      { name: 'scan.pdf', content: 'eins' },
      { name: 'scan.pdf', content: 'zwei' },
    ];
    const attachments = port().translate(fixture.submission(fixture.document, twins)).attachments;
    expect(attachments.filter(({ name }) => name === 'scan.pdf')).toHaveLength(2);
  });

  it('accepts an empty file', () => {
    const attachments = port().translate(fixture.submission(fixture.document, [{ name: 'leer.txt', content: '' }])).attachments;
    const empty = attachments.find(({ name }) => name === 'leer.txt');
    expect(empty === undefined ? undefined : sizeOf(empty)).toBe(0);
  });

  it('accepts a submission without files', () => {
    const without = port().translate(fixture.submission(fixture.document, []));
    const withOne = port().translate(fixture.submission(fixture.document, [{ name: 'eins.pdf', content: '1' }]));
    expect(withOne.attachments).toHaveLength(without.attachments.length + 1);
  });
}

function limitsSuite<Options>(fixture: FormsContract<Options>, port: Port): void {
  const untranslatable = { kind: 'untranslatable', status: 422, place: expect.stringMatching(/./) };

  it('accepts a form of many fields', () => {
    expect(() => applicationOf(port().translate(fixture.submission(fixture.wide(FORM_ITEMS_MAX - 100), [])))).not.toThrow();
  });

  const nested = fixture.nested?.bind(fixture);
  if (nested !== undefined) {
    it('accepts a form of many levels', () => {
      expect(() => applicationOf(port().translate(fixture.submission(nested(FORM_DEPTH_MAX - 2), [])))).not.toThrow();
    });

    it.each([FORM_DEPTH_MAX + 1, 60, 2_000])('refuses a form nested %p levels deep, naming the place', (levels) => {
      const submission = fixture.submission(nested(levels), []);
      expect(rejectionOf(() => port().translate(submission))).toMatchObject(untranslatable);
    });

    it('survives brackets without end', () => {
      const submission = fixture.submissionOfBytes(fixture.bottomless ?? Buffer.from('{"formData":['.repeat(200_000)));
      expect(rejectionOf(() => port().translate(submission))).toMatchObject(untranslatable);
    });
  }

  it.each([FORM_ITEMS_MAX + 1, 10_000])('refuses a form of %p fields, naming the place', (fields) => {
    const submission = fixture.submission(fixture.wide(fields), []);
    expect(rejectionOf(() => port().translate(submission))).toMatchObject(untranslatable);
  });
}

function fuzzSuite<Options>(fixture: FormsContract<Options>, port: Port): void {
  /** A draft that the house can live with, or a refusal that says where; never anything else. */
  const outcomeOf = (submission: () => ReceivedSubmission): void => {
    let received: ReceivedSubmission;
    try {
      received = submission();
    } catch {
      // The sender's own format cannot say it.
      return;
    }
    try {
      applicationOf(port().translate(received));
    } catch (error) {
      if (!(error instanceof IntakeRejection)) throw error;
      expect(error.code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect((error.place ?? '').length).toBeLessThanOrEqual(1_000);
    }
  };

  it('is translated or refused: any hostile value in any place of the sample', () => {
    for (const { path } of leavesOf(fixture.document))
      for (const value of HOSTILE) outcomeOf(() => fixture.submission(replaced(fixture.document, path, value), []));
  });

  it('is translated or refused: the sample with bytes changed, left out and put in', () => {
    const bytes = Buffer.from(bytesOf(fixture.submission(fixture.document, [])));
    for (const changed of mutationsOf(bytes, 300)) outcomeOf(() => fixture.submissionOfBytes(changed));
  });
}

/** The structured data of a submission, as it goes over the wire. */
function bytesOf({ request, data }: ReceivedSubmission): Uint8Array {
  return request.body.length > 0 ? request.body : (data[0]?.value ?? new Uint8Array());
}

function visibleSuite<Options>(fixture: FormsContract<Options>, port: Port, sample: Sample): void {
  it('describes the target in one line without secrets', () => {
    const line = port().describeTarget();
    expect(line).toMatch(/^[^\r\n]{3,200}$/);
    for (const secret of fixture.secrets) expect(line).not.toContain(secret);
  });

  it('probes without changing anything and without naming a secret', async () => {
    const probed = port();
    const before = probed.translate(sample());
    const first = await probed.probe(new AbortController().signal);
    expect(await probed.probe(AbortSignal.abort())).toEqual(first);
    expect(probed.translate(sample())).toEqual(before);
    expect(first.ok).toBe(first.checks.every(({ ok }) => ok));
    for (const secret of fixture.secrets) expect(JSON.stringify(first)).not.toContain(secret);
    await probed.close();
  });

  it('refuses without quoting credentials or what a citizen typed', () => {
    const rejections = rejectionsOf(fixture, port(), sample);
    const texts = leavesOf(fixture.document)
      .map(({ value }) => String(value))
      .filter((text) => text.length >= 5);
    expect(rejections.length).toBeGreaterThan(4);
    for (const { message, detail, place = '', code } of rejections) {
      const shown = [message, detail, place, code].join(' ');
      for (const text of [...fixture.secrets, ...texts]) expect(shown).not.toContain(text);
    }
  });
}

function rejectionsOf<Options>(fixture: FormsContract<Options>, port: FormsPort, sample: Sample): IntakeRejection[] {
  const text = JSON.stringify(fixture.document);
  const cuts = [0.3, 0.5, 0.7, 0.9].map((share) => Buffer.from(text.slice(0, Math.floor(text.length * share))));
  return [
    ...Object.values(fixture.spoilt).map((spoil) => rejectionOf(() => port.verify(spoil(sample().request)))),
    ...cuts.map((bytes) => rejectionOf(() => port.translate(fixture.submissionOfBytes(bytes)))),
    rejectionOf(() => port.translate(fixture.doubled())),
  ];
}

/** What `act` refuses with; anything else, a RangeError of the stack for instance, fails the test. */
function rejectionOf(act: () => unknown): IntakeRejection {
  try {
    act();
  } catch (error) {
    if (error instanceof IntakeRejection) return error;
    throw error;
  }
  throw new Error('was accepted, should have been refused');
}

/** The draft as the intake completes it: what the store and every other adapter will have to live with. */
function applicationOf(draft: ApplicationDraft): Application {
  const { submissionId, formId, formVersion, authorityId, serviceName, leikaKeys, attachments, sources: _places, ...rest } = draft;
  const optional = { formId, formVersion, authorityId };
  return Application.parse({
    id: '0192f0a0-0000-7000-8000-000000000001',
    tenant: '057110000000',
    reference: '7KQ4-M2XD-P',
    receivedAt: '2026-01-31T10:00:00.000Z',
    publicService: { leikaKeys, name: serviceName },
    origin: {
      system: 'forms-contract',
      endpoint: 'contract',
      submissionId,
      ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    },
    attachments: attachments.map((attachment, index) => {
      const { name: originalName, mediaType, purpose } = attachment;
      const described = { ...anAttachment(`a${index}`), name: safeFileName(originalName), originalName, mediaType, purpose };
      const { size, sha512, ...linked } = described;
      return 'link' in attachment ? { ...linked, state: 'linked', link: attachment.link } : { ...linked, size, sha512 };
    }),
    ...rest,
  });
}

function holds(draft: ApplicationDraft, marker: string): boolean {
  return leavesOf(draft).some(({ value }) => value === marker);
}

function isEmpty<Options>(fixture: FormsContract<Options>, text: string): boolean {
  return text === '' || (fixture.emptyLiterals ?? []).includes(text);
}

function isChecked<Options>(fixture: FormsContract<Options>, path: Path): boolean {
  const pointer = `/${path.join('/')}`;
  return (fixture.checked ?? []).some((prefix) => pointer === prefix || pointer.startsWith(`${prefix}/`));
}

function sizeOf(attachment: AttachmentDraft): number | undefined {
  if ('file' in attachment) return attachment.file.size;
  return 'bytes' in attachment ? attachment.bytes.length : undefined;
}
