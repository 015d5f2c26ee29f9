// SPDX-License-Identifier: EUPL-1.2
import { HttpClient } from '@amtsbote/platform';
import { z } from 'zod';

import {
  type AcceptedApplication,
  type ApplicationDraft,
  type BookedSubmission,
  type BooksPage,
  defineAdapter,
  DeliveryError,
  FormsLedgerPort,
  IntakeRejection,
  type ProbeReport,
  pulledRequest,
  type PullIntake,
  type PullPage,
  type PullSource,
  type RawRequest,
  type ReceivedSubmission,
  type WaitingSubmission,
} from '../../src/index.js';
import { type SimulatedAnswer, type SimulatedRequest, SimulatorServer } from './simulator-server.js';

/*
 * The least source that can be pulled, and the least adapter for it: trays in which submissions lie until somebody takes them. For tests of the
 * suite and of the hub.
 */

/** A submission in a tray. */
export interface TrayItem {
  readonly id: string;
  readonly tray: string;
  /** What `translate` reads; anything but `ok` cannot be read. */
  readonly content: 'ok' | 'nonsense' | 'draft';
  readonly files: readonly { readonly name: string; readonly content: string | Buffer }[];
  readonly submittedAt: string;
}

const PAGE = 10;

/** Trays on loopback. `GET /a` lists, `GET /a/1` shows, `GET /a/1/0` is a file, `POST /a/1/taken` and `/a/1/returned` settle. */
export class Trays extends SimulatorServer {
  /** Everything that was ever put in, with what became of it. */
  readonly items: (TrayItem & { state: 'waiting' | 'taken' | 'returned' | 'withdrawn' })[] = [];
  /** Ids in the order in which they were taken; twice for one taken twice. */
  readonly taken: string[] = [];
  readonly returned: string[] = [];

  put(count: number, more: Partial<TrayItem> = {}): string[] {
    return Array.from({ length: count }, () => {
      const id = `tray-${this.items.length + 1}`;
      const item = { id, tray: 'a', content: 'ok', files: [], submittedAt: '2026-01-31T09:59:00.000Z', ...more } as const;
      this.items.push({ ...item, state: 'waiting' });
      return item.id;
    });
  }

  withdraw(id: string): void {
    for (const item of this.items) if (item.id === id) item.state = 'withdrawn';
  }

  protected handle({ method, url }: SimulatedRequest): SimulatedAnswer {
    const [tray = '', id, part] = url.pathname.slice(1).split('/');
    if (id === undefined) return this.list(tray, url);
    const item = this.items.find((one) => one.id === id && one.tray === tray);
    if (item === undefined || item.state === 'withdrawn') return { status: 404 };
    if (method === 'POST') return this.settle(item, part === 'taken' ? 'taken' : 'returned');
    if (item.state !== 'waiting' && !url.searchParams.has('booked')) return { status: 404 };
    if (part !== undefined) return { status: 200, body: Buffer.from((item.files[Number(part)]?.content ?? '') as string) };
    const files = item.files.map(({ name }) => name);
    return json({ id, content: item.content, files });
  }

  private list(tray: string, url: URL): SimulatedAnswer {
    if (url.searchParams.has('books')) return json({ items: this.items.filter((item) => item.tray === tray), seen: 0, total: 0 });
    const sees = ({ state }: { state: string }): boolean => (url.searchParams.has('since') ? true : state === 'waiting');
    const all = this.items.filter((item) => item.tray === tray && sees(item));
    const from = Number(url.searchParams.get('since') ?? url.searchParams.get('from') ?? 0);
    const page = all.slice(from, from + PAGE).filter(({ state }) => state === 'waiting');
    return json({
      items: page.map(({ id, submittedAt }) => ({ id, submittedAt })),
      seen: Math.min(from + PAGE, all.length),
      total: all.length,
    });
  }

  private settle(item: Trays['items'][number], state: 'taken' | 'returned'): SimulatedAnswer {
    if (item.state === 'waiting') {
      item.state = state;
      (state === 'taken' ? this.taken : this.returned).push(item.id);
    }
    return { status: 204 };
  }
}

function json(value: unknown): SimulatedAnswer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

const TrayOptions = z.strictObject({
  url: z.string(),
  trays: z.array(z.string()).default(['a']),
  begins: z.enum(['atStart', 'atCursor']).default('atStart'),
  /** Whether a submission that cannot be read is returned to its sender. */
  returns: z.boolean().default(false),
});
type TrayOptions = z.infer<typeof TrayOptions>;

const Line = z.object({ id: z.string(), submittedAt: z.string(), state: z.string().optional() });
const Listed = z.object({ items: z.array(Line), seen: z.number(), total: z.number() });
const Shown = z.object({ id: z.string(), content: z.string(), files: z.array(z.string()) });

class TrayForms extends FormsLedgerPort {
  override readonly body = { form: 'bytes', mediaTypes: ['application/json'] } as const;
  override readonly sources: readonly PullSource[];
  private readonly http: HttpClient;

  constructor(private readonly options: TrayOptions) {
    super();
    this.sources = options.trays.map((name) => ({ name, begins: options.begins }));
    this.http = new HttpClient({ baseUrl: options.url, timeoutMs: 5_000 });
  }

  override verify(request: RawRequest): void {
    if (request.headers['authorization'] !== 'tray') throw new IntakeRejection('unsigned', 'no-tray', 'Expects the word of the trays.');
  }

  override signalOf({ request }: ReceivedSubmission): readonly string[] | null {
    const text = Buffer.from(request.body).toString();
    return text.startsWith('look:') ? text.slice(5).split(',').filter(Boolean) : null;
  }

  override async list(source: string, from: string | null, signal: AbortSignal): Promise<PullPage> {
    const isCursor = this.options.begins === 'atCursor';
    const answer = await this.ask(`/${source}?${isCursor ? 'since' : 'from'}=${from ?? '0'}`, signal);
    const { items, seen, total } = this.read(Listed, answer);
    const waiting = items.map(({ id, submittedAt }) => ({
      submissionId: id,
      submittedAt: new Date(submittedAt),
      handle: { tray: source },
    }));
    return { waiting, next: seen < total ? String(seen) : null, cursor: isCursor ? String(seen) : null };
  }

  override async fetch(waiting: WaitingSubmission, intake: PullIntake, signal: AbortSignal): Promise<ReceivedSubmission | 'gone'> {
    const path = pathOf(waiting);
    const asked = (waiting.handle as { booked?: boolean }).booked === true ? '?booked' : '';
    const answer = await this.ask(path + asked, signal, [200, 404]);
    if (answer.status === 404) return 'gone';
    const { files: names } = this.read(Shown, answer);
    const files = await Promise.all(
      names.map(async (fileName, index) => {
        const { status, stream } = await this.http.stream({ method: 'GET', path: `${path}/${index}${asked}`, signal }).catch(unreachable);
        if (status !== 200) throw DeliveryError.unavailable('tray/failed', 'Failed.');
        try {
          return await intake.store({ partName: 'file', fileName, mediaType: 'application/pdf' }, stream);
        } catch (error) {
          throw error instanceof IntakeRejection ? error : unreachable(error);
        }
      }),
    );
    return { request: pulledRequest(answer.body, intake.receivedAt), data: [], files };
  }

  override async booked(source: string, since: Date, _from: string | null, signal: AbortSignal): Promise<BooksPage> {
    const { items } = this.read(Listed, await this.ask(`/${source}?books`, signal));
    const booked = items.map(({ id, submittedAt, state }): BookedSubmission => {
      return { submissionId: id, submittedAt: new Date(submittedAt), handle: { tray: source, booked: true }, isDue: state !== 'withdrawn' };
    });
    return { booked: booked.filter(({ submittedAt }) => submittedAt >= since), next: null };
  }

  override async acknowledge(waiting: WaitingSubmission, _accepted: AcceptedApplication, signal: AbortSignal): Promise<void> {
    await this.ask(`${pathOf(waiting)}/taken`, signal, [204, 404], 'POST');
  }

  override async refuse(waiting: WaitingSubmission, _rejection: IntakeRejection, signal: AbortSignal): Promise<'told' | 'kept'> {
    if (!this.options.returns) return 'kept';
    await this.ask(`${pathOf(waiting)}/returned`, signal, [204, 404], 'POST');
    return 'told';
  }

  override isNoSubmission({ request }: ReceivedSubmission): boolean {
    return Buffer.from(request.body).includes('"draft"');
  }

  override translate({ request, files }: ReceivedSubmission): ApplicationDraft {
    const { id, content } = JSON.parse(Buffer.from(request.body).toString()) as z.infer<typeof Shown>;
    if (content !== 'ok') throw new IntakeRejection('untranslatable', 'nonsense', 'Expects something readable.', '/content');
    return {
      submissionId: id,
      test: false,
      formId: 'filed',
      serviceName: 'Einwurf',
      leikaKeys: ['99050012104000'],
      applicant: { kind: 'person' },
      form: [{ kind: 'field', name: 'content', label: 'Inhalt', type: 'text', value: content }],
      attachments: files.map((file) => ({ name: file.fileName, mediaType: file.mediaType, purpose: 'attachment' as const, file })),
      places: [],
      consents: [],
      deadlines: [],
      relations: [],
      unmapped: [],
    };
  }

  override describeTarget(): string {
    return `trays at ${this.options.url}`;
  }
  override async probe(signal: AbortSignal): Promise<ProbeReport> {
    const [first = 'a'] = this.options.trays;
    const ok = await this.list(first, null, signal).then(
      () => true,
      () => false,
    );
    return { ok, checks: [{ name: 'list', ok, detail: 'the first tray' }] };
  }
  override async close(): Promise<void> {
    this.http.close();
  }

  private async ask(
    path: string,
    signal: AbortSignal,
    expected = [200],
    method: 'GET' | 'POST' = 'GET',
  ): ReturnType<HttpClient['request']> {
    const answer = await this.http.request({ method, path, signal }).catch(unreachable);
    if (expected.includes(answer.status)) return answer;
    if (answer.status === 401) throw DeliveryError.misconfigured('tray/unauthorised', 'Not accepted.');
    const retryAfter = answer.headers['retry-after'];
    throw DeliveryError.unavailable('tray/failed', 'Failed.', retryAfter === undefined ? {} : { retryAfterMs: Number(retryAfter) * 1_000 });
  }

  private read<Value>(schema: z.ZodType<Value>, { body }: { readonly body: Buffer }): Value {
    try {
      return schema.parse(JSON.parse(body.toString()));
    } catch {
      throw DeliveryError.unavailable('tray/unreadable', 'Not what trays say.');
    }
  }
}

function unreachable(error: unknown): never {
  throw DeliveryError.unavailable('tray/unreachable', 'Not reached.', { cause: error });
}

function pathOf({ submissionId, handle }: WaitingSubmission): string {
  return `/${(handle as { tray: string }).tray}/${submissionId}`;
}

/** The adapter for {@link Trays}. */
export const trayAdapter = defineAdapter({
  type: 'forms-tray',
  kind: 'forms',
  title: 'Trays on loopback',
  options: TrayOptions,
  create: (options: TrayOptions) => new TrayForms(options),
});
