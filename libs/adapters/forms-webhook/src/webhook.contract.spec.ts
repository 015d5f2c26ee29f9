// SPDX-License-Identifier: EUPL-1.2
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { RawRequest, ReceivedSubmission } from '@amtsbote/adapter-kit';
import { aRawRequest, type FileSample, formsContract, RECEIVED_AT } from '@amtsbote/adapter-kit/testing';
import { SAMPLE_LABELS, SAMPLE_MAPPING, webhookSender, type WebhookSenderSettings } from '@amtsbote/adapters/forms-webhook/simulator';
import type { JsonValue } from '@amtsbote/canonical';

import { adapter } from './index.js';

type Document = { type: string; data: { answers: JsonValue; files: JsonValue[] } };
const read = (name: string): Document =>
  JSON.parse(readFileSync(join(process.cwd(), 'libs/adapters/forms-webhook/fixtures', name), 'utf8')) as Document;

const OLD = `whsec_${Buffer.alloc(24, 'alt').toString('base64')}`;
const NEW = `whsec_${Buffer.alloc(64, 'neu').toString('base64')}`;
const STRANGE = `whsec_${Buffer.alloc(32, 'fremd').toString('base64')}`;
const ours = generateKeyPairSync('ed25519');
const theirs = generateKeyPairSync('ed25519');
const publicKey = `whpk_${Buffer.from(ours.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64')}`;

/** Any bytes, signed as the simulated sender signs them. */
function signed(bytes: Uint8Array, keys: Partial<WebhookSenderSettings>, at: Date = RECEIVED_AT, id = 'msg_contract'): RawRequest {
  const headers = webhookSender({ url: 'http://127.0.0.1', now: () => at, ...keys }).signatureHeaders(id, Buffer.from(bytes));
  return aRawRequest({ body: bytes, headers: { 'content-type': 'application/json', ...headers } });
}

const minute = 60_000;
const at = (offsetMs: number): Date => new Date(RECEIVED_AT.getTime() + offsetMs);

function wrap(keys: Partial<WebhookSenderSettings>): {
  submission(document: JsonValue, files: readonly FileSample[]): ReceivedSubmission;
  submissionOfBytes(bytes: Uint8Array): ReceivedSubmission;
} {
  const submissionOfBytes = (bytes: Uint8Array): ReceivedSubmission => ({ request: signed(bytes, keys), data: [], files: [] });
  return {
    submissionOfBytes,
    submission: (document, files) => {
      const { data, ...rest } = document as unknown as Document;
      const inline = files.map(({ name, content }) => ({
        name,
        contentType: 'text/plain',
        base64: Buffer.from(content).toString('base64'),
      }));
      const complete = { ...rest, data: { ...data, files: [...data.files, ...inline] } };
      return submissionOfBytes(Buffer.from(JSON.stringify(complete)));
    },
  };
}

function spoiltFor(
  keys: Partial<WebhookSenderSettings>,
  wrong: Partial<WebhookSenderSettings>,
): Record<string, (request: RawRequest) => RawRequest> {
  const without = (header: string) => (request: RawRequest) => ({ ...request, headers: { ...request.headers, [header]: undefined } });
  const instead = (header: string, value: string) => (request: RawRequest) => ({
    ...request,
    headers: { ...request.headers, [header]: value },
  });
  return {
    'a missing id': without('webhook-id'),
    'a missing timestamp': without('webhook-timestamp'),
    'a missing signature': without('webhook-signature'),
    'an empty signature': instead('webhook-signature', ''),
    'another id': instead('webhook-id', 'msg_other'),
    'a timestamp that is none': instead('webhook-timestamp', '2026-01-31T10:00:00Z'),
    'a signature of a strange key': ({ body }) => signed(body, wrong),
    'a signature without its scheme': (request) =>
      instead('webhook-signature', (request.headers['webhook-signature'] ?? '').replace(/v1a?,/g, ''))(request),
    'a signature of another scheme': (request) =>
      instead('webhook-signature', (request.headers['webhook-signature'] ?? '').replace(/v1a?,/g, 'v2,'))(request),
    'a cut signature': (request) => instead('webhook-signature', (request.headers['webhook-signature'] ?? '').slice(0, -8))(request),
    'a changed body': (request) => ({ ...request, body: Buffer.concat([request.body, Buffer.from(' ')]) }),
    'a stale signature': ({ body }) => signed(body, keys, at(-5 * minute - 1_000)),
    'a signature of the future': ({ body }) => signed(body, keys, at(5 * minute + 1_000)),
  };
}

const DEEP = (levels: number): JsonValue => {
  let value: JsonValue = { tiefstes: 'Wert' };
  for (let level = levels - 1; level >= 1; level -= 1) value = { [`ebene_${level}`]: value };
  return value;
};
const around = (answers: JsonValue): JsonValue => ({ type: 't', data: { submission: { id: 'x' }, answers, files: [] } });

formsContract({
  adapter,
  variant: 'with secrets and any JSON',
  options: { secrets: [OLD, NEW], mapping: SAMPLE_MAPPING, labels: SAMPLE_LABELS },
  secrets: [OLD, NEW, OLD.slice(6), NEW.slice(6)],
  document: read('sondernutzung.json'),
  ...wrap({ secrets: [NEW] }),
  spoilt: spoiltFor({ secrets: [NEW] }, { secrets: [STRANGE] }),
  nested: (levels) => around(DEEP(levels)),
  wide: (fields) => around(Object.fromEntries(Array.from({ length: fields }, (_, index) => [`feld_${index}`, `Wert ${index}`]))),
  doubled: () => wrap({ secrets: [OLD] }).submissionOfBytes(Buffer.from('{"data":{"submission":{"id":"1","id":"2"},"answers":{}}}')),
  respelled: { '28.02.1974': '1974-02-28', '26.00': '2600', FeatureCollection: '', Feature: '' },
  // Contents of files have to be base64; amount and currency have to be readable.
  checked: ['/data/pdf/base64', '/data/files/0/content', '/data/payment/amount', '/data/payment/currency'],
});

const TREE_MAPPING = { form: '/data/answers', formKind: 'canonical', attachments: ['/data/files'] };
const TREE_DEEP = (levels: number): JsonValue => {
  let item: JsonValue = { kind: 'field', name: 'tiefstes', label: 'Tiefstes', type: 'text', value: 'Wert' };
  for (let level = levels - 1; level >= 1; level -= 1)
    item = { kind: 'group', name: `ebene_${level}`, label: `Ebene ${level}`, items: [item] };
  return [item];
};

formsContract({
  adapter,
  variant: 'with public keys and a canonical form',
  options: { publicKeys: [publicKey], mapping: TREE_MAPPING },
  secrets: [],
  document: read('sondernutzung-tree.json'),
  ...wrap({ privateKey: ours.privateKey }),
  spoilt: spoiltFor({ privateKey: ours.privateKey }, { privateKey: theirs.privateKey }),
  nested: (levels) => around(TREE_DEEP(levels)),
  wide: (fields) =>
    around(
      Array.from({ length: fields }, (_, index) => ({ kind: 'field', name: `feld_${index}`, label: '', type: 'number', value: index })),
    ),
  doubled: () => wrap({ privateKey: ours.privateKey }).submissionOfBytes(Buffer.from('{"data":{"answers":[],"answers":[]}}')),
});
