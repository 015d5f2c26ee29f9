// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';

import {
  type ApplicationDraft,
  type AttachmentDraft,
  type FormsPort,
  IntakeRejection,
  ownEntry,
  type ReceivedSubmission,
} from '@amtsbote/adapter-kit';
import { envelopeOf, type MessageDraft, Waker } from '@amtsbote/bus';
import { type Application, type Message, type PublicService, referenceOf, requestType } from '@amtsbote/canonical';
import { crashPoint } from '@amtsbote/platform';
import { appendJournal, type JournalEntry, type StoredBlob } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { type CaseAtSubmission, CaseRelations } from '../cases/case-relations.js';
import { CatalogueAtSubmission } from '../catalogue/read/at-submission.js';
import type { EndpointConfig } from '../config/endpoint-config.js';
import { GroupCommit, WaitedTooLong } from '../house/group-commit.js';
import { House } from '../house/tokens.js';
import { BusyError } from '../http/problem.js';
import { type ParallelPlace, ParallelRuns } from '../parallel/parallel-runs.js';
import { Routes } from '../routing/routes.js';
import { type Acceptance, type AcceptedRow, earlierAcceptance, earlierOf, storeAcceptances } from './accept.js';
import { unpackZip } from './archives/unpack.js';
import { composeApplication, type PlacedAttachment } from './compose.js';
import { contentTypeOf } from './content-type.js';
import { withoutIgnored } from './coverage/field-coverage.js';
import { FormCoverage } from './coverage/form-coverage.js';
import { fingerprintOf } from './fingerprint.js';
import { FIRST_STATE, type FirstPlan, firstPlan, SHADOW_PLAN } from './first-plan.js';
import { DataSchemas, type Judgement, refuseViolations } from './schemas/data-schemas.js';

/** An endpoint as configured, with its adapter made. */
export interface IntakeEndpoint {
  readonly name: string;
  readonly type: string;
  readonly config: EndpointConfig;
  readonly port: FormsPort;
}

/** Journal entry that lists the violations of an application. */
export const SCHEMA_VIOLATED = 'application.schema-violated';
/** How long a sender is to wait after the store was too slow, in milliseconds. */
const SLOW_RETRY_MS = 5_000;
/** Attempts at a reference nobody has yet; with 40 random bits even the second is needed once in a town's lifetime. */
const REFERENCE_TRIES = 5;
/** Groups large enough that a statement's fixed cost is shared, small enough that nobody waits long. */
const GROUPS = { atOnceMax: 2, membersMax: 32, weightMax: 1_000_000, slowMs: 100 };

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
    private readonly coverage: FormCoverage,
    private readonly schemas: DataSchemas,
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
      const translated = endpoint.port.translate(submission);
      if (announced !== undefined && translated.submissionId !== announced) throw otherThanAnnounced();
      const tenant = tenantOf(endpoint, translated);
      const { ignoredFields } = endpoint.config;
      const draft = { ...translated, unmapped: withoutIgnored(translated.unmapped, ignoredFields) };
      const judgement = this.schemas.judge(endpoint.name, draft);
      refuseViolations(judgement);
      const placed = await this.place(endpoint, draft, unowned);
      crashPoint('intake.stored');
      const catalogue = await this.catalogue.of(draft, tenant);
      const parallel = await this.parallelRuns.placeOf(endpoint.name);
      const relations = await this.cases.of(draft, tenant, endpoint.config);
      // Before it is stored: a field that was seen is never forgotten, whatever happens next.
      const covered = await this.coverage.note(endpoint.name, tenant, translated, ignoredFields);
      const row = await this.store(endpoint, { draft, tenant, placed, submission, catalogue, parallel, relations, judgement });
      if (row.fresh) {
        covered.count();
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
      if ('file' in attachment) placed.push(await this.seen(attachment, attachment.file));
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
        placed.push(await this.seen(attachment, await this.house.blobs.put(id, Readable.from([attachment.bytes]), attachmentBytesMax)));
      } else placed.push({ draft: attachment, blob: undefined });
    }
    return this.unpacked(endpoint, placed, blobs);
  }

  /** Files of archives follow their archive. What stays closed is told in the log, and is an attachment like any other. */
  private async unpacked(endpoint: IntakeEndpoint, placed: readonly PlacedAttachment[], blobs: string[]): Promise<PlacedAttachment[]> {
    const { unpackZip: limits, limits: intake } = endpoint.config;
    if (limits === undefined) return [...placed];
    const { blobs: store, ids } = this.house;
    const all: PlacedAttachment[] = [];
    let room = intake.attachmentsMax - placed.length;
    for (const attachment of placed) {
      const found = await unpackZip(attachment, limits, { store, ids, blobs, room });
      const files = found !== undefined && 'files' in found ? found.files : [];
      if (found !== undefined && 'fault' in found)
        this.house.log.warn('archive.not-unpacked', { endpoint: endpoint.name, fault: found.fault });
      all.push(attachment, ...files);
      room -= files.length;
    }
    return all;
  }

  private async seen(draft: AttachmentDraft, blob: StoredBlob): Promise<PlacedAttachment> {
    return { draft, blob, mediaType: await contentTypeOf(this.house.blobs, blob, draft.mediaType) };
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
    { draft, tenant, placed, submission, catalogue, parallel, relations, judgement }: Received,
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
    const isHeld = judgement?.policy === 'park' && judgement.violations.length > 0;
    const route = shadow || isHeld ? undefined : this.routes.match(application);
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
      journal: this.journalOf(application, endpoint, { route: route?.name ?? null, plan, judgement, parallel, relations }),
      messages: this.messagesOf(application, plan),
    };
  }

  private journalOf(
    application: Application,
    endpoint: IntakeEndpoint,
    { route, plan, judgement, parallel, relations }: Journalled,
  ): JournalEntry[] {
    const { steps, state, progress } = plan;
    const { id: applicationId, tenant, attachments, unmapped } = application;
    const common = { tenant, applicationId, stepId: null, at: new Date(application.receivedAt), actor: `endpoint:${endpoint.name}` };
    const submitted = {
      ...common,
      event: 'application.submitted',
      data: { route, attachments: attachments.length, unmapped: unmapped.length, test: application.test, ...unknownOf(relations) },
    };
    const violated = violationsEntry(judgement).map((entry) => ({ ...common, ...entry }));
    if (parallel?.shadow === true)
      return [submitted, ...violated, { ...common, event: 'application.shadowed', data: { run: parallel.run } }];
    if (route === null) {
      const reason = violated.length > 0 && judgement?.policy === 'park' ? 'schema-violated' : 'no-route';
      return [submitted, ...violated, { ...common, event: 'application.parked', data: { reason } }];
    }
    const decided = steps.flatMap((step): JournalEntry[] => {
      const { id: stepId, name, failure } = step;
      if (step.state === 'skipped') return [{ ...common, stepId, event: 'step.skipped', data: { name, by: 'condition' } }];
      return step.state === 'parked' ? [{ ...common, stepId, event: 'step.parked', data: { name, code: failure?.code ?? '' } }] : [];
    });
    const changed = { ...common, event: 'application.state-changed', data: { from: FIRST_STATE, to: state } };
    const finished = { ...common, event: 'application.finished', data: {} };
    return [
      submitted,
      ...violated,
      ...decided,
      ...(state === FIRST_STATE ? [] : [changed]),
      ...(progress === 'finished' ? [finished] : []),
    ];
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
  /** How it fits the schema of its form; `undefined`: it is bound to none. */
  readonly judgement: Judgement | undefined;
  readonly parallel: ParallelPlace | undefined;
  readonly relations: CaseAtSubmission;
}

/** What the journal says of a submission. */
type Journalled = Pick<Received, 'judgement' | 'parallel' | 'relations'> & { readonly route: string | null; readonly plan: FirstPlan };

/** Where the form does not fit its schema: places and rules, never values. */
function violationsEntry(judgement: Judgement | undefined): Pick<JournalEntry, 'event' | 'data'>[] {
  if (judgement === undefined || judgement.violations.length === 0) return [];
  const { schema, policy, violations } = judgement;
  return [
    { event: SCHEMA_VIOLATED, data: { schema, policy, count: violations.length, violations: violations.map((one) => ({ ...one })) } },
  ];
}

/** Said only where there are some: a relation to something that is not there is worth a look. */
function unknownOf({ unknown }: CaseAtSubmission): { unknownRelations?: number } {
  return unknown === 0 ? {} : { unknownRelations: unknown };
}

/** The connection to the database broke between asking and being told: the application may be stored, or not. */
class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown';
}

/** Whose submission this is. @throws IntakeRejection */
export function tenantOf({ config }: IntakeEndpoint, draft: ApplicationDraft): string {
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

/** About as many bytes as go to the database. */
function weightOf({ request, data }: ReceivedSubmission): number {
  return data.reduce((sum, { value }) => sum + value.length, request.body.length);
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
