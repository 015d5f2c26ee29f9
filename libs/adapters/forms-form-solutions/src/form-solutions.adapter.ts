// SPDX-License-Identifier: EUPL-1.2
import type { Readable } from 'node:stream';

import {
  type AcceptedApplication,
  type AdapterEnvironment,
  type ApplicationDraft,
  type BodyForm,
  type BooksPage,
  checkCredential,
  defineAdapter,
  DeliveryError,
  FormsLedgerPort,
  IntakeRejection,
  judgeCredential,
  liftFiles,
  type PrefilledStart,
  type PrefillingForms,
  type PrefillOrder,
  type ProbeReport,
  pulledRequest,
  type PullIntake,
  type PullPage,
  type PullSource,
  type RawRequest,
  type ReceivedFile,
  type ReceivedSubmission,
  refuseSent,
  type WaitingSubmission,
} from '@amtsbote/adapter-kit';
import type { Clock } from '@amtsbote/canonical';

import { isFile } from './form-solutions.attachments.mapping.js';
import { bookedOf, type Handle, isInHand, isToBeHad, pageOf, pointerOf, waitingOf } from './form-solutions.books.mapping.js';
import { ALL_STATUSES, failureOfStream, SubmissionApi } from './form-solutions.client.js';
import { ADAPTER_TYPE } from './form-solutions.errors.js';
import { formSolutionsTranslation, isPreliminary, statusOf } from './form-solutions.mapping.js';
import { FormSolutionsOptions, type PullOptions } from './form-solutions.options.js';
import { Postdata } from './form-solutions.prefill.client.js';

class FormSolutionsForms extends FormsLedgerPort implements PrefillingForms {
  override readonly body: BodyForm = { form: 'bytes', mediaTypes: ['application/json'] };
  override readonly sources: readonly PullSource[];
  private readonly translation: (submission: ReceivedSubmission) => ApplicationDraft;
  private readonly api: SubmissionApi | undefined;
  private readonly postdata: Postdata | undefined;

  constructor(
    private readonly options: FormSolutionsOptions,
    private readonly instance: string,
    clock: Clock,
  ) {
    super();
    const { pull, prefill } = options;
    this.sources = (pull?.forms ?? []).map((name) => ({ name, begins: 'atStart' }));
    this.translation = formSolutionsTranslation(options);
    this.api = pull === undefined ? undefined : new SubmissionApi(pull, clock);
    this.postdata = prefill === undefined ? undefined : new Postdata(prefill, clock);
  }

  override verify(request: RawRequest): void {
    if (this.options.push === undefined) refuseSent();
    checkCredential(this.options.push.auth, request.headers);
  }

  override signalOf(): null {
    return null;
  }

  override isNoSubmission(received: ReceivedSubmission): boolean {
    return isPreliminary(received);
  }

  override translate(submission: ReceivedSubmission): ApplicationDraft {
    return this.translation(submission);
  }

  override async list(source: string, from: string | null, signal: AbortSignal): Promise<PullPage> {
    const { api, pull } = this.pulling();
    const { entries, next } = pageOf(await api.list(source, pull.statuses, signal), from);
    return { waiting: entries.map((entry) => waitingOf(entry, source)), next, cursor: null };
  }

  override async fetch(waiting: WaitingSubmission, intake: PullIntake, signal: AbortSignal): Promise<ReceivedSubmission | 'gone'> {
    const { api, pull } = this.pulling();
    const handle = handleOf(waiting);
    const stream = await api.one(handle.form, waiting.submissionId, signal);
    if (stream === 'gone') return 'gone';
    const received = await this.read(stream, intake);
    // Somebody has it in hand by now, or took it back.
    return isToBeHad(statusOf(received.request.body), handle, pull.statuses) ? received : 'gone';
  }

  override async acknowledge(waiting: WaitingSubmission, _accepted: AcceptedApplication, signal: AbortSignal): Promise<void> {
    const { api, pull } = this.pulling();
    const handle = handleOf(waiting);
    if (!isInHand(handle, pull.statuses)) await api.writeStatus(handle.form, waiting.submissionId, pull.acknowledgeAs, signal);
  }

  /** The API has no word for it: it stays, and a person sees it. */
  override async refuse(): Promise<'kept'> {
    return 'kept';
  }

  override async booked(source: string, since: Date, from: string | null, signal: AbortSignal): Promise<BooksPage> {
    const all = await this.pulling().api.list(source, ALL_STATUSES, signal);
    const { entries, next } = pageOf(
      all.filter(({ submittedAt }) => submittedAt !== null && submittedAt >= since),
      from,
    );
    return { booked: entries.flatMap((entry) => bookedOf(entry, source)), next };
  }

  /** @throws DeliveryError `misconfigured` without `prefill` in the options */
  async prefill(order: PrefillOrder, signal: AbortSignal): Promise<PrefilledStart> {
    if (this.postdata === undefined) {
      const message = 'The endpoint has no address for prefilling: add prefill to its options.';
      throw DeliveryError.misconfigured(`${ADAPTER_TYPE}/no-prefill`, message);
    }
    return this.postdata.leave(order, signal);
  }

  override describeTarget(): string {
    const { pull, push } = this.options;
    const fetched = pull === undefined ? [] : [`asks ${pull.baseUrl} as ${pull.mandant} for ${pull.forms.length} forms`];
    const sent = push === undefined ? [] : [`takes what is sent, by: ${push.auth.kind}`];
    return `Form-Solutions at endpoint "${this.instance}": ${[...fetched, ...sent].join('; ')}`;
  }

  override async probe(signal: AbortSignal): Promise<ProbeReport> {
    const { push, pull } = this.options;
    const settings = push === undefined ? [] : [judgeCredential(push.auth)];
    const first = pull?.forms[0];
    if (first === undefined) return { ok: true, checks: settings };
    const asked = await this.list(first, null, signal).then(
      ({ waiting }) => ({ name: 'submission-api', ok: true, detail: `form ${first}: ${waiting.length} waiting` }),
      (error: unknown) => ({
        name: 'submission-api',
        ok: false,
        detail: error instanceof DeliveryError ? error.message : 'The list failed.',
      }),
    );
    return { ok: asked.ok, checks: [...settings, asked] };
  }

  override async close(): Promise<void> {
    this.api?.close();
    this.postdata?.close();
  }

  /** The data in memory, the files to where they are kept, as they come. */
  private async read(stream: Readable, intake: PullIntake): Promise<ReceivedSubmission> {
    const files: ReceivedFile[] = [];
    const take = async (path: readonly (string | number)[], bytes: Readable): Promise<void> => {
      files.push(await intake.store({ partName: pointerOf(path), fileName: '', mediaType: 'application/octet-stream' }, bytes));
    };
    try {
      const body = await liftFiles(stream, { isFile, take, bytesMax: intake.limits.bodyBytesMax });
      return { request: pulledRequest(body, intake.receivedAt), data: [], files };
    } catch (error) {
      throw error instanceof IntakeRejection ? error : failureOfStream(error);
    } finally {
      stream.destroy();
    }
  }

  private pulling(): { api: SubmissionApi; pull: PullOptions } {
    const { pull } = this.options;
    if (this.api === undefined || pull === undefined) throw new Error('an endpoint without pull was asked to fetch');
    return { api: this.api, pull };
  }
}

/** As this adapter wrote it. */
function handleOf({ handle }: WaitingSubmission): Handle {
  return handle as Handle;
}

/** Intake for a Form-Solutions server: asked over its Submission-API, sent to, or both. */
export const adapter = defineAdapter({
  type: ADAPTER_TYPE,
  kind: 'forms',
  title: 'Form-Solutions (MACH formsolutions), Submission-API 2 to 4.2 and push of JSON',
  options: FormSolutionsOptions,
  create: (options: FormSolutionsOptions, { instance, clock }: AdapterEnvironment) => new FormSolutionsForms(options, instance, clock),
});
