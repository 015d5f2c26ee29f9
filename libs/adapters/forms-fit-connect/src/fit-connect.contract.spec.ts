// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import type { RawRequest, ReceivedSubmission } from '@amtsbote/adapter-kit';
import { aRawRequest, aReceivedFile, type FileSample, formsContract, formsPullContract, RECEIVED_AT } from '@amtsbote/adapter-kit/testing';
import {
  aFitConnectSubmission,
  callbackHeaders,
  EXAMPLE_CALLBACK_SECRET,
  EXAMPLE_DESTINATION,
  exampleOptions,
  exampleSettings,
  FitConnectSender,
  FitConnectSimulator,
  SAMPLE_SCHEMA,
  SAMPLE_SERVICE,
  testKey,
} from '@amtsbote/adapters/forms-fit-connect/simulator';
import type { JsonValue } from '@amtsbote/canonical';

import { adapter } from './index.js';

type Members = { [key: string]: JsonValue };
const idOf = (number: number): string => `0192f0a0-0000-4000-8000-${String(number).padStart(12, '0')}`;
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const hashOf = (content: string | Uint8Array): Members => ({ type: 'sha512', content: createHash('sha512').update(content).digest('hex') });
const nowhere = { apiUrl: 'http://127.0.0.1:1/submission-api', tokenUrl: 'http://127.0.0.1:1/token', settings: exampleSettings() };
const secrets = [EXAMPLE_CALLBACK_SECRET, 'simulator-client-secret', String(testKey('encryption')['d']), String(testKey('signing')['d'])];

/** What is in a fetched submission: the form, and everything the sender says beside it. */
const document: Members = {
  data: JSON.parse(aFitConnectSubmission(1).data.text) as JsonValue,
  author: {
    name: 'Serviceportal Musterstadt',
    url: 'https://portal.example.org',
    product: { name: 'Portal', version: '4.2', manufacturer: 'Hersteller' },
  },
  paymentInformation: {
    transactionReference: 'Kassenzeichen 4711',
    transactionId: '9xxd-432x',
    paymentMethod: 'OTHER',
    status: 'BOOKED',
    grossAmount: 26.5,
  },
  replyChannel: { idBundDeMailbox: { mailboxUuid: '4ac47caa-bce1-435a-b04f-3322b224b32e' } },
  additionalReferenceInfo: { senderReference: 'Vorgang 0815', applicationDate: '2026-01-30', zustimmungZumDigitalenBescheid: false },
};

/** As the callback is signed; what was fetched bears no signature, and its body is the form. */
function signed(body: Uint8Array): RawRequest {
  const timestamp = Math.floor(RECEIVED_AT.getTime() / 1_000);
  return aRawRequest({ body, headers: callbackHeaders(EXAMPLE_CALLBACK_SECRET, timestamp, body) });
}

function fetchedOf(body: Uint8Array, metadata: Members, files: readonly FileSample[]): ReceivedSubmission {
  const received = files.map(({ name, content }, index) => aReceivedFile(name, content, { partName: idOf(index + 10) }));
  const attachments = files.map(({ name, content }, index) => ({
    attachmentId: idOf(index + 10),
    purpose: 'attachment',
    mimeType: 'application/pdf',
    filename: name,
    hash: hashOf(content),
  }));
  const contentStructure = {
    data: { hash: hashOf(body), submissionSchema: { schemaUri: SAMPLE_SCHEMA, mimeType: 'application/json' } },
    attachments,
  };
  const $schema = 'https://schema.fitko.de/fit-connect/metadata/2.1.0/metadata.schema.json';
  const submission = {
    destinationId: EXAMPLE_DESTINATION,
    submissionId: idOf(1),
    caseId: idOf(2),
    service: SAMPLE_SERVICE,
    submittedAt: '2026-01-31T09:59:00.000Z',
  };
  return {
    request: signed(body),
    data: [
      { name: 'submission', value: json(submission) },
      { name: 'metadata', value: json({ ...metadata, $schema, contentStructure }) },
    ],
    files: received,
  };
}

formsContract({
  adapter,
  options: exampleOptions(nowhere as FitConnectSimulator),
  secrets,
  document,
  submission: (sample, files) => {
    const { data, ...metadata } = sample as Members;
    return fetchedOf(json(data), metadata, files);
  },
  submissionOfBytes: (bytes) => fetchedOf(bytes, {}, []),
  spoilt: {
    'a missing digest': (request) => ({ ...request, headers: { ...request.headers, 'callback-authentication': undefined } }),
    'a wrong digest': (request) => ({ ...request, headers: { ...request.headers, 'callback-authentication': '0'.repeat(128) } }),
    'a changed body': (request) => ({ ...request, body: Buffer.concat([request.body, Buffer.from(' ')]) }),
    'an old callback': (request) => ({ ...request, receivedAt: new Date(request.receivedAt.getTime() + 301_000) }),
  },
  nested: (levels) => {
    let value: JsonValue = { tiefstes: 'Wert' };
    for (let level = levels - 1; level >= 1; level -= 1) value = { [`ebene_${level}`]: value };
    return { data: value };
  },
  wide: (fields) => ({ data: Object.fromEntries(Array.from({ length: fields }, (_, index) => [`feld_${index}`, 'x'])) }),
  doubled: () => fetchedOf(Buffer.from('{"a":1,"a":2}'), {}, []),
  checked: [
    '/paymentInformation/paymentMethod',
    '/paymentInformation/status',
    '/paymentInformation/transactionId',
    '/replyChannel',
    '/additionalReferenceInfo',
  ],
});

const senders = new WeakMap<FitConnectSimulator, FitConnectSender>();

formsPullContract({
  adapter,
  start: async () => {
    const service = await new FitConnectSimulator(exampleSettings()).start();
    senders.set(service, new FitConnectSender(service));
    return service;
  },
  optionsFor: (service) => ({ ...exampleOptions(service), pageSize: 3, timeoutMs: 1_000 }),
  secrets,
  put: async (service, count, files = []) => {
    const ids: string[] = [];
    for (let number = 0; number < count; number += 1) {
      const attachments = files.map(({ name, content }) => ({
        name,
        mediaType: 'application/pdf',
        purpose: 'attachment' as const,
        content: Buffer.from(content),
      }));
      const held = await senders.get(service)?.send(EXAMPLE_DESTINATION, aFitConnectSubmission(number, { attachments }));
      ids.push(held?.submissionId ?? '');
    }
    return ids;
  },
  putUnreadable: async (service) => {
    const held = await senders
      .get(service)
      ?.send(EXAMPLE_DESTINATION, aFitConnectSubmission(99, { attachments: [] }), { data: '{"anders":1}' });
    return held?.submissionId ?? '';
  },
  withdraw: (service, id) => {
    const held = service.books.get(id);
    if (held !== undefined) service.books.settle(held, 'deleted');
  },
  acknowledged: (service) => service.books.all().flatMap(({ submissionId, events }) => Array<string>(events.accept).fill(submissionId)),
  refusals: 'told',
  severalPages: 7,
  lines: { list: /GET .*\/submissions\?/, fetch: /GET .*\/submissions\/[^/?]+$/, acknowledge: /\/cases\// },
  probes: true,
  personal: ['Müller-Lüdenscheidt', 'Öztürk', 'Musterstadt'],
});
