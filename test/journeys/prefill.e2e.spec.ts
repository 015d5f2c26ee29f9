// SPDX-License-Identifier: EUPL-1.2
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { eventually } from './support/eventually.js';
import { TestHub } from './support/test-hub.js';

let hub: TestHub;
beforeAll(async () => {
  hub = await TestHub.start();
});
afterAll(async () => {
  await hub.stop();
});

async function call(path: string, token: string, body: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(hub.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}
async function submit(endpoint: string, values: Readonly<Record<string, string>>): Promise<{ applicationId: string; reference: string }> {
  const { token } = hub.formsCredential();
  const authorization = `Basic ${Buffer.from(`workflow:${token}`).toString('base64')}`;
  const answer = await fetch(`${hub.url}/intake/${endpoint}`, {
    method: 'POST',
    headers: { authorization },
    body: new URLSearchParams(values),
  });
  expect(answer.status).toBe(202);
  return (await answer.json()) as { applicationId: string; reference: string };
}
const akteOf = async (id: string): Promise<unknown> => {
  const [step] = await hub.query<{ akte: unknown }>(
    "SELECT receipt->'akte' AS akte FROM step WHERE application_id = $1 AND name = 'file' AND state = 'done'",
    [id],
  );
  return step?.akte;
};

describe('a large event', () => {
  it('is typed once: its application fills the special one, and both lie in one Akte and name each other', async () => {
    const event = await submit('ablauf', {
      vorgang: 'VA-100',
      formular: 'Veranstaltung',
      tfNachname: 'Muster',
      tfBesucher: '900',
      tfOrt: 'Markt',
    });
    const portal = hub.environment['PORTAL_SECRET'] ?? '';
    const issued = await call(`/applications/${event.applicationId}/prefill`, portal, { form: 'verkehrsrecht' });
    expect(issued).toMatchObject({ status: 201, body: { form: 'verkehrsrecht', values: { tfBesucher: '900', tfOrt: 'Markt' } } });
    const token = String(issued.body['token']);

    const formServer = hub.formsCredential().token;
    const opened = await call('/prefills/redeem', formServer, { token });
    expect(opened).toMatchObject({ status: 200, body: { reference: event.reference, values: { tfBesucher: '900' } } });
    expect((await call('/prefills/redeem', formServer, { token })).status).toBe(410);

    const special = await submit('verkehr', { vorgang: 'VR-100', formular: 'Verkehrsrecht', tfVorbefuellung: token, tfBesucher: '900' });
    await eventually(async () => {
      const [one, other] = [await akteOf(event.applicationId), await akteOf(special.applicationId)];
      expect(one).toBeDefined();
      expect(other).toEqual(one);
    });
    const timelineOf = async (id: string): Promise<Record<string, unknown>> => {
      const headers = { authorization: `Bearer ${hub.environment['OPS_TOKEN'] ?? ''}` };
      return (await (await fetch(`${hub.url}/ops/applications/${id}/timeline`, { headers })).json()) as Record<string, unknown>;
    };
    expect((await timelineOf(special.applicationId))['related']).toEqual([
      { kind: 'prefilledFrom', direction: 'to', reference: event.reference, id: event.applicationId },
    ]);
    expect((await timelineOf(event.applicationId))['related']).toEqual([
      { kind: 'prefilledFrom', direction: 'from', reference: special.reference, id: special.applicationId },
    ]);
  });

  it('lets nobody open or issue who may not, and puts no token and no value into the log', async () => {
    const event = await submit('ablauf', {
      vorgang: 'VA-101',
      formular: 'Veranstaltung',
      tfNachname: 'Geheimrat',
      tfBesucher: '1',
      tfOrt: 'Geheimort',
    });
    const path = `/applications/${event.applicationId}/prefill`;
    expect((await call(path, 'somebody', { form: 'verkehrsrecht' })).status).toBe(401);
    expect((await call(path, hub.formsCredential().token, { form: 'verkehrsrecht' })).status).toBe(401);
    const portal = hub.environment['PORTAL_SECRET'] ?? '';
    expect((await call(path, portal, { form: 'nirgends' })).status).toBe(404);
    expect((await call(path, portal, {})).status).toBe(400);
    const issued = await call(path, portal, { form: 'verkehrsrecht' });
    const token = String(issued.body['token']);
    expect((await call('/prefills/redeem', portal, { token })).status).toBe(401);
    expect((await call('/prefills/redeem', hub.formsCredential().token, { token: 'x' })).status).toBe(404);
    expect((await call('/prefills/redeem', hub.formsCredential().token, { token })).status).toBe(200);
    for (const word of [token, 'Geheimort', 'Geheimrat']) expect(hub.log.filter((line) => line.includes(word))).toEqual([]);
  });
});
