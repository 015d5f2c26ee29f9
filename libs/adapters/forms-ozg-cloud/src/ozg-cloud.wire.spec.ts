// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import { IntakeRejection, type ReceivedFile, type ReceivedSubmission } from '@amtsbote/adapter-kit';
import { aLargeFile, aRawRequest, ODD_FILE_NAMES } from '@amtsbote/adapter-kit/testing';
import {
  type OzgCloudMischief,
  ozgCloudSender,
  type OzgCloudSenderSettings,
  ozgCloudSubmissions,
} from '@amtsbote/adapters/forms-ozg-cloud/simulator';
import multipart from '@fastify/multipart';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';

import { adapter } from './index.js';

/*
 * The simulated sender against a real multipart parser, taken apart as the intake does it: what the sender puts on the wire is what the
 * adapter understands.
 */
const auth = { kind: 'bearer', token: 'Zeichen-der-Vereinbarung' } as const;
const options = adapter.options.parse({ auth, leikaByForm: { Gewerbeanmeldung: ['99050012104000'] }, fileFields: ['nachweise/lageplan'] });
const clock = { now: () => new Date(0), sleep: async () => undefined };
const port = adapter.create(options, { clock, randomness: { fraction: () => 0, bytes: () => new Uint8Array() }, instance: 'gewerbe' });

let server: FastifyInstance;
let accepted: { submissionId: string; names: string[]; sizes: number[]; familyName: string | undefined }[];
let aborted: number;

async function takenApart(request: FastifyRequest): Promise<ReceivedSubmission> {
  const dataParts = port.body.form === 'multipart' ? port.body.dataParts : [];
  const data: { name: string; value: Buffer }[] = [];
  const files: ReceivedFile[] = [];
  for await (const part of request.parts()) {
    if (part.type === 'field') data.push({ name: part.fieldname, value: Buffer.from(String(part.value), 'utf8') });
    else if (dataParts.includes(part.fieldname)) data.push({ name: part.fieldname, value: await part.toBuffer() });
    else {
      const hash = createHash('sha512');
      let size = 0;
      for await (const chunk of part.file as AsyncIterable<Buffer>) {
        hash.update(chunk);
        size += chunk.length;
      }
      files.push({ id: '', partName: part.fieldname, fileName: part.filename, mediaType: part.mimetype, size, sha512: hash.digest('hex') });
    }
  }
  return { request: aRawRequest(), data, files };
}

beforeEach(async () => {
  accepted = [];
  aborted = 0;
  server = fastify({ logger: false });
  await server.register(multipart, { preservePath: true, limits: { fileSize: 1024 ** 3, files: 100 } });
  server.post('/gewerbe', async (request, reply) => {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]));
    try {
      port.verify(aRawRequest({ headers }));
      const draft = port.translate(await takenApart(request));
      const sizes = draft.attachments.map((attachment) => ('file' in attachment ? attachment.file.size : -1));
      accepted.push({
        submissionId: draft.submissionId,
        names: draft.attachments.map(({ name }) => name),
        sizes,
        familyName: draft.applicant.familyName,
      });
      return await reply.code(202).send({ reference: draft.submissionId });
    } catch (error) {
      if (error instanceof IntakeRejection) return reply.code(error.status).send({ code: error.code });
      aborted += 1;
      return reply.code(400).send({ code: 'cut' });
    }
  });
  await server.listen({ port: 0, host: '127.0.0.1' });
});

afterEach(async () => {
  await server.close();
});

const sender = (more: Partial<OzgCloudSenderSettings> = {}) => ozgCloudSender({ url: `${server.listeningOrigin}/gewerbe`, auth, ...more });
const [submission] = ozgCloudSubmissions({ count: 1, seed: 7, uploads: 2 });
if (submission === undefined) throw new Error('no submission was made up');

describe('the simulated sender on the wire', () => {
  it.each([
    ['a file part, raw names', {}],
    ['a file part, encoded names', { fileNames: 'rfc8187' }],
    ['a plain field', { formDataAs: 'field' }],
  ] as const)('is understood when the data come as %s', async (_what, settings) => {
    expect(await sender(settings).send(submission)).toMatchObject({ kind: 'answered', status: 202 });
    expect(accepted).toMatchObject([
      { submissionId: submission.formData.control.transactionId, names: ['Antrag.pdf', 'Antrag.json', 'Lageplan_1.pdf', 'Lageplan_2.pdf'] },
    ]);
    expect(accepted[0]?.familyName).toBe(submission.formData.formData[0]?.formItems?.[0]?.stringValue);
  });

  it('makes up as many different submissions as wanted, the same every time', async () => {
    const fifty = ozgCloudSubmissions({ count: 50, seed: 3 });
    expect(JSON.stringify(ozgCloudSubmissions({ count: 50, seed: 3 }))).toBe(JSON.stringify(fifty));
    const outcomes = await sender().sendAll(fifty);
    expect(outcomes.every((outcome) => outcome.kind === 'answered' && outcome.status === 202)).toBe(true);
    expect(new Set(accepted.map(({ submissionId }) => submissionId)).size).toBe(50);
  });

  it('keeps one submission id over repeated and concurrent sendings', async () => {
    await sender().sendRepeatedly(submission, 3);
    await sender().sendConcurrently(submission, 5);
    expect(accepted.map(({ submissionId }) => submissionId)).toEqual(Array(8).fill(submission.formData.control.transactionId));
  });

  it.each([
    ['noCredential', 401, 'credentials-missing'],
    ['wrongCredential', 401, 'credentials-wrong'],
    ['missingAttachment', 422, 'attachment-missing'],
    ['duplicateFormData', 400, 'duplicate-part'],
    ['noFormData', 400, 'missing-part'],
    ['brokenFormData', 400, 'not-json'],
  ] as [OzgCloudMischief, number, string][])('is refused when spoilt by %s: %p %s', async (mischief, status, code) => {
    expect(await sender().sendSpoilt(submission, mischief)).toMatchObject({ kind: 'answered', status, body: JSON.stringify({ code }) });
    expect(accepted).toEqual([]);
  });

  it.each(['duplicateAttachment', 'unknownPart'] as const)('is accepted in spite of %s', async (mischief) => {
    expect(await sender().sendSpoilt(submission, mischief)).toMatchObject({ kind: 'answered', status: 202 });
    expect(accepted[0]?.names).toHaveLength(5);
  });

  it('delivers odd file names as raw UTF-8', async () => {
    expect(await sender().sendSpoilt(submission, 'oddFileNames')).toMatchObject({ kind: 'answered', status: 202 });
    const names = accepted[0]?.names ?? [];
    // The rules of WHATWG percent-encode quotes and line breaks in names, and parsers leave them so.
    const expected = ODD_FILE_NAMES.map((name) => name.replaceAll('"', '%22').replace('\r\n', '%0D%0A'));
    expect(names.slice(4)).toEqual(expected);
  });

  it('loses no file whose name comes as filename*, though RFC 7578 forbids it and the parser keeps the ASCII fallback', async () => {
    expect(await sender({ fileNames: 'rfc8187' }).sendSpoilt(submission, 'oddFileNames')).toMatchObject({ kind: 'answered', status: 202 });
    expect(accepted[0]?.names).toHaveLength(4 + ODD_FILE_NAMES.length);
  });

  it('streams a file of 200 MiB, dripping lines and half uploads', async () => {
    const large = { ...submission, attachments: [...submission.attachments, aLargeFile('Bauplan.tiff', 200 * 1024 * 1024)] };
    expect(await sender().send(large)).toMatchObject({ kind: 'answered', status: 202 });
    expect(accepted[0]?.sizes.at(-1)).toBe(200 * 1024 * 1024);
    expect(await sender().sendSlowly(submission, { bytes: 512, pauseMs: 2 })).toMatchObject({ kind: 'answered', status: 202 });
    expect(accepted).toHaveLength(2);
    expect(await sender().sendTruncated(submission)).toMatchObject({ kind: 'cut' });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(accepted).toHaveLength(2);
    expect(aborted).toBe(1);
  });
});
