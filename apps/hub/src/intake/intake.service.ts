// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

import { type ApplicationDraft, type FormsPort, IntakeRejection, ownEntry, type ReceivedSubmission } from '@amtsbote/adapter-kit';
import { envelopeOf, type MessageDraft, Waker } from '@amtsbote/bus';
import { type Application, type Message, type PublicService, referenceOf, requestType } from '@amtsbote/canonical';
import { crashPoint } from '@amtsbote/platform';
import { appendJournal, type JournalEntry, type StoredBlob } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { type CaseAtSubmission, CaseRelations } from '../cases/case-relations.js';
import { CatalogueAtSubmission } from '../catalogue/read/at-submission.js';
import type { EndpointConfig } from '../config/hub-config.js';
import { House } from '../house/tokens.js';
import { BusyError } from '../http/problem.js';
import { type ParallelPlace, ParallelRuns } from '../parallel/parallel-runs.js';
import { Routes } from '../routing/routes.js';
import { type Acceptance, type AcceptedRow, earlierAcceptance, earlierOf, storeAcceptances } from './accept.js';
import { composeApplication, type PlacedAttachment } from './compose.js';
import { FIRST_STATE, type FirstPlan, firstPlan, SHADOW_PLAN } from './first-plan.js';
import { GroupCommit, WaitedTooLong } from './group-commit.js';

/** An endpoint as configured, with its adapter made. */
export interface IntakeEndpoint {
  readonly name: string;
  readonly type: string;
  readonly config: EndpointConfig;
  readonly port: FormsPort;
}

/** How long a sender is to wait after the store was too slow, in milliseconds. */
const SLOW_RETRY_MS = 5_000;
/** Attempts at a reference nobody has yet; with 40 random bits even the second is needed once in a town's lifetime. */
const REFERENCE_TRIES = 5;
/** Enough that the database is never idle; groups large enough that a statement's fixed cost is shared, small enough that nobody waits long. */
const GROUPS = { atOnceMax: 2, membersMax: 32, weightMax: 1_000_000 };

/** Accept, persist, answer (law 1): no outside call happens here. */
@Injectable()
export class IntakeService {
  private readonly groups: GroupCommit<Acceptance, AcceptedRow | undefined>;

  constructor(
    private readonly house: House,
    private readonly routes: Routes,
    private readonly waker: Waker,
    private readonly catalogue: CatalogueAtSubmission,
    private readonly parallelRuns: ParallelRuns,
    private readonly cases: CaseRelations,
  ) {
    const limits = { ...GROUPS, waitMsMax: house.loaded.config.database.statementMs };
    this.groups = new GroupCommit((acceptances) => storeAcceptances(house.database, acceptances), mayBeCommitted, limits, house.clock);
  }

  /**
   * Translates a verified submission and stores everything it brings about, once.
   * Blobs that did not become part of an application are removed before this returns or throws; only when the database did not say what became
   * of the application they stay, because it may own them: then they are the janitor's.
   * @param announced the submission's id, where it was told before the submission was fetched.
   * @throws IntakeRejection
   */
  async accept(endpoint: IntakeEndpoint, submission: ReceivedSubmission, announced?: string): Promise<AcceptedRow> {
    const unowned = submission.files.map(({ id }) => id);
    try {
      const draft = endpoint.port.translate(submission);
      if (announced !== undefined && draft.submissionId !== announced) throw otherThanAnnounced();
      const tenant = tenantOf(endpoint, draft);
      const placed = await this.place(endpoint, draft, unowned);
      crashPoint('intake.stored');
      const catalogue = await this.catalogue.of(draft, tenant);
      const parallel = await this.parallelRuns.placeOf(endpoint.name);
      const relations = await this.cases.of(draft, tenant, endpoint.config);
      const row = await this.store(endpoint, { draft, tenant, placed, submission, catalogue, parallel, relations });
      if (row.fresh) {
        const owned = new Set(placed.map(({ blob }) => blob?.id));
        unowned.splice(0, unowned.length, ...unowned.filter((id) => !owned.has(id)));
        this.waker.nudge();
      }
      return row;
    } catch (error) {
      if (error instanceof OutcomeUnknown) unowned.splice(0);
      throw error;
    } finally {
      await this.discard(unowned);
    }
  }

  /** What became of a submission, if it is an application already. */
  async known(endpoint: IntakeEndpoint, submissionId: string): Promise<AcceptedRow | undefined> {
    return earlierOf(this.house.database, endpoint.name, submissionId);
  }

  /** Whether what was received is no submission, by the sender's own word: it is counted in the log, and nothing of it is kept. */
  async isPassedOver(endpoint: IntakeEndpoint, received: ReceivedSubmission): Promise<boolean> {
    const files = received.files.map(({ id }) => id);
    try {
      if (!endpoint.port.isNoSubmission(received)) return false;
    } catch (error) {
      await this.discard(files);
      throw error;
    }
    this.house.log.info('submission.passed-over', { endpoint: endpoint.name });
    await this.discard(files);
    return true;
  }

  /** What cannot be removed now, the janitor removes later: it changes nothing about the answer. */
  private async discard(blobs: readonly string[]): Promise<void> {
    const removed = await Promise.allSettled(blobs.map((id) => this.house.blobs.remove(id)));
    for (const outcome of removed) if (outcome.status === 'rejected') this.house.log.error('blob.not-removed', outcome.reason);
  }

  /** Brings inline bytes into the blob store; `blobs` collects ids so that a failure can clean up. */
  private async place(endpoint: IntakeEndpoint, draft: ApplicationDraft, blobs: string[]): Promise<PlacedAttachment[]> {
    const { attachmentsMax, attachmentBytesMax } = endpoint.config.limits;
    if (draft.attachments.length > attachmentsMax) {
      throw new IntakeRejection(
        'tooLarge',
        'too-many-attachments',
        `At most ${attachmentsMax} attachments are accepted, ${draft.attachments.length} came.`,
      );
    }
    const placed: PlacedAttachment[] = [];
    for (const [index, attachment] of draft.attachments.entries()) {
      if ('file' in attachment) placed.push({ draft: attachment, blob: attachment.file });
      else if ('bytes' in attachment) {
        if (attachment.bytes.length > attachmentBytesMax) {
          throw new IntakeRejection(
            'tooLarge',
            'attachment-too-large',
            `An attachment has more than ${attachmentBytesMax} bytes.`,
            `/attachments/${index}`,
          );
        }
        const id = this.house.ids.uuid();
        blobs.push(id);
        placed.push({ draft: attachment, blob: await this.house.blobs.put(id, Readable.from([attachment.bytes]), attachmentBytesMax) });
      } else placed.push({ draft: attachment, blob: undefined });
    }
    return placed;
  }

  private async store(endpoint: IntakeEndpoint, received: Received): Promise<AcceptedRow> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const acceptance = this.acceptanceOf(endpoint, received);
        const stored = await this.groups.store(acceptance, weightOf(received.submission));
        if (stored !== undefined) return stored;
        const earlier = await earlierAcceptance(this.house.database, acceptance);
        await this.noteRepetition(endpoint, received, earlier);
        return earlier;
      } catch (error) {
        if (error instanceof WaitedTooLong) throw notNow();
        if (isReferenceTaken(error) && attempt < REFERENCE_TRIES) continue;
        throw mayBeCommitted(error) ? new OutcomeUnknown('the database did not say what became of a submission', { cause: error }) : error;
      }
    }
  }

  private acceptanceOf(
    endpoint: IntakeEndpoint,
    { draft, tenant, placed, submission, catalogue, parallel, relations }: Received,
  ): Acceptance {
    const frame = {
      id: this.house.ids.uuid(),
      reference: referenceOf(this.house.randomness.bytes(5)),
      receivedAt: this.house.clock.now(),
      tenant,
      endpoint: endpoint.name,
      system: endpoint.type,
      catalogue,
      relations,
    };
    const application = composeApplication(draft, frame, placed, this.house.ids);
    const shadow = parallel?.shadow === true;
    const route = shadow ? undefined : this.routes.match(application);
    const plan = shadow ? SHADOW_PLAN : firstPlan(route, application, { ids: this.house.ids, ...this.house.loaded.config });
    crashPoint('routing.planned');
    return {
      application,
      fingerprint: fingerprintOf(submission, placed),
      route: route?.name ?? null,
      reportTo: route?.reportTo ?? null,
      completesBy: route?.completesBy ?? 'decision',
      ...plan,
      parallel: parallel && { run: parallel.run, pairKey: this.parallelRuns.pairKeyOf(parallel.run, application) },
      journal: this.journalOf(application, endpoint, route?.name ?? null, plan, { parallel, relations }),
      messages: this.messagesOf(application, plan),
    };
  }

  private journalOf(
    application: Application,
    endpoint: IntakeEndpoint,
    route: string | null,
    { steps, state, progress }: FirstPlan,
    { parallel, relations }: Pick<Received, 'parallel' | 'relations'>,
  ): JournalEntry[] {
    const { id: applicationId, tenant, attachments, unmapped } = application;
    const common = { tenant, applicationId, stepId: null, at: new Date(application.receivedAt), actor: `endpoint:${endpoint.name}` };
    const submitted = {
      ...common,
      event: 'application.submitted',
      data: { route, attachments: attachments.length, unmapped: unmapped.length, test: application.test, ...unknownOf(relations) },
    };
    if (parallel?.shadow === true) return [submitted, { ...common, event: 'application.shadowed', data: { run: parallel.run } }];
    if (route === null) return [submitted, { ...common, event: 'application.parked', data: { reason: 'no-route' } }];
    const decided = steps.flatMap((step): JournalEntry[] => {
      const { id: stepId, name, failure } = step;
      if (step.state === 'skipped') return [{ ...common, stepId, event: 'step.skipped', data: { name, by: 'condition' } }];
      return step.state === 'parked' ? [{ ...common, stepId, event: 'step.parked', data: { name, code: failure?.code ?? '' } }] : [];
    });
    const changed = { ...common, event: 'application.state-changed', data: { from: FIRST_STATE, to: state } };
    const finished = { ...common, event: 'application.finished', data: {} };
    return [submitted, ...decided, ...(state === FIRST_STATE ? [] : [changed]), ...(progress === 'finished' ? [finished] : [])];
  }

  private messagesOf(application: Application, { steps, state: to, progress }: FirstPlan): Message[] {
    const { id: applicationId, tenant } = application;
    const drafts: MessageDraft[] = [
      {
        type: 'application.submitted.v1',
        subject: applicationId,
        tenant,
        causation: application.origin.submissionId,
        data: { applicationId },
      },
    ];
    for (const { id: stepId, name, kind, instance, state } of steps) {
      const common = { subject: applicationId, tenant, causation: applicationId, data: { applicationId, stepId, name, kind, instance } };
      if (state === 'due') drafts.push({ ...common, type: requestType(kind) });
      if (state === 'parked') drafts.push({ ...common, type: 'step.parked.v1' });
    }
    const fact = { subject: applicationId, tenant, causation: applicationId };
    if (to !== FIRST_STATE) drafts.push({ ...fact, type: 'application.stateChanged.v1', data: { applicationId, from: FIRST_STATE, to } });
    if (progress === 'finished') drafts.push({ ...fact, type: 'application.finished.v1', data: { applicationId } });
    return drafts.map((draft) => envelopeOf(draft, { clock: this.house.clock, ids: this.house.ids, source: 'amtsbote/intake' }));
  }

  private async noteRepetition(endpoint: IntakeEndpoint, { tenant, submission, placed }: Received, row: AcceptedRow): Promise<void> {
    const differs = fingerprintOf(submission, placed) !== row.fingerprint;
    const entry = {
      tenant,
      applicationId: row.id,
      stepId: null,
      at: this.house.clock.now(),
      actor: `endpoint:${endpoint.name}`,
      event: 'submission.repeated',
      data: { differs },
    };
    await appendJournal(this.house.database, [entry]);
  }
}

interface Received {
  readonly draft: ApplicationDraft;
  readonly tenant: string;
  readonly placed: readonly PlacedAttachment[];
  readonly submission: ReceivedSubmission;
  readonly catalogue: Pick<PublicService, 'catalogueVersion' | 'authority'>;
  readonly parallel: ParallelPlace | undefined;
  readonly relations: CaseAtSubmission;
}

/** Said only where there are some: a relation to something that is not there is worth a look. */
function unknownOf({ unknown }: CaseAtSubmission): { unknownRelations?: number } {
  return unknown === 0 ? {} : { unknownRelations: unknown };
}

/** The connection to the database broke between asking and being told: the application may be stored, or not. */
class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown';
}

function tenantOf({ config }: IntakeEndpoint, draft: ApplicationDraft): string {
  if (config.authorities === undefined) return config.tenant;
  const { authorityId = '' } = draft;
  const tenant = ownEntry(config.authorities, authorityId);
  if (tenant !== undefined) return tenant;
  throw new IntakeRejection(
    'untranslatable',
    'unknown-tenant',
    'The submission names an authority that is not configured for this endpoint.',
    '/authorityId',
  );
}

/** What was sent, as one hash: body, data parts, names and hashes of files; tells a repeated submission from a changed one under the same id. */
function fingerprintOf({ request, data, files }: ReceivedSubmission, placed: readonly PlacedAttachment[]): string {
  const hash = createHash('sha256').update(request.body);
  for (const { name, value } of data) hash.update(`${name}\0${value.length}\0`).update(value);
  for (const { partName, fileName, sha512 } of files) hash.update(`${partName}\0${fileName}\0${sha512}\0`);
  for (const { draft, blob } of placed) hash.update(`${draft.name}\0${sizeOf(blob)}\0`);
  return hash.digest('hex');
}

/** About as many bytes as go to the database. */
function weightOf({ request, data }: ReceivedSubmission): number {
  return data.reduce((sum, { value }) => sum + value.length, request.body.length);
}

function sizeOf(blob: StoredBlob | undefined): string {
  return blob === undefined ? 'link' : `${blob.size} ${blob.sha512}`;
}

function otherThanAnnounced(): IntakeRejection {
  const detail = 'The submission names itself by another id than the source that listed it: it would not be recognised again.';
  return new IntakeRejection('untranslatable', 'submission-id-differs', detail, '/submissionId');
}

function notNow(): BusyError {
  const detail = 'The hub cannot store submissions fast enough at the moment. Nothing was stored. Send it again later.';
  return new BusyError(429, 'store-too-slow', detail, SLOW_RETRY_MS);
}

function isReferenceTaken(error: unknown): boolean {
  return databaseErrorOf(error)?.constraint === 'application_reference_key';
}

/**
 * Whether a failed statement may have been carried out. An error that PostgreSQL reports (it has a severity) rolled it back; unless it says that
 * the connection ended (classes 08 and 57P), as every error does that comes from the connection itself.
 */
function mayBeCommitted(error: unknown): boolean {
  if (error instanceof IntakeRejection) return false;
  const { severity, code = '' } = databaseErrorOf(error) ?? {};
  return severity === undefined || /^(?:08|57P)/.test(code);
}

function databaseErrorOf(error: unknown): { constraint?: string; severity?: string; code?: string } | undefined {
  return typeof error === 'object' && error !== null && 'driverError' in error
    ? (error.driverError as { constraint?: string; severity?: string; code?: string })
    : undefined;
}
