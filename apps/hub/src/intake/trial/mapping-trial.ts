// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';

import { type AttachmentDraft, type FormsPort, IntakeRejection, type RawRequest, type ReceivedSubmission } from '@amtsbote/adapter-kit';
import { referenceOf } from '@amtsbote/canonical';
import type { MappingTrial, MappingTrialOrder } from '@amtsbote/ops-api';
import { Injectable } from '@nestjs/common';

import { House } from '../../house/tokens.js';
import { mediaTypeOf } from '../../http/body-parsing.js';
import { ProblemError } from '../../http/problem.js';
import { Routes } from '../../routing/routes.js';
import { composeApplication, type PlacedAttachment } from '../compose.js';
import { contentTypeOf } from '../content-type.js';
import { coverageOf, withoutIgnored } from '../coverage/field-coverage.js';
import { IntakeEndpoints } from '../endpoints.js';
import { type IntakeEndpoint, tenantOf } from '../intake.service.js';
import { DataSchemas, refuseViolations } from '../schemas/data-schemas.js';
import { readParts } from '../submission-reader.js';
import { urlEncodedFields } from '../url-encoded.js';
import { ForgetfulBlobs } from './forgetful-blobs.js';

const URL_ENCODED = 'application/x-www-form-urlencoded';
const NOTHING = { application: null, unmapped: [], fields: [], violations: null, route: null, passedOver: false, rejection: null } as const;

/**
 * Does with a submission what the intake would do, up to the point where it would be stored: nothing of it is, nor logged. Credentials are not
 * looked at, and the service catalogue is not asked.
 */
@Injectable()
export class MappingTrials {
  constructor(
    private readonly house: House,
    private readonly endpoints: IntakeEndpoints,
    private readonly routes: Routes,
    private readonly schemas: DataSchemas,
  ) {}

  /** @throws ProblemError 404 for an unknown endpoint, 422 for a mapping that is none */
  async run(order: MappingTrialOrder): Promise<MappingTrial> {
    const endpoint = this.endpoints.get(order.endpoint);
    const port = order.mapping === undefined ? endpoint.port : this.portWith(order.endpoint, order.mapping);
    const body = Buffer.from(order.content, 'base64');
    const mediaType = mediaTypeOf(order.contentType);
    const input = { mediaType, bytes: body.length, parts: [] };
    try {
      const blobs = new ForgetfulBlobs();
      const received = await this.receive({ ...endpoint, port }, order, { body, blobs });
      const parts = [
        ...received.data.map(({ name, value }) => ({ name, bytes: value.length, fileName: null })),
        ...received.files.map(({ partName, size, fileName }) => ({ name: partName, bytes: size, fileName })),
      ];
      const seen = { ...NOTHING, endpoint: order.endpoint, input: { ...input, parts } };
      if (port.isNoSubmission(received)) return { ...seen, passedOver: true };
      return { ...seen, ...(await this.translated({ ...endpoint, port }, received, blobs)) };
    } catch (error) {
      if (!(error instanceof IntakeRejection)) throw error;
      const { kind, code, detail, place = null } = error;
      return { ...NOTHING, endpoint: order.endpoint, input, rejection: { kind, code, detail, place } };
    }
  }

  private async translated(
    endpoint: IntakeEndpoint,
    received: ReceivedSubmission,
    blobs: ForgetfulBlobs,
  ): Promise<Pick<MappingTrial, 'application' | 'unmapped' | 'fields' | 'violations' | 'route'>> {
    const draft = endpoint.port.translate(received);
    const judgement = this.schemas.judge(endpoint.name, draft);
    refuseViolations(judgement);
    const { ignoredFields } = endpoint.config;
    const unmapped = withoutIgnored(draft.unmapped, ignoredFields);
    const { ids, clock, randomness } = this.house;
    const frame = {
      id: ids.uuid(),
      reference: referenceOf(randomness.bytes(5)),
      receivedAt: clock.now(),
      tenant: tenantOf(endpoint, draft),
      endpoint: endpoint.name,
      system: endpoint.type,
      catalogue: {},
      relations: { relations: draft.relations, caseReference: undefined },
    };
    const placed: PlacedAttachment[] = [];
    for (const attachment of draft.attachments) placed.push(await this.placed(attachment, blobs));
    const application = composeApplication({ ...draft, unmapped }, frame, placed, ids);
    const fields = [...coverageOf(draft, ignoredFields)].map(([path, fate]) => ({ path, fate }));
    const isHeld = judgement?.policy === 'park' && judgement.violations.length > 0;
    const route = isHeld ? null : (this.routes.match(application)?.name ?? null);
    return { application, unmapped, fields, violations: judgement?.violations ?? null, route };
  }

  private async placed(draft: AttachmentDraft, blobs: ForgetfulBlobs): Promise<PlacedAttachment> {
    if (!('file' in draft) && !('bytes' in draft)) return { draft, blob: undefined };
    const max = Number.MAX_SAFE_INTEGER;
    const blob = 'file' in draft ? draft.file : await blobs.put(this.house.ids.uuid(), Readable.from([draft.bytes]), max);
    return { draft, blob, mediaType: await contentTypeOf(blobs, blob, draft.mediaType) };
  }

  private async receive(
    { port, config }: IntakeEndpoint,
    order: MappingTrialOrder,
    { body, blobs }: { body: Buffer; blobs: ForgetfulBlobs },
  ): Promise<ReceivedSubmission> {
    const { limits } = config;
    const mediaType = mediaTypeOf(order.contentType);
    const given = Object.entries(order.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
    const request: RawRequest = {
      method: 'POST',
      headers: { ...Object.fromEntries(given), 'content-type': order.contentType },
      query: {},
      body: port.body.form === 'bytes' ? body : Buffer.alloc(0),
      receivedAt: this.house.clock.now(),
    };
    if (port.body.form === 'bytes') return { request, data: [], files: [] };
    if (port.body.form === 'fields' && mediaType === URL_ENCODED) {
      const { fieldsMax } = port.body;
      return { request, data: urlEncodedFields(body, { fieldsMax, valueBytesMax: limits.dataPartBytesMax }), files: [] };
    }
    const dataParts =
      port.body.form === 'fields' ? { dataParts: [], dataPartsMax: port.body.fieldsMax } : { dataParts: port.body.dataParts };
    const parts = await readParts(order.contentType, Readable.from([body]), {
      limits,
      ...dataParts,
      blobs,
      ids: this.house.ids,
    });
    return { request, ...parts };
  }

  private portWith(name: string, mapping: unknown): FormsPort {
    const configured = this.house.loaded.endpoints.get(name);
    if (configured === undefined) throw new ProblemError(404, 'unknown-endpoint', 'There is no intake endpoint of this name.');
    const { adapter, options } = configured;
    const parsed = adapter.options.safeParse({ ...(options as object), mapping });
    if (parsed.success) {
      const { clock, randomness } = this.house;
      return adapter.create(parsed.data, { clock, randomness, instance: name }) as FormsPort;
    }
    const [issue] = parsed.error.issues;
    throw new ProblemError(422, 'mapping-invalid', `The mapping is not valid: ${issue?.message ?? 'unknown'}`, {
      place: (issue?.path ?? []).map(String).join('.'),
    });
  }
}
