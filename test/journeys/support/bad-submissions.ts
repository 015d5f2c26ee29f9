// SPDX-License-Identifier: EUPL-1.2
import { aFile, aLargeFile, type SendingOutcome } from '@amtsbote/adapter-kit/testing';

import { anEvent, aRegistration, dataOf, field, file, multipartBytes, type Refusal, sendParts, sendSigned } from './submissions.js';
import type { TestHub } from './test-hub.js';

/** How the bad thing is sent, and what the sender has to be told. */
export type BadCase = [what: string, send: (hub: TestHub) => Promise<SendingOutcome>, refusal: Refusal];

export const UNSIGNED: readonly BadCase[] = [
  [
    'a wrong signature',
    (hub) => hub.portal().sendSpoilt(anEvent(), 'wrongSignature'),
    { status: 401, code: 'signature-mismatch', place: 'webhook-signature' },
  ],
  [
    'no signature',
    (hub) => hub.portal().sendSpoilt(anEvent(), 'noSignature'),
    { status: 401, code: 'signature-missing', place: 'webhook-id' },
  ],
  [
    'a body changed after signing',
    (hub) => hub.portal().sendSpoilt(anEvent(), 'changedBody'),
    { status: 401, code: 'signature-mismatch', place: 'webhook-signature' },
  ],
  [
    'a stale timestamp',
    (hub) => hub.portal().sendSpoilt(anEvent(), 'staleTimestamp'),
    { status: 401, code: 'timestamp-too-old', place: 'webhook-timestamp' },
  ],
  [
    'a timestamp of the future',
    (hub) => hub.portal().sendSpoilt(anEvent(), 'futureTimestamp'),
    { status: 401, code: 'timestamp-too-new', place: 'webhook-timestamp' },
  ],
  [
    'a wrong token',
    (hub) => hub.forms().sendSpoilt(aRegistration(), 'wrongCredential'),
    { status: 401, code: 'credentials-wrong', place: 'authorization' },
  ],
  [
    'no token',
    (hub) => hub.forms().sendSpoilt(aRegistration(), 'noCredential'),
    { status: 401, code: 'credentials-missing', place: 'authorization' },
  ],
  [
    'no token and a wrong media type',
    (hub) => sendParts(hub, Buffer.from('{}'), { headers: { authorization: '', 'content-type': 'application/json' } }),
    { status: 401, code: 'credentials-missing', place: 'authorization' },
  ],
];

const nestedForm = (levels: number): string => {
  const opening = '{"name":"g","label":"","formItems":[';
  return `{"control":{"transactionId":"tief-${levels}"},"formData":[${opening.repeat(levels)}${']}'.repeat(levels)}]}`;
};
/** A multipart body that is nothing but form data. */
export const form = (json: string): Buffer => multipartBytes([field('formData', json)]);
const ofOffice = (office: string): string => JSON.stringify({ control: { transactionId: 'x', zustaendigeStelle: office }, formData: [] });

export const NOT_THE_FORMAT: readonly BadCase[] = [
  ['half a JSON', (hub) => hub.portal().sendSpoilt(anEvent(), 'brokenJson'), { status: 400, code: 'not-json' }],
  ['JSON that is not UTF-8', (hub) => hub.portal().sendSpoilt(anEvent(), 'notUtf8'), { status: 400, code: 'not-utf8' }],
  ['a doubled member', (hub) => hub.portal().sendSpoilt(anEvent(), 'duplicateMember'), { status: 400, code: 'duplicate-member', place: '/type' }],
  ['the member __proto__', (hub) => sendSigned(hub, '{"data":{"__proto__":{}}}'), { status: 400, code: 'forbidden-member' }],
  ['an empty body', (hub) => sendSigned(hub, ''), { status: 400, code: 'not-json' }],
  ['JSON without answers', (hub) => sendSigned(hub, '{"data":{"submission":{"id":"1"}}}'), { status: 400, code: 'form-missing', place: '/data/answers' }],
  ['multipart without form data', (hub) => hub.forms().sendSpoilt(aRegistration(), 'noFormData'), { status: 400, code: 'missing-part', place: 'formData' }],
  ['two parts "formData"', (hub) => hub.forms().sendSpoilt(aRegistration(), 'duplicateFormData'), { status: 400, code: 'duplicate-part', place: 'formData' }],
  ['half a JSON as form data', (hub) => hub.forms().sendSpoilt(aRegistration(), 'brokenFormData'), { status: 400, code: 'not-json' }],
  [
    'no boundary',
    (hub) => sendParts(hub, form('{}'), { headers: { 'content-type': 'multipart/form-data' } }),
    { status: 400, code: 'not-multipart', place: 'Content-Type' },
  ],
  ['something else than multipart', (hub) => sendParts(hub, Buffer.from('{"a":1}')), { status: 400, code: 'not-multipart' }],
  ['nothing at all as multipart', (hub) => sendParts(hub, Buffer.alloc(0)), { status: 400, code: 'not-multipart' }],
  [
    'multipart without its end',
    (hub) => sendParts(hub, multipartBytes([dataOf(aRegistration()), file('attachment', 'a.pdf', 'a')], '')),
    { status: 400, code: 'not-multipart' },
  ],
  [
    'a part without name',
    (hub) => sendParts(hub, multipartBytes([dataOf(aRegistration()), { head: ['Content-Disposition: form-data'], body: 'x' }])),
    { status: 400, code: 'part-without-name', place: 'part 2' },
  ],
  [
    'a part without disposition',
    (hub) => sendParts(hub, multipartBytes([dataOf(aRegistration()), { head: ['Content-Type: application/pdf'], body: 'x' }])),
    { status: 400, code: 'part-without-name', place: 'part 2' },
  ],
  [
    'a file sent as attachment instead of form-data',
    (hub) =>
      sendParts(
        hub,
        multipartBytes([dataOf(aRegistration()), { head: ['Content-Disposition: attachment; name="attachment"; filename="a.pdf"'], body: 'x' }]),
      ),
    { status: 400, code: 'part-without-name', place: 'part 2' },
  ],
  [
    'a part whose head has no end',
    (hub) =>
      sendParts(
        hub,
        Buffer.concat([
          multipartBytes([dataOf(aRegistration())], ''),
          Buffer.from('--grenze-zwischen-teilen\r\nContent-Disposition: form-data; name="attachment"; filename="a.pdf"\r\n--grenze-zwischen-teilen--\r\n'),
        ]),
      ),
    { status: 400, code: 'not-multipart', place: 'part 2' },
  ],
  [
    'a part encoded as nobody decodes any more',
    (hub) =>
      sendParts(
        hub,
        multipartBytes([
          dataOf(aRegistration()),
          { head: [...file('attachment', 'a.pdf', '').head, 'Content-Transfer-Encoding: base64'], body: 'YQ==' },
        ]),
      ),
    { status: 400, code: 'part-encoded', place: 'attachment' },
  ],
]; // prettier-ignore

export const WRONG_MEDIA_TYPE: readonly BadCase[] = [
  [
    'XML where JSON is expected',
    (hub) => sendSigned(hub, '<antrag/>', { 'content-type': 'text/xml' }),
    { status: 415, code: 'wrong-media-type', place: 'Content-Type' },
  ],
  [
    'JSON where multipart is expected',
    (hub) => sendParts(hub, Buffer.from('{}'), { headers: { 'content-type': 'application/json' } }),
    { status: 415, code: 'wrong-media-type', place: 'Content-Type' },
  ],
  [
    'a compressed body',
    (hub) => sendParts(hub, form('{}'), { headers: { 'content-encoding': 'gzip' } }),
    { status: 415, code: 'content-encoded', place: 'Content-Encoding' },
  ],
];

export const TOO_LARGE: readonly BadCase[] = [
  [
    'a signed body over the limit',
    (hub) => sendSigned(hub, JSON.stringify({ fill: 'x '.repeat(150_000) })),
    { status: 413, code: 'submission-too-large' },
  ],
  [
    'a multipart body over the limit',
    async (hub) => hub.forms().send({ ...aRegistration(), attachments: [aLargeFile('groß.bin', 1_200_000)] }),
    { status: 413, code: 'submission-too-large', place: 'Content-Length' },
  ],
  [
    'an attachment over the limit',
    async (hub) => hub.forms().send({ ...aRegistration(0), attachments: [aFile('klein.pdf', 'x'), aLargeFile('groß.bin', 310_000)] }),
    { status: 413, code: 'attachment-too-large', place: 'attachment' },
  ],
  [
    'an inline attachment over the limit',
    (hub) => {
      const files = [{ name: 'groß.bin', base64: Buffer.alloc(310_000, 'x').toString('base64') }];
      return hub.portal().send(anEvent({ files }));
    },
    { status: 413, code: 'attachment-too-large' },
  ],
  [
    'form data over the limit',
    (hub) => sendParts(hub, form(JSON.stringify({ fill: 'x'.repeat(140_000) }))),
    { status: 413, code: 'part-too-large', place: 'formData' },
  ],
  [
    'many data parts that are too large together',
    (hub) =>
      sendParts(
        hub,
        multipartBytes([dataOf(aRegistration()), ...Array.from({ length: 4 }, (_, n) => field(`feld${n}`, 'x'.repeat(100_000)))]),
      ),
    { status: 413, code: 'parts-too-large', place: 'feld2' },
  ],
  [
    'too many attachments',
    (hub) =>
      sendParts(hub, multipartBytes([dataOf(aRegistration()), ...Array.from({ length: 21 }, () => file('attachment', 'a.pdf', 'a'))])),
    { status: 413, code: 'too-many-attachments' },
  ],
  [
    'too many parts',
    (hub) => sendParts(hub, multipartBytes([dataOf(aRegistration()), ...Array.from({ length: 100 }, (_, n) => field(`feld${n}`, 'a'))])),
    { status: 413, code: 'too-many-parts' },
  ],
  [
    'a flood of headers in a part',
    (hub) => {
      const head = [...Array.from({ length: 1_000 }, (_, n) => `X-Fill-${n}: ${'x'.repeat(30)}`), ...file('attachment', 'a.pdf', '').head];
      return sendParts(hub, multipartBytes([dataOf(aRegistration()), { head, body: 'a' }]));
    },
    { status: 413, code: 'part-head-too-large', place: 'part 2' },
  ],
];

export const UNTRANSLATABLE: readonly BadCase[] = [
  ['JSON nested 10,000 deep', (hub) => sendSigned(hub, `{"data":${'['.repeat(10_000)}${']'.repeat(10_000)}}`), { status: 422, code: 'too-deep' }],
  ['a form nested 40 deep', (hub) => sendParts(hub, form(nestedForm(40))), { status: 422, code: 'too-deep' }],
  [
    '10,000 fields in one form',
    (hub) => {
      const fields = Array.from({ length: 10_000 }, () => '{"name":""}').join(',');
      return sendParts(hub, form(`{"control":{"transactionId":"viele"},"formData":[${fields}]}`));
    },
    { status: 422, code: 'too-many-items', place: '/formData/5000' },
  ],
  ['an attachment announced but missing', (hub) => hub.forms().sendSpoilt(aRegistration(2), 'missingAttachment'), { status: 422, code: 'attachment-missing', place: '/nachweise/lageplan' }],
  ['an attachment without content', (hub) => hub.portal().sendSpoilt(anEvent(), 'missingAttachment'), { status: 422, code: 'attachment-missing', place: '/data/files/0' }],
  ['broken base64', (hub) => hub.portal().sendSpoilt(anEvent(), 'brokenBase64'), { status: 422, code: 'base64-invalid' }],
  ['a link to a foreign origin', (hub) => hub.portal().sendSpoilt(anEvent(), 'foreignLink'), { status: 422, code: 'link-not-allowed' }],
  ['an unknown office', (hub) => sendParts(hub, form(ofOffice('999')), { endpoint: 'verbund' }), { status: 422, code: 'unknown-tenant', place: '/authorityId' }],
  ['no office where one is needed', (hub) => sendParts(hub, form('{"control":{"transactionId":"x"},"formData":[]}'), { endpoint: 'verbund' }), { status: 422, code: 'unknown-tenant' }],
  ['an office called "constructor"', (hub) => sendParts(hub, form(ofOffice('constructor')), { endpoint: 'verbund' }), { status: 422, code: 'unknown-tenant' }],
  ['a submission id of 300 characters', (hub) => sendParts(hub, form(`{"control":{"transactionId":"${'x'.repeat(300)}"},"formData":[]}`)), { status: 422, code: 'beyond-limits', place: '/submissionId' }],
  ['a submission id with a NUL', (hub) => sendParts(hub, form('{"control":{"transactionId":"a\\u0000b"},"formData":[]}')), { status: 422, code: 'unusable-submission-id', place: '/submissionId' }],
  ['files that came before what is wrong', (hub) => sendParts(hub, multipartBytes([file('attachment', 'a.pdf', 'a'), file('attachment', 'b.pdf', 'b'), field('formData', '{"control":{"transactionId":"x"},"formData":{}}')])), { status: 400, code: 'form-data-missing', place: '/formData' }],
]; // prettier-ignore
