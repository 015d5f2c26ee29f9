// SPDX-License-Identifier: EUPL-1.2
import { ODD_FILE_NAMES } from '@amtsbote/adapter-kit/testing';
import { type FormcycleMischief, type FormcycleSubmission, formcycleSubmissions } from '@amtsbote/adapters/forms-formcycle/simulator';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { eventually } from './support/eventually.js';
import { expectAccepted, expectRefusal } from './support/submissions.js';
import { type Stored, TestHub } from './support/test-hub.js';

let hub: TestHub;
beforeAll(async () => {
  hub = await TestHub.start();
});
afterAll(async () => {
  await hub.stop();
});

let made = 0;
function anEventNotice(uploads = 1): FormcycleSubmission {
  made += 1;
  const [submission] = formcycleSubmissions({ count: 1, seed: made, uploads });
  if (submission === undefined) throw new Error('no submission');
  return submission;
}
/** What only a submission adds; messages of earlier ones are on their way meanwhile. */
const kept = async (): Promise<Pick<Stored, 'applications' | 'attachments' | 'files'>> => {
  const { applications, attachments, files } = await hub.stored();
  return { applications, attachments, files };
};
const idOf = ({ parameters }: FormcycleSubmission): string => parameters.find(([name]) => name === 'vorgang')?.[1] ?? '';

describe('a FORMCYCLE workflow', () => {
  it('sends one form in two kinds of bodies, and both become the same application', async () => {
    const { parameters } = anEventNotice(0);
    const another = parameters.map(([name, value]): readonly [string, string] => [name, name === 'vorgang' ? `${value}-2` : value]);
    const urlEncoded = expectAccepted(await hub.workflow().send({ parameters, files: [] }));
    const multipart = expectAccepted(await hub.workflow('ablauf', { body: 'multipart' }).send({ parameters: another, files: [] }));
    const [one, two] = [await hub.application(urlEncoded.applicationId), await hub.application(multipart.applicationId)];
    expect(two.form).toEqual(one.form);
    expect(two.applicant).toEqual(one.applicant);
    expect(one.applicant).toMatchObject({ kind: 'person', dateOfBirth: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) });
    expect(one.unmapped).toEqual([]);
  });

  it('sends latin1 as its action is set up, and every umlaut arrives', async () => {
    const { parameters } = anEventNotice(0);
    const umlauts: FormcycleSubmission = { parameters: [...parameters.filter(([name]) => !['taBemerkung', 'tfBezeichnung', 'tfNachname', 'tfVorname', 'tfOrt', 'tfStrasse'].includes(name)), ['taBemerkung', 'Größe: 5 m²']], files: [] }; // prettier-ignore
    const { applicationId } = expectAccepted(await hub.workflow('ablauf', { charset: 'iso-8859-1' }).send(umlauts));
    expect(JSON.stringify((await hub.application(applicationId)).form)).toContain('Größe: 5 m²');
  });

  it('shows a citizen a page with the reference and nothing of the house, the same one for the same Vorgang', async () => {
    const notice = anEventNotice();
    const [first, second] = await hub.workflow('workflow').sendRepeatedly(notice, 2);
    if (first?.kind !== 'answered' || second?.kind !== 'answered') throw new Error('no answer');
    expect(first.status).toBe(200);
    expect(first.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(second.body).toBe(first.body);
    const [row] = await hub.query<{ id: string; reference: string }>('SELECT id, reference FROM application WHERE submission_id = $1', [
      idOf(notice),
    ]);
    if (row === undefined) throw new Error('there is no application');
    expect(first.body).toContain(row.reference);
    expect(first.body).not.toContain(row.id);
    expect(first.body).not.toMatch(/https?:|<script|workflow|amtsbote/i);
  });

  it.each([0, 2])('sends the same Vorgang 50 times at once with %i files: 50 identical answers, one application', async (uploads) => {
    const notice = anEventNotice(uploads);
    const before = await hub.stored();
    const outcomes = await hub.workflow().sendConcurrently(notice, 50);
    expect(new Set(outcomes.map((outcome) => JSON.stringify(expectAccepted(outcome)))).size).toBe(1);
    const after = await hub.stored();
    expect(after.applications - before.applications).toBe(1);
    expect(after.files.length - before.files.length).toBe(uploads);
  });

  it('sends more values than other formats have parts, and files of any name', async () => {
    const { parameters } = anEventNotice(0);
    const many = Array.from({ length: 1_000 }, (_, index): readonly [string, string] => [`tfWeiteres${index}`, `Wert ${index}`]);
    const submission = { parameters: [...parameters, ...many], files: anEventNotice(1).files };
    const { applicationId } = expectAccepted(await hub.workflow().send(submission));
    const application = await hub.application(applicationId);
    expect(JSON.stringify(application.form)).toContain('"Wert 999"');
    const { applicationId: odd } = expectAccepted(await hub.workflow().sendSpoilt(anEventNotice(0), 'oddFileNames'));
    expect((await hub.application(odd)).attachments).toHaveLength(ODD_FILE_NAMES.length);
  });

  it.each<[FormcycleMischief, number, string, string | undefined]>([
    ['noCredential', 401, 'credentials-missing', 'authorization'],
    ['wrongCredential', 401, 'credentials-wrong', 'authorization'],
    ['noSubmissionId', 400, 'submission-id-missing', '/parameters/vorgang'],
    ['doubledSubmissionId', 400, 'duplicate-parameter', '/parameters/vorgang'],
    ['brokenEncoding', 400, 'not-url-encoded', undefined],
    ['wrongCharset', 400, 'not-in-charset', '/parameters/tfOrt2'],
    ['tooManyParameters', 413, 'too-many-fields', undefined],
  ])('that sends %s is told so, and nothing remains', async (mischief, status, code, place) => {
    const before = await kept();
    const outcome = await hub.workflow().sendSpoilt(anEventNotice(0), mischief);
    expectRefusal(outcome, { status, code, ...(place === undefined ? {} : { place }) });
    await eventually(async () => expect(await kept()).toEqual(before));
  });

  it.each([
    ['a body cut off', (sender: ReturnType<TestHub['workflow']>) => sender.sendTruncated(anEventNotice(1))],
    ['too large', (sender: ReturnType<TestHub['workflow']>) => sender.send({ parameters: [['vorgang', 'x'.repeat(300_000)]], files: [] })],
  ])('that sends %s leaves nothing behind', async (_what, send) => {
    const before = await kept();
    await send(hub.workflow());
    await eventually(async () => expect(await kept()).toEqual(before));
  });

  it('keeps a parameter and a file nobody agreed on', async () => {
    const { applicationId } = expectAccepted(await hub.workflow().sendSpoilt(anEventNotice(1), 'unknownParameter'));
    const application = await hub.application(applicationId);
    expect(JSON.stringify(application.form)).toContain('Über das Formular hinaus');
    expect(application.attachments.map(({ originalName }) => originalName)).toContain('Sonstiges.pdf');
  });

  it('that sends its values by GET is not told that all went well: nothing of them is stored', async () => {
    const before = await kept();
    const { parameters } = anEventNotice(0);
    const query = new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value])).toString();
    const answer = await fetch(`${hub.url}/intake/workflow?${query}`);
    expect(answer.status).toBe(405);
    const body = await answer.text();
    expect(JSON.parse(body)).toMatchObject({ type: 'urn:amtsbote:problem:form-sent-by-get' });
    const name = parameters.find(([parameter]) => parameter === 'tfNachname')?.[1] ?? '';
    expect(body).not.toContain(name);
    expect(hub.log.join('\n')).not.toContain(encodeURIComponent(name));
    expect((await fetch(`${hub.url}/intake/workflow?wsdl`)).status).toBe(200);
    expect(await kept()).toEqual(before);
  });

  it('says what it takes when it is asked without credentials', async () => {
    const answer = await fetch(`${hub.url}/intake/ablauf`);
    expect(await answer.json()).toEqual({ endpoint: 'ablauf', accepts: ['application/x-www-form-urlencoded', 'multipart/form-data'] });
  });
});
