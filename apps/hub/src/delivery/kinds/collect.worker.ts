// SPDX-License-Identifier: EUPL-1.2
import type { Readable } from 'node:stream';

import { type DeliveryContext, DeliveryError } from '@amtsbote/adapter-kit';
import type { Application, LinkedAttachment, StoredAttachment } from '@amtsbote/canonical';
import { HttpClient } from '@amtsbote/platform';
import { BlobTooLarge, type StoredBlob } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { House } from '../../house/tokens.js';
import type { Work } from '../../house/unit-of-work.js';
import { contentTypeOf } from '../../intake/content-type.js';
import type { ClaimedStep } from '../claims.js';
import { type Outcome, StepWorker } from '../outcome.js';

const CODE = 'collect';

/** Collects attachments that the sender only linked, from the endpoint's allow-list, into the blob store. Reading a link may be repeated. */
@Injectable()
export class CollectWorker extends StepWorker {
  constructor(private readonly house: House) {
    super();
  }

  override async attempt(step: ClaimedStep, ctx: DeliveryContext): Promise<Outcome> {
    const collected: StoredAttachment[] = [];
    for (const attachment of step.application.attachments)
      if (attachment.state === 'linked') collected.push(await this.collect(step.application, attachment, ctx));
    return { is: 'done', receipt: { collected: collected.length }, commit: (work) => this.keep(work, step, collected) };
  }

  override async find(): Promise<'absent'> {
    return 'absent';
  }

  private async collect(application: Application, attachment: LinkedAttachment, ctx: DeliveryContext): Promise<StoredAttachment> {
    const endpoint = this.house.loaded.config.endpoints[application.origin.endpoint];
    const url = new URL(attachment.link);
    if (endpoint?.linkOrigins.map((origin) => new URL(origin).origin).includes(url.origin) !== true) {
      throw DeliveryError.refused(
        `${CODE}/origin-not-allowed`,
        'The link of an attachment leads to an origin that is not on the allow-list of the endpoint.',
      );
    }
    const http = new HttpClient({ baseUrl: url.origin, timeoutMs: endpoint.limits.totalMs });
    try {
      const answer = await http.stream({ method: 'GET', path: url.href, signal: ctx.signal });
      if (answer.status !== 200) {
        answer.stream.destroy();
        throw failureOf(answer.status);
      }
      const blob = await this.keepBytes(attachment.id, answer.stream, endpoint.limits.attachmentBytesMax);
      const { link: _link, ...described } = attachment;
      const mediaType = await contentTypeOf(this.house.blobs, blob, described.mediaType);
      const said = mediaType === described.mediaType ? {} : { mediaType, sentMediaType: described.mediaType };
      return { ...described, ...said, state: 'stored', size: blob.size, sha512: blob.sha512 };
    } catch (error) {
      if (error instanceof BlobTooLarge)
        throw DeliveryError.refused(`${CODE}/too-large`, `A linked attachment is larger than ${error.bytesMax} bytes.`);
      throw DeliveryError.ofTransport(error, CODE, { repeatable: true });
    } finally {
      http.close();
    }
  }

  /** A source that stops in the middle is not there: another trouble than a store that cannot store. */
  private async keepBytes(id: string, stream: Readable, bytesMax: number): Promise<StoredBlob> {
    const source = { isCut: false };
    stream.once('error', () => {
      source.isCut = true;
    });
    try {
      return await this.house.blobs.put(id, stream, bytesMax);
    } catch (error) {
      if (!source.isCut || error instanceof BlobTooLarge) throw error;
      throw DeliveryError.unavailable(`${CODE}/interrupted`, 'The source of a linked attachment stopped in the middle of it.', {
        cause: error,
      });
    }
  }

  private async keep(work: Work, step: ClaimedStep, collected: readonly StoredAttachment[]): Promise<void> {
    const byId = new Map(collected.map((attachment) => [attachment.id, attachment]));
    const attachments = step.application.attachments.map((attachment) => byId.get(attachment.id) ?? attachment);
    await work.sql.query(SET_ATTACHMENTS, [step.applicationId, step.tenant, JSON.stringify(attachments)]);
    await work.sql.query(INSERT_ATTACHMENTS, [step.applicationId, step.tenant, this.house.clock.now(), JSON.stringify(collected)]);
  }
}

function failureOf(status: number): DeliveryError {
  if (status >= 500 || status === 429)
    return DeliveryError.unavailable(`${CODE}/unavailable`, `The source of a linked attachment answered ${status}.`);
  if (status === 401 || status === 403)
    return DeliveryError.refused(`${CODE}/forbidden`, `The source of a linked attachment answered ${status}.`);
  return DeliveryError.refused(`${CODE}/not-there`, `The source of a linked attachment answered ${status}.`);
}

const SET_ATTACHMENTS = "UPDATE application SET document = jsonb_set(document, '{attachments}', $3::jsonb) WHERE id = $1 AND tenant = $2";

const INSERT_ATTACHMENTS = `
  INSERT INTO attachment (id, tenant, application_id, name, media_type, size, sha512, stored_at)
  SELECT a.id, $2, $1, a.name, a."mediaType", a.size, a.sha512, $3
  FROM jsonb_to_recordset($4::jsonb) AS a(id uuid, name text, "mediaType" text, size bigint, sha512 text)
  ON CONFLICT (id) DO NOTHING`;
