// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import type { ReceivedFile } from '@amtsbote/adapter-kit';
import { type Decision, DecisionOutcome, distinctNames, Instant, safeFileName, type StoredAttachment } from '@amtsbote/canonical';
import { crashPoint } from '@amtsbote/platform';
import { type DecisionRow, decisionsOf, type PickupItemRow, stepsOf, storable } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';

import { IntakeLimits } from '../config/endpoint-config.js';
import { LaufzettelProgress, plantSteps } from '../delivery/progress.js';
import { House } from '../house/tokens.js';
import { UnitOfWork, type Work } from '../house/unit-of-work.js';
import { mediaTypeOf, readBounded } from '../http/body-parsing.js';
import { ProblemError } from '../http/problem.js';
import { readMultipart } from '../intake/submission-reader.js';
import { decisionFilingStep } from '../routing/planner.js';
import { type LockedApplication, StatusKeeper } from '../status/status-keeper.js';
import type { QueueAccess } from './pickup-queue.js';

const LIMITS = IntakeLimits.parse({});
const JSON_BYTES_MAX = 1_048_576;
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,200}$/;

/** What the back office sends. */
const SentDecision = z.strictObject({ outcome: DecisionOutcome, text: z.string().min(1).max(20_000), decidedAt: Instant.optional() });
type SentDecision = z.infer<typeof SentDecision>;

/** One request: the decision under its key. */
interface Received {
  readonly key: string;
  readonly sent: SentDecision;
  readonly files: readonly ReceivedFile[];
}

/** A decision, whoever brought it. */
export interface ArrivedDecision {
  readonly outcome: DecisionOutcome;
  readonly text: string;
  readonly decidedAt?: string | undefined;
  readonly files: readonly ReceivedFile[];
  /** Once per application. */
  readonly key: string;
  readonly fingerprint: string | null;
  /** For the journal. */
  readonly actor: string;
  /** The step that it answers, where there is one. */
  readonly stepId: string | null;
  /** DMS instance in whose Vorgang its documents lie already. */
  readonly liesIn?: string;
}

/** Takes decisions of the back office: durable first, then filed and reported by their own steps. */
@Injectable()
export class Decisions {
  constructor(
    private readonly house: House,
    private readonly unitOfWork: UnitOfWork,
    private readonly status: StatusKeeper,
    private readonly laufzettel: LaufzettelProgress,
  ) {}

  /**
   * Stores a decision once per Idempotency-Key and plans its filing and its report.
   * @throws ProblemError 400 without key, 409 before the item was acknowledged, 413, 415; 422 also for other content under a key that was used.
   */
  async receive(access: QueueAccess, item: PickupItemRow, request: FastifyRequest): Promise<DecisionRow> {
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string' || !IDEMPOTENCY_KEY.test(key)) {
      throw new ProblemError(
        400,
        'no-idempotency-key',
        'Send an Idempotency-Key header: 1 to 200 printable ASCII characters, the same for every repetition.',
        { place: 'Idempotency-Key' },
      );
    }
    if (item.state !== 'acknowledged')
      throw new ProblemError(409, 'not-acknowledged', 'Acknowledge the item before deciding on it.', { itemState: item.state });
    const { sent, files } = await this.read(request);
    // A store that failed may have committed all the same: then the bytes stay, and the janitor removes what belongs to nobody.
    const received = { key, sent, files };
    crashPoint('pickup.deciding');
    const { row, fresh } = await this.store(access, item, received);
    crashPoint('pickup.decided');
    if (!fresh) await Promise.all(files.map(({ id }) => this.house.blobs.remove(id)));
    if (row.fingerprint !== null && row.fingerprint !== fingerprintOf(received)) throw keyReused(row);
    return row;
  }

  private async store(access: QueueAccess, item: PickupItemRow, received: Received): Promise<{ row: DecisionRow; fresh: boolean }> {
    const { key, sent, files } = received;
    const fingerprint = fingerprintOf(received);
    return this.unitOfWork.run(async (work) => {
      const application = await this.status.lock(work, item.applicationId, [access.tenant]);
      if (application === undefined) throw new ProblemError(404, 'unknown-item', 'There is no such item on this queue.');
      const of = { applicationId: application.id, tenant: access.tenant };
      const earlier = (await decisionsOf(work.sql, of)).find(({ idempotencyKey }) => idempotencyKey === key);
      if (earlier !== undefined) return { row: earlier, fresh: false };
      const row = await this.record(work, application, { ...sent, key, fingerprint, files, actor: access.actor, stepId: item.id });
      return { row, fresh: true };
    });
  }

  /** Writes a decision that was not there before into the running transaction, and plans its filing and its report. */
  async record(work: Work, application: LockedApplication, arrived: ArrivedDecision): Promise<DecisionRow> {
    const { key, fingerprint, files, actor, stepId } = arrived;
    const of = { applicationId: application.id, tenant: application.tenant };
    const now = this.house.clock.now();
    const { value: decision } = storable<Decision>({
      id: this.house.ids.uuid(),
      outcome: arrived.outcome,
      text: arrived.text,
      documents: documentsOf(files),
      decidedAt: arrived.decidedAt ?? now.toISOString(),
    });
    await work.sql.query(INSERT_DECISION, [decision.id, of.tenant, of.applicationId, key, JSON.stringify(decision), now, fingerprint]);
    await work.sql.query(INSERT_DOCUMENTS, [of.applicationId, of.tenant, now, JSON.stringify(decision.documents), decision.id]);
    work.publish({
      type: 'decision.received.v1',
      subject: of.applicationId,
      tenant: of.tenant,
      causation: stepId ?? decision.id,
      data: { applicationId: of.applicationId, decisionId: decision.id },
    });
    const data = { decision: decision.id, outcome: decision.outcome, documents: decision.documents.length };
    work.note({ ...of, stepId, actor, event: 'decision.received', data });
    await this.planFiling(work, application, decision.id, arrived.liesIn);
    await this.laufzettel.advance(work, application, decision.id, { decisionId: decision.id });
    return { id: decision.id, ...of, idempotencyKey: key, fingerprint, document: decision, receivedAt: now };
  }

  /** The decision goes wherever the application was filed, after it; but not back to where it was taken from. */
  private async planFiling(work: Work, application: LockedApplication, decisionId: string, liesIn?: string): Promise<void> {
    const steps = await stepsOf(work.sql, { applicationId: application.id, tenant: application.tenant });
    const filings = steps.filter(
      ({ kind, instance, options }) =>
        kind === 'filing' && options.decisionId === undefined && options.refreshes === undefined && instance !== liesIn,
    );
    const earlier = steps.filter(({ kind, options }) => kind === 'filing' && options.decisionId !== undefined).length;
    const planned = filings.map(({ instance, name, options }, index) =>
      decisionFilingStep(this.house.ids, { number: earlier + index + 1, instance, after: name, decisionId, of: options }),
    );
    await plantSteps(work, application, planned);
  }

  private async read(request: FastifyRequest): Promise<Omit<Received, 'key'>> {
    const payload = request.body as IncomingMessage;
    const mediaType = mediaTypeOf(request.headers['content-type']);
    if (mediaType === 'application/json') return { sent: decisionOf(await readBounded(payload, JSON_BYTES_MAX)), files: [] };
    if (mediaType !== 'multipart/form-data')
      throw new ProblemError(415, 'unsupported-media-type', 'Send multipart/form-data or application/json.');
    const { data, files } = await readMultipart(payload, {
      limits: LIMITS,
      dataParts: ['decision'],
      blobs: this.house.blobs,
      ids: this.house.ids,
    });
    try {
      const parts = data.filter(({ name }) => name === 'decision');
      const [part] = parts;
      if (part === undefined || parts.length > 1)
        throw new ProblemError(400, 'missing-part', 'Expects exactly one part "decision" with JSON.', { place: 'decision' });
      return { sent: decisionOf(part.value), files };
    } catch (error) {
      await Promise.all(files.map(({ id }) => this.house.blobs.remove(id)));
      throw error;
    }
  }
}

function decisionOf(bytes: Buffer): SentDecision {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new ProblemError(400, 'not-json', 'The decision is not JSON.', { place: 'decision' });
  }
  const result = SentDecision.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ProblemError(422, 'not-a-decision', `The decision cannot be used: ${issue?.message ?? ''}`, {
    place: `/${(issue?.path ?? []).map(String).join('/')}`,
  });
}

/** What was sent as one hash, whatever it was wrapped in: a repetition has other multipart boundaries and other ids of files. */
function fingerprintOf({ sent: { outcome, text, decidedAt }, files }: Received): string {
  const parts = files.map(({ fileName, mediaType, sha512 }) => [fileName, mediaType, sha512]);
  return createHash('sha256')
    .update(JSON.stringify([outcome, text, decidedAt ?? null, parts]))
    .digest('hex');
}

/** IETF draft-ietf-httpapi-idempotency-key-header, section 2.7: a key that comes back with another payload is answered with 422. */
function keyReused({ id, receivedAt }: DecisionRow): ProblemError {
  return new ProblemError(
    422,
    'idempotency-key-reused',
    'This Idempotency-Key was used for another decision on this application. Nothing was changed: repeat the same content, or take a new key.',
    { place: 'Idempotency-Key', decisionId: id, receivedAt: receivedAt.toISOString() },
  );
}

function documentsOf(files: readonly ReceivedFile[]): StoredAttachment[] {
  const names = distinctNames(files.map(({ fileName }) => safeFileName(fileName)));
  return files.map(({ id, fileName, mediaType, size, sha512 }, index) => ({
    id,
    state: 'stored',
    name: names[index] ?? 'unbenannt',
    originalName: fileName.slice(0, 4_096),
    mediaType: mediaType.slice(0, 255),
    purpose: 'decision',
    scan: 'notScanned',
    size,
    sha512,
  }));
}

const INSERT_DECISION =
  'INSERT INTO decision (id, tenant, application_id, idempotency_key, document, received_at, fingerprint) VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7)';
const INSERT_DOCUMENTS = `
  INSERT INTO attachment (id, tenant, application_id, decision_id, name, media_type, size, sha512, stored_at)
  SELECT a.id, $2, $1, $5, a.name, a."mediaType", a.size, a.sha512, $3
  FROM jsonb_to_recordset($4::jsonb) AS a(id uuid, name text, "mediaType" text, size bigint, sha512 text)`;
