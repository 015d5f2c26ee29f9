// SPDX-License-Identifier: EUPL-1.2
import { generateKeyPairSync } from 'node:crypto';

import { IntakeRejection } from '@amtsbote/adapter-kit';
import { aRawRequest, ODD_FILE_NAMES } from '@amtsbote/adapter-kit/testing';
import {
  SAMPLE_LABELS,
  SAMPLE_MAPPING,
  type WebhookMischief,
  webhookSender,
  type WebhookSenderSettings,
  webhookSubmissions,
} from '@amtsbote/adapters/forms-webhook/simulator';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fastify, { type FastifyInstance } from 'fastify';

import { adapter } from './index.js';

/* The simulated sender over real HTTP, against the adapter behind a server that hands raw bytes on, as the intake does. */
const secrets = [`whsec_${Buffer.alloc(32, 'a').toString('base64')}`, `whsec_${Buffer.alloc(32, 'b').toString('base64')}`];
const pair = generateKeyPairSync('ed25519');
const publicKeys = [`whpk_${Buffer.from(pair.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64')}`];
const options = adapter.options.parse({
  secrets,
  publicKeys,
  mapping: SAMPLE_MAPPING,
  labels: SAMPLE_LABELS,
  linkOrigins: ['http://127.0.0.1:9'],
});
const clock = { now: () => new Date(0), sleep: async () => undefined };
const port = adapter.create(options, {
  clock,
  randomness: { fraction: () => 0, bytes: () => new Uint8Array() },
  instance: 'sondernutzung',
});

let server: FastifyInstance;
let accepted: { submissionId: string; names: string[] }[];

beforeEach(async () => {
  accepted = [];
  server = fastify({ logger: false, bodyLimit: 64 * 1024 * 1024 });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.post('/sondernutzung', async (request, reply) => {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]));
    const raw = aRawRequest({ headers, body: request.body as Buffer, receivedAt: new Date() });
    try {
      port.verify(raw);
      const draft = port.translate({ request: raw, data: [], files: [] });
      accepted.push({ submissionId: draft.submissionId, names: draft.attachments.map(({ name }) => name) });
      return await reply.code(202).send({ reference: draft.submissionId });
    } catch (error) {
      if (error instanceof IntakeRejection) return reply.code(error.status).send({ code: error.code });
      throw error;
    }
  });
  await server.listen({ port: 0, host: '127.0.0.1' });
});

afterEach(async () => {
  await server.close();
});

const sender = (more: Partial<WebhookSenderSettings> = { secrets: secrets.slice(0, 1) }) =>
  webhookSender({ url: `${server.listeningOrigin}/sondernutzung`, ...more });
const [submission] = webhookSubmissions({ count: 1, seed: 7, uploads: 2, linkBase: 'http://127.0.0.1:9/dateien' });
if (submission === undefined) throw new Error('no submission was made up');

describe('the simulated sender on the wire', () => {
  it.each([
    ['one secret', { secrets: secrets.slice(0, 1) }],
    ['the next secret', { secrets: secrets.slice(1) }],
    ['an unknown and a known secret', { secrets: [`whsec_${Buffer.alloc(32, 'c').toString('base64')}`, ...secrets] }],
    ['a private key', { privateKey: pair.privateKey }],
  ])('is accepted when it signs with %s', async (_what, settings) => {
    expect(await sender(settings).send(submission)).toMatchObject({ kind: 'answered', status: 202 });
    expect(accepted[0]?.names).toEqual(['Lageplan 1.pdf', 'Lageplan 2.pdf', 'Foto.jpg']);
  });

  it('makes up as many different submissions as wanted, the same every time', async () => {
    const fifty = webhookSubmissions({ count: 50, seed: 3 });
    expect(webhookSubmissions({ count: 50, seed: 3 })).toEqual(fifty);
    expect(webhookSubmissions({ count: 50, seed: 4 })).not.toEqual(fifty);
    const outcomes = await sender().sendAll(fifty);
    expect(outcomes.every((outcome) => outcome.kind === 'answered' && outcome.status === 202)).toBe(true);
    expect(new Set(accepted.map(({ submissionId }) => submissionId)).size).toBe(50);
  });

  it('keeps one submission id over repeated and concurrent sendings', async () => {
    await sender().sendRepeatedly(submission, 3);
    await sender().sendConcurrently(submission, 5);
    expect(new Set(accepted.map(({ submissionId }) => submissionId)).size).toBe(1);
    expect(accepted).toHaveLength(8);
  });

  it.each([
    ['noSignature', 401, 'signature-missing'],
    ['wrongSignature', 401, 'signature-mismatch'],
    ['changedBody', 401, 'signature-mismatch'],
    ['staleTimestamp', 401, 'timestamp-too-old'],
    ['futureTimestamp', 401, 'timestamp-too-new'],
    ['brokenJson', 400, 'not-json'],
    ['notUtf8', 400, 'not-utf8'],
    ['duplicateMember', 400, 'duplicate-member'],
    ['brokenBase64', 422, 'base64-invalid'],
    ['foreignLink', 422, 'link-not-allowed'],
    ['missingAttachment', 422, 'attachment-missing'],
  ] as [WebhookMischief, number, string][])('is refused when spoilt by %s: %p %s', async (mischief, status, code) => {
    expect(await sender().sendSpoilt(submission, mischief)).toMatchObject({ kind: 'answered', status, body: JSON.stringify({ code }) });
    expect(accepted).toEqual([]);
  });

  it('delivers doubled and odd file names untouched', async () => {
    expect(await sender().sendSpoilt(submission, 'duplicateAttachment')).toMatchObject({ status: 202 });
    expect(accepted[0]?.names).toEqual(['Lageplan 1.pdf', 'Lageplan 2.pdf', 'Foto.jpg', 'Lageplan 1.pdf']);
    expect(await sender().sendSpoilt(submission, 'oddFileNames')).toMatchObject({ status: 202 });
    expect(accepted[1]?.names.slice(3)).toEqual(ODD_FILE_NAMES);
  });

  it('survives dripping lines and half bodies', async () => {
    expect(await sender().sendSlowly(submission, { bytes: 256, pauseMs: 2 })).toMatchObject({ status: 202 });
    expect(await sender().sendTruncated(submission)).toMatchObject({ kind: 'cut' });
    expect(accepted).toHaveLength(1);
  });

  it('says so when nobody listens', async () => {
    expect(await webhookSender({ url: 'http://127.0.0.1:9/', secrets }).send(submission)).toEqual({ kind: 'cut', reason: 'ECONNREFUSED' });
  });
});

it('takes an inline file of 20 MB', () => {
  const [large] = webhookSubmissions({ count: 1, uploads: 0 });
  const data = large?.body['data'] as { files: unknown[] };
  data.files = [{ name: 'gross.bin', base64: Buffer.alloc(20_000_000, 7).toString('base64') }];
  const body = Buffer.from(JSON.stringify(large?.body));
  const draft = port.translate({ request: aRawRequest({ body }), data: [], files: [] });
  expect(draft.attachments.map((attachment) => ('bytes' in attachment ? attachment.bytes.length : 0))).toEqual([20_000_000]);
});
