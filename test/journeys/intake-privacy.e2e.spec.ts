// SPDX-License-Identifier: EUPL-1.2
import { aFile, type SendingOutcome, sendTo } from '@amtsbote/adapter-kit/testing';
import type { OzgCloudSubmission } from '@amtsbote/adapters/forms-ozg-cloud/simulator';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { eventually } from './support/eventually.js';
import { anEvent, aRegistration, dataOf, file, multipartBytes, sendParts, sendSigned } from './support/submissions.js';
import { TestHub } from './support/test-hub.js';

/** Stands for everything a citizen wrote; in no technical word of ours. */
const CANARY = 'Kanarienvogel';

let hub: TestHub;
beforeAll(async () => {
  hub = await TestHub.start();
});
afterAll(async () => {
  await hub.stop();
});

/** A registration that says the word in values, in control data, in file names and in contents. */
function aTellingRegistration(): OzgCloudSubmission {
  const registration = aRegistration(0);
  const { control } = registration.formData;
  const items = [
    { name: 'nachname', label: CANARY, stringValue: CANARY },
    { name: 'vorname', label: '', stringValue: `${CANARY}\n    at ${CANARY}` },
  ];
  const serviceKonto = { type: CANARY, trustLevel: CANARY, postfachAddress: { identifier: CANARY, type: CANARY } };
  return {
    formData: { control: { ...control, serviceKonto }, formData: items },
    representation: aFile(`${CANARY}.pdf`, CANARY),
    attachments: [aFile(`${CANARY}-1.pdf`, CANARY), aFile(`${CANARY}-2.pdf`, CANARY)],
  };
}

function announcing(name: string): OzgCloudSubmission {
  const registration = aTellingRegistration();
  const announced = { name: 'lageplan', label: '', stringValue: name };
  return { ...registration, formData: { ...registration.formData, formData: [announced] } };
}

const ofOffice = (office: string): string =>
  JSON.stringify({ control: { transactionId: CANARY, zustaendigeStelle: office }, formData: [] });

type Sending = [what: string, send: () => Promise<SendingOutcome>, status: number];
const SENDINGS: Sending[] = [
  ['an accepted registration', () => hub.forms().send(aTellingRegistration()), 202],
  ['an accepted event', () => hub.portal().send(anEvent({ answers: { [CANARY]: CANARY }, applicant: { lastName: CANARY } })), 202],
  ['a wrong token', () => hub.forms().sendSpoilt(aTellingRegistration(), 'wrongCredential'), 401],
  ['a wrong signature', () => hub.portal().sendSpoilt(anEvent({ answers: { a: CANARY } }), 'wrongSignature'), 401],
  ['half a JSON', () => sendSigned(hub, `{"data":{"answers":{"a":"${CANARY}`), 400],
  ['JSON with a number that is none', () => sendSigned(hub, `{"data":{"answers":{"a":1${CANARY}}}}`), 400],
  ['half a form', () => hub.forms().sendSpoilt(aTellingRegistration(), 'brokenFormData'), 400],
  ['multipart without end', () => sendParts(hub, multipartBytes([dataOf(aTellingRegistration()), file('attachment', CANARY, CANARY)], '')), 400],
  ['a part without name', () => sendParts(hub, multipartBytes([{ head: [`Content-Disposition: form-data; filename="${CANARY}"`], body: CANARY }])), 400],
  ['a header that is none', () => sendParts(hub, multipartBytes([{ head: [`${CANARY} ${CANARY}`], body: CANARY }])), 400],
  ['a file announced but missing', () => hub.forms().send(announcing(`${CANARY}-3.pdf`)), 422],
  ['an unknown office', () => sendParts(hub, multipartBytes([{ head: ['Content-Disposition: form-data; name="formData"'], body: ofOffice(CANARY) }]), { endpoint: 'verbund' }), 422],
  ['broken base64', () => hub.portal().send(anEvent({ files: [{ name: CANARY, base64: `!${CANARY}` }] })), 422],
  ['a link elsewhere', () => hub.portal().send(anEvent({ files: [{ name: CANARY, url: `https://${CANARY}.example.org/${CANARY}` }] })), 422],
  ['a link that is none', () => hub.portal().send(anEvent({ files: [{ name: CANARY, url: CANARY }] })), 422],
  ['a file over the limit', () => hub.forms().send({ ...aTellingRegistration(), attachments: [aFile(`${CANARY}.bin`, CANARY.repeat(30_000))] }), 413],
  ['a submission id over the limit', () => sendParts(hub, multipartBytes([{ head: ['Content-Disposition: form-data; name="formData"'], body: `{"control":{"transactionId":"${CANARY.repeat(30)}"},"formData":[]}` }])), 422],
  ['an unknown address', () => sendTo(`${hub.url}/intake/formulare/${CANARY}?name=${CANARY}`, hub.forms().build(aTellingRegistration())), 404],
  ['an address that cannot be decoded', () => sendTo(`${hub.url}/intake/${CANARY}%ZZ`, hub.forms().build(aTellingRegistration())), 400],
  ['an address that is too long', () => sendTo(`${hub.url}/intake/${CANARY.repeat(30)}`, hub.forms().build(aTellingRegistration())), 414],
]; // prettier-ignore

describe('what a citizen wrote', () => {
  it.each(SENDINGS)('is in no log line, answer or journal entry after %s', async (_what, send, status) => {
    const outcome = await send();
    expect(outcome).toMatchObject({ kind: 'answered', status });
    expect('body' in outcome ? outcome.body : '').not.toContain(CANARY);
    await expectSilence();
  });

  it('is in no log line after an upload that was cut off', async () => {
    const logged = hub.log.length;
    const outcome = await hub.forms().sendTruncated({ ...aTellingRegistration(), attachments: [aFile(CANARY, CANARY.repeat(9_000))] }, 0.7);
    expect(outcome.kind).toBe('cut');
    await eventually(() => expect(hub.log.slice(logged).join('')).toContain('cut-off'));
    await expectSilence();
  });

  it('is in no log line and no answer when the database refuses a statement that holds it', async () => {
    const logged = hub.log.length;
    const { database } = hub.hub.house;
    const spy = jest.spyOn(database, 'query').mockImplementation(async () => {
      throw Object.assign(new Error(`invalid: ${CANARY}\n    at ${CANARY} (file.js:1:1)`), { parameters: [CANARY], detail: CANARY });
    });
    try {
      const outcome = await hub.forms().send(aTellingRegistration());
      expect(outcome).toMatchObject({ kind: 'answered', status: 500 });
      expect('body' in outcome ? outcome.body : '').not.toContain(CANARY);
    } finally {
      spy.mockRestore();
    }
    expect(hub.log.slice(logged).join('')).toContain('http.failed');
    await expectSilence();
  });

  async function expectSilence(): Promise<void> {
    expect(hub.log.length).toBeGreaterThan(0);
    const telling = new RegExp(CANARY, 'i');
    expect(hub.log.filter((line) => telling.test(line))).toEqual([]);
    expect((await hub.journal()).filter((entry) => telling.test(JSON.stringify(entry)))).toEqual([]);
  }
});
