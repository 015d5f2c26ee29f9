// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

import { IntakeRejection, pulledRequest, type PullIntake, type ReceivedFile, type ReceivedSubmission } from '@amtsbote/adapter-kit';

import {
  checkAttachments,
  checkData,
  checkDataSchema,
  checkedMetadata,
  checkedService,
  checkedTags,
  checkSubmission,
  piecesOf,
} from './fit-connect.checks.mapping.js';
import type { FitConnectClient } from './fit-connect.client.js';
import { interrupted, left, ofJwe, problem } from './fit-connect.errors.js';
import { decrypted, decrypting, type DecryptionKeys, JweError } from './fit-connect.jwe.auth.js';
import type { NamedKey } from './fit-connect.keys.auth.js';
import type { CaseLog, SubmissionLog } from './fit-connect.log.client.js';
import type { AttachmentDescription, Metadata } from './fit-connect.metadata.wire.js';
import type { DestinationOptions } from './fit-connect.options.js';
import { isSameId, plainId } from './fit-connect.set.auth.js';
import {
  type AuthenticationTags,
  type Destination,
  PART,
  type Submission,
  type SubmissionForPickup,
  type SubmissionPart,
} from './fit-connect.wire.js';

/** A destination with its keys made. */
export interface Subscription {
  readonly options: DestinationOptions;
  readonly decryptionKeys: readonly NamedKey[];
  readonly signingKey: NamedKey;
}

/** One submission while it is fetched. */
interface Fetching {
  readonly submission: Submission;
  readonly subscription: Subscription;
  readonly tags: AuthenticationTags;
  readonly intake: PullIntake;
  readonly signal: AbortSignal;
  /** Bytes that all files together may still have. */
  bytesLeft: number;
}

/** Fetches a submission whole and checks everything that a subscriber has to check, before anybody relies on any of it. */
export class Receiving {
  constructor(
    private readonly client: FitConnectClient,
    private readonly log: CaseLog,
  ) {}

  /** @throws IntakeRejection, DeliveryError; see {@link FormsPullPort.fetch}. */
  async fetch(
    waiting: SubmissionForPickup,
    subscription: Subscription,
    intake: PullIntake,
    signal: AbortSignal,
  ): Promise<ReceivedSubmission | 'gone'> {
    const submission = await this.client.submission(waiting.submissionId, signal);
    if (submission === undefined) return 'gone';
    checkIds(submission, waiting);
    const log = await this.log.read(waiting, signal);
    if (log.isSettled) return 'gone';
    const tags = checkedTags(log.submitted.payload);
    const fetching: Fetching = { submission, subscription, tags, intake, signal, bytesLeft: intake.limits.totalBytesMax };
    checkSubmission(submission, tags);
    const service = await this.unlessOffered(fetching, () => checkedService(submission, subscription.options));
    const metadataBytes = await this.metadataOf(fetching);
    const metadata = checkedMetadata(metadataBytes);
    checkAttachments(metadata, submission);
    await this.unlessOffered(
      fetching,
      () => checkDataSchema(metadata, submission.encryptedData, service.identifier, subscription.options),
      metadata,
    );
    const body = await this.dataOf(fetching, metadata);
    const files = await this.filesOf(fetching, metadata.contentStructure.attachments);
    const part = JSON.stringify(submissionPart(waiting, service, log));
    return {
      request: pulledRequest(body, intake.receivedAt),
      data: [
        { name: PART.submission, value: Buffer.from(part) },
        { name: PART.metadata, value: metadataBytes },
      ],
      files,
    };
  }

  /** What the destination offers to senders and our configuration does not know is no fault of theirs. */
  private async unlessOffered<Checked>(
    { submission, subscription, signal }: Fetching,
    check: () => Checked,
    metadata?: Metadata,
  ): Promise<Checked> {
    try {
      return check();
    } catch (error) {
      if (!(error instanceof IntakeRejection && error.code.startsWith('unsupported-'))) throw error;
      const offered = await this.client.destination(subscription.options.id, signal);
      if (offered !== undefined && isOffered(offered, submission, metadata))
        throw left(
          'service-not-configured',
          'The destination offers this service and data schema, and the configuration does not name them.',
        );
      throw error;
    }
  }

  private async metadataOf(fetching: Fetching): Promise<Buffer> {
    const { encryptedMetadata } = fetching.submission;
    if (encryptedMetadata === undefined) throw left('content-incomplete', 'The delivery service hands out no metadata.');
    return this.small(fetching, encryptedMetadata, fetching.tags.metadata, 'metadata');
  }

  private async dataOf(fetching: Fetching, metadata: Metadata): Promise<Buffer> {
    const { encryptedData } = fetching.submission;
    if (encryptedData === undefined) return Buffer.alloc(0);
    if (fetching.tags.data === undefined) throw problem('missing-authentication-tags', 'submission');
    const plaintext = await this.small(fetching, encryptedData, fetching.tags.data, 'data');
    checkData(metadata, plaintext);
    return plaintext;
  }

  private async small(fetching: Fetching, jwe: string, tag: string, place: 'metadata' | 'data'): Promise<Buffer> {
    const { bodyBytesMax } = fetching.intake.limits;
    if ((jwe.length * 3) / 4 > bodyBytesMax + ENVELOPE_BYTES) throw tooLarge(place, bodyBytesMax);
    try {
      return await decrypted(jwe, keysOf(fetching.subscription), tag);
    } catch (error) {
      throw await this.failureOf(error, place, fetching);
    }
  }

  /** One after the other: what is under way at the same time is the hub's business, and counted in submissions. */
  private async filesOf(fetching: Fetching, descriptions: readonly AttachmentDescription[]): Promise<ReceivedFile[]> {
    const { attachmentsMax } = fetching.intake.limits;
    if (descriptions.length > attachmentsMax)
      throw new IntakeRejection('tooLarge', 'too-many-attachments', `At most ${attachmentsMax} attachments are taken.`, 'attachments');
    const files: ReceivedFile[] = [];
    for (const description of descriptions) files.push(await this.fileOf(fetching, description));
    return files;
  }

  private async fileOf(fetching: Fetching, description: AttachmentDescription): Promise<ReceivedFile> {
    const { attachmentId, filename, mimeType } = description;
    const bytes = Readable.from(this.contentOf(fetching, description), { objectMode: false });
    try {
      return await fetching.intake.store({ partName: attachmentId, fileName: filename ?? attachmentId, mediaType: mimeType }, bytes);
    } catch (error) {
      throw await this.failureOf(error, `attachment:${attachmentId}`, fetching);
    } finally {
      bytes.destroy();
    }
  }

  /** Plaintext of all pieces; ends without an error only when every tag and the hash of the whole are right. */
  private async *contentOf(fetching: Fetching, description: AttachmentDescription): AsyncGenerator<Buffer, void, undefined> {
    const hash = createHash('sha512');
    for (const pieceId of piecesOf(description)) {
      for await (const chunk of this.pieceOf(fetching, pieceId)) {
        hash.update(chunk);
        fetching.bytesLeft -= chunk.length;
        if (fetching.bytesLeft < 0) throw tooLarge('attachments', fetching.intake.limits.totalBytesMax);
        yield chunk;
      }
    }
    if (hash.digest('hex') !== description.hash.content) throw problem('hash-mismatch', `attachment:${description.attachmentId}`);
  }

  private async *pieceOf({ submission, subscription, tags, signal }: Fetching, pieceId: string): AsyncGenerator<Buffer, void, undefined> {
    const tag = Object.entries(tags.attachments ?? {}).find(([id]) => isSameId(id, pieceId))?.[1] ?? '';
    const jwe = await this.client.attachment(submission.submissionId, pieceId, signal);
    if (jwe === undefined) throw left('content-incomplete', 'The delivery service does not hand out an attachment that it lists.');
    try {
      yield* decrypting(received(jwe), keysOf(subscription), tag);
    } finally {
      jwe.destroy();
    }
  }

  private async failureOf(error: unknown, place: string, { subscription, signal }: Fetching): Promise<unknown> {
    if (!(error instanceof JweError)) return error;
    return ofJwe(error, place, async (kid) => {
      const published = await this.client.destinationKey(subscription.options.id, kid, signal);
      return subscription.decryptionKeys.some((key) => key.kid === kid && key.modulus === published?.n);
    });
  }
}

/** A line that is cut in the middle of an attachment is no fault of what was said before. */
async function* received(stream: Readable): AsyncGenerator<Buffer, void, undefined> {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (;;) {
    const next = await chunks.next().catch((error: unknown) => Promise.reject(interrupted(error)));
    if (next.done === true) return;
    yield next.value;
  }
}

/** Header, key, vector and tag around a ciphertext, generously. */
const ENVELOPE_BYTES = 16 * 1024;

function keysOf({ decryptionKeys }: Subscription): DecryptionKeys {
  return (kid) => decryptionKeys.find((key) => key.kid === kid)?.key;
}

function isOffered({ services = [] }: Destination, { publicService, serviceType }: Submission, metadata: Metadata | undefined): boolean {
  const service = publicService ?? serviceType;
  const offered = services.filter(({ identifier }) => identifier === service?.identifier);
  const schemaUri = metadata?.contentStructure.data?.submissionSchema.schemaUri;
  return metadata === undefined
    ? offered.length > 0
    : offered.some(({ submissionSchemas = [] }) => submissionSchemas.some((schema) => schema.schemaUri === schemaUri));
}

/** A delivery service that hands out something else than what was asked for has a fault of its own. */
function checkIds(submission: Submission, waiting: SubmissionForPickup): void {
  const names = ['submissionId', 'destinationId', 'caseId'] as const;
  if (!names.every((name) => plainId(submission[name]) === plainId(waiting[name])))
    throw left('other-submission', 'The delivery service hands out another submission than the one that was asked for.');
}

function submissionPart(
  { destinationId, submissionId, caseId }: SubmissionForPickup,
  service: SubmissionPart['service'],
  log: SubmissionLog,
): SubmissionPart {
  const { previousSubmissionId } = log;
  return {
    destinationId,
    submissionId,
    caseId,
    service,
    submittedAt: log.submitted.at.toISOString(),
    ...(previousSubmissionId === undefined ? {} : { previousSubmissionId }),
  };
}

function tooLarge(place: string, bytesMax: number): IntakeRejection {
  return new IntakeRejection('tooLarge', 'too-large', `At most ${bytesMax} bytes are taken.`, place);
}
