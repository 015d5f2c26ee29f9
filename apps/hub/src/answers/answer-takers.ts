// SPDX-License-Identifier: EUPL-1.2
import type { Readable } from 'node:stream';

import {
  DeliveryError,
  IntakeRejection,
  ownEntry,
  type ReceivedFile,
  type WaitingAnswer,
  type WaitingSubmission,
} from '@amtsbote/adapter-kit';
import type { DecisionOutcome, Failure, Progress } from '@amtsbote/canonical';
import { Injectable } from '@nestjs/common';

import { House } from '../house/tokens.js';
import { UnitOfWork } from '../house/unit-of-work.js';
import type { FetchedFiles } from '../intake/pull/pull-intake.js';
import type { Fetched, OutboxAsked, Taken, Taker } from '../intake/pull/pulled.js';
import { Decisions } from '../pickup/decisions.js';
import { StatusKeeper } from '../status/status-keeper.js';
import { answerOf } from './outboxes.js';

const CODE = 'answers';
/** An earlier answer of the same Vorgang has to be tried again first: the applicant gets them in the clerk's order. */
const EARLIER: Failure = {
  kind: 'unavailable',
  code: `${CODE}/earlier-first`,
  message: 'An earlier answer of the same Vorgang could not be taken over yet: this one comes after it.',
};

/** The application that an answer belongs to. */
interface Addressee {
  readonly id: string;
  readonly tenant: string;
  readonly progress: Progress;
}

/** Answers become decisions: told to the portal, and filed wherever the application was filed but for where they lie already. */
@Injectable()
export class AnswerTakers {
  constructor(
    private readonly house: House,
    private readonly unitOfWork: UnitOfWork,
    private readonly status: StatusKeeper,
    private readonly decisions: Decisions,
  ) {}

  of(asked: OutboxAsked): Taker {
    const { outbox } = asked;
    return {
      news: async (waiting) => (outbox.outbox?.acknowledges === 'inDms' ? waiting : this.untaken(asked, waiting)),
      known: (waiting) => this.known(asked, answerOf(waiting)),
      fetch: (waiting, files, signal) => this.fetch(asked, waiting, files, signal),
      acknowledge: async (waiting, _taken, signal) => {
        if (outbox.outbox?.acknowledges === 'inDms') await outbox.acknowledge(answerOf(waiting), signal);
      },
      // Nobody would hear it there: it lies in the outbox, and a person is shown why.
      refuse: async () => 'kept',
    };
  }

  private async untaken({ instance }: OutboxAsked, waiting: readonly WaitingSubmission[]): Promise<WaitingSubmission[]> {
    const answers = waiting.map(answerOf);
    const parameters = [instance, answers.map(({ documentId }) => documentId), answers.map(({ version }) => version)];
    const rows = await this.house.database.query<{ documentId: string; version: string }[]>(TAKEN_AMONG, parameters);
    const taken = new Set(rows.map(({ documentId, version }) => JSON.stringify([documentId, version])));
    return waiting.filter((_one, index) => !taken.has(JSON.stringify([answers[index]?.documentId, answers[index]?.version])));
  }

  private async known({ instance }: OutboxAsked, { documentId, version }: WaitingAnswer): Promise<Taken | undefined> {
    const [row] = await this.house.database.query<Omit<Taken, 'fresh'>[]>(KNOWN, [instance, documentId, version]);
    return row === undefined ? undefined : { ...row, fresh: false };
  }

  private async fetch(
    asked: OutboxAsked,
    waiting: WaitingSubmission,
    files: FetchedFiles,
    signal: AbortSignal,
  ): Promise<Fetched | Failure | 'gone'> {
    const answer = answerOf(waiting);
    const verdict = await this.verdictOn(asked, answer);
    if (!(verdict instanceof DeliveryError) && (await this.isBehind(asked.name, waiting, answer))) return EARLIER;
    // Asked also for what cannot be sent: whoever took it out of the outbox has settled it.
    const stream = await asked.outbox.read(answer, signal);
    if (stream === 'gone') return 'gone';
    if (verdict instanceof DeliveryError) {
      stream.destroy();
      throw verdict;
    }
    const file = await stored(answer, stream, files);
    return { store: () => this.store(asked, { answer, file, files, ...verdict }) };
  }

  /** Whose answer it is and what it says; or why a person has to look. */
  private async verdictOn({ instance, tenants, answers }: OutboxAsked, answer: WaitingAnswer): Promise<Verdict | DeliveryError> {
    // By the Vorgang that the filing step was answered with.
    const [addressee, ...others] = await this.house.database.query<Addressee[]>(ADDRESSEES, [instance, answer.vorgangId]);
    if (addressee === undefined) return refused('unknown-vorgang', 'No application was filed in this Vorgang by this instance.');
    if (others.length > 0)
      return refused('several-applications', 'Several applications were filed in this Vorgang: whose answer it is cannot be told.');
    const { tenant, progress } = addressee;
    // Law 11: what the configuration does not lead there does not get out of there.
    if (!tenants.includes(tenant))
      return refused('other-tenant', 'The application belongs to a municipality that no route brings to this instance.');
    if (progress === 'cancelled' || progress === 'shadow')
      return refused(`application-${progress}`, 'The application was taken out of the flow: its applicant is told nothing.');
    const outcome = answer.mark === undefined ? answers.outcome : ownEntry(answers.outcomes, answer.mark);
    return outcome === undefined
      ? refused('unknown-mark', 'The answer lies in a place that answers.outcomes does not name.')
      : { addressee, outcome };
  }

  /** Whether one that was placed before it waits to be tried again. One that waits for a person does not stop the others. */
  private async isBehind(
    endpoint: string,
    { submissionId, submittedAt }: WaitingSubmission,
    { vorgangId }: WaitingAnswer,
  ): Promise<boolean> {
    const parameters = [endpoint, vorgangId, submissionId, submittedAt ?? null, this.house.clock.now()];
    return (await this.house.database.query<unknown[]>(EARLIER_HELD, parameters)).length > 0;
  }

  private async store({ instance, answers, tenants }: OutboxAsked, arrived: Arrived): Promise<Taken> {
    const { answer, file, files, addressee, outcome } = arrived;
    const { documentId, version, placedAt } = answer;
    files.handOver([file]);
    const { taken, isOwned } = await this.unitOfWork.run(async (work) => {
      const application = await this.status.lock(work, addressee.id, tenants);
      if (application === undefined) throw new Error('an application is gone to which an answer was to be stored');
      const [earlier] = await work.sql.query<Omit<Taken, 'fresh'>[]>(KNOWN, [instance, documentId, version]);
      if (earlier !== undefined) return { taken: { ...earlier, fresh: false }, isOwned: false };
      const now = this.house.clock.now();
      const row = await this.decisions.record(work, application, {
        outcome,
        text: answers.text,
        ...(placedAt === undefined || placedAt > now ? {} : { decidedAt: placedAt.toISOString() }),
        files: [file],
        key: `dms:${instance}:${documentId}:${version}`,
        fingerprint: null,
        actor: `dms:${instance}`,
        stepId: null,
        liesIn: instance,
      });
      const { id, tenant, reference } = application;
      await work.sql.query(REMEMBER, [instance, documentId, version, tenant, id, row.id, now]);
      return { taken: { id, reference, receivedAt: now, fresh: true }, isOwned: true };
    });
    if (!isOwned) await this.house.blobs.remove(file.id);
    return taken;
  }
}

interface Verdict {
  readonly addressee: Addressee;
  readonly outcome: DecisionOutcome;
}
interface Arrived extends Verdict {
  readonly answer: WaitingAnswer;
  readonly file: ReceivedFile;
  readonly files: FetchedFiles;
}

/** The bytes, as the DMS told of them. A line that breaks is not a store that cannot store. */
async function stored(answer: WaitingAnswer, stream: Readable, files: FetchedFiles): Promise<ReceivedFile> {
  const { fileName, mediaType } = answer;
  const line = { isCut: false };
  stream.once('error', () => {
    line.isCut = true;
  });
  try {
    const file = await files.store({ partName: 'document', fileName, mediaType }, stream);
    if ((answer.size ?? file.size) === file.size && (answer.sha512 ?? file.sha512) === file.sha512) return file;
  } catch (error) {
    if (!line.isCut || error instanceof DeliveryError || error instanceof IntakeRejection) throw error;
    throw DeliveryError.unavailable(`${CODE}/interrupted`, 'The DMS stopped in the middle of a document.', { cause: error });
  }
  throw DeliveryError.unavailable(`${CODE}/differs`, 'The DMS gave other bytes than it had told of: the answer is read again.');
}

function refused(code: string, message: string): DeliveryError {
  return DeliveryError.refused(`${CODE}/${code}`, message);
}

const TAKEN_AMONG = `
  SELECT document_id AS "documentId", version FROM dms_answer
  WHERE instance = $1 AND (document_id, version) IN (SELECT * FROM unnest($2::text[], $3::text[]))`;
const KNOWN = `
  SELECT d.application_id AS id, a.reference, d.received_at AS "receivedAt" FROM dms_answer d JOIN application a ON a.id = d.application_id
  WHERE d.instance = $1 AND d.document_id = $2 AND d.version = $3`;
const ADDRESSEES = `
  SELECT a.id, a.tenant, a.progress FROM application a WHERE a.id IN (
    SELECT application_id FROM step WHERE kind = 'filing' AND state = 'done' AND instance = $1 AND receipt->'vorgang'->>'id' = $2)
  LIMIT 2`;
const EARLIER_HELD = `
  SELECT 1 FROM pull_held WHERE endpoint = $1 AND state = 'retrying' AND handle->>'vorgangId' = $2 AND submission_id <> $3
    AND (coalesce(submitted_at, first_at), submission_id) < (coalesce($4::timestamptz,
      (SELECT first_at FROM pull_held WHERE endpoint = $1 AND submission_id = $3), $5::timestamptz), $3)
  LIMIT 1`;
const REMEMBER = `
  INSERT INTO dms_answer (instance, document_id, version, tenant, application_id, decision_id, received_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`;
