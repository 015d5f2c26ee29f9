// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError, type FormsPort, type PrefillOrder } from '@amtsbote/adapter-kit';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { aDraft, startHouse, submitTo, TENANT, type TestHouse } from '../../../../test/support/house.js';
import type { House } from '../house/tokens.js';
import type { IntakeEndpoints } from '../intake/endpoints.js';
import type { IntakeEndpoint } from '../intake/intake.service.js';
import { type IssuedPrefill, Prefills } from './prefills.js';
import { RelatedQueries } from './related.queries.js';

const DAY = 24 * 60 * 60_000;
const PORTAL = { actor: 'portal:buergerportal', tenants: [TENANT] };
const OTHER = '999999999999';
const text = (name: string, value: string) => ({ kind: 'field', name, label: name, type: 'text', value }) as const;

/** All endpoints have this port. */
const endpointsWith = (port: FormsPort): IntakeEndpoints => ({ get: () => ({ port }) }) as unknown as IntakeEndpoints;
const parts = ({ house: { clock, randomness, ids, log, blobs, processId, database } }: TestHouse): Omit<House, 'loaded'> => {
  return { clock, randomness, ids, log, blobs, processId, database };
};
function raise(): never {
  throw new Error('not configured');
}

describe('a form that is filled from another application', () => {
  let house: TestHouse;
  let prefills: Prefills;
  let second: IntakeEndpoint;
  beforeEach(async () => {
    const credentials = [{ name: 'formserver', token: 'token-of-the-form-server' }];
    const prefill = { tenants: [TENANT], credentials, formUrl: 'https://forms.example.org/verkehr?t={token}' };
    house = await startHouse({
      config: {
        prefills: {
          verkehr: {
            ...prefill,
            when: 'text(fields, "veranstaltung") != ""',
            values: {
              anlass: 'text(fields, "veranstaltung")',
              besucher: 'text(fields, "besucher")',
              firma: 'application.applicant.organisationName',
            },
          },
        },
      },
    });
    prefills = new Prefills(house.house, endpointsWith(house.targets.forms));
    second = { ...house.endpoint, name: 'verkehr', config: { ...house.endpoint.config, prefillToken: 'vorbefuellung' } };
  });
  afterEach(async () => house.close());

  const event = async (): Promise<string> => house.submit({ form: [text('veranstaltung', 'Stadtfest'), text('besucher', '900')] });
  const issued = async (id: string): Promise<IssuedPrefill> => prefills.issue(PORTAL, id, 'verkehr');
  const redeem = (token: string): Promise<object> => prefills.redeem((form) => `form:${form}/formserver`, token);
  const documentOf = async (id: string): Promise<Record<string, unknown>> =>
    (await house.query<{ document: Record<string, unknown> }>('SELECT document FROM application WHERE id = $1', [id]))[0]?.document ?? {};

  it('gets its values by a token, once; what the application does not have is left to the citizen', async () => {
    const id = await event();
    const { token, values, url, expiresAt } = await issued(id);
    const { reference } = await documentOf(id);
    expect(values).toEqual({ anlass: 'Stadtfest', besucher: '900' });
    expect(url).toBe(`https://forms.example.org/verkehr?t=${token}`);
    expect(expiresAt.getTime() - house.clock.now().getTime()).toBe(7 * DAY);
    await expect(redeem(token)).resolves.toEqual({ form: 'verkehr', reference, values });
    await expect(redeem(token)).rejects.toMatchObject({ status: 410, code: 'prefill-used' });
    const noted = await house.query<{ actor: string; event: string }>(
      "SELECT actor, event FROM journal WHERE event LIKE 'prefill.%' ORDER BY seq",
    );
    expect(noted).toEqual([
      { actor: 'portal:buergerportal', event: 'prefill.issued' },
      { actor: 'form:verkehr/formserver', event: 'prefill.redeemed' },
    ]);
  });

  it('is opened by one of many who come at once', async () => {
    const { token } = await issued(await event());
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => redeem(token)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is not opened by a token that is too old, unknown, or another form’s', async () => {
    const { token } = await issued(await event());
    await expect(prefills.redeem(() => { throw new Error('not this form server'); }, token)).rejects.toThrow('not this form server'); // prettier-ignore
    house.clock.advance(7 * DAY);
    await expect(redeem(token)).rejects.toMatchObject({ status: 410, code: 'prefill-expired' });
    await expect(redeem('unknown')).rejects.toMatchObject({ status: 404, code: 'unknown-token' });
  });

  it('keeps no token and no value of the citizen in its table', async () => {
    const { token } = await issued(await event());
    const rows = JSON.stringify(await house.query('SELECT * FROM prefill'));
    expect(rows).not.toContain(token);
    expect(rows).not.toContain('Stadtfest');
  });

  it('is refused for applications it is not filled from, and for other municipalities', async () => {
    const id = await event();
    await expect(prefills.issue(PORTAL, await house.submit(), 'verkehr')).rejects.toMatchObject({
      status: 409,
      code: 'prefill-not-for-this',
    });
    await expect(prefills.issue({ ...PORTAL, tenants: [OTHER] }, id, 'verkehr')).rejects.toMatchObject({ status: 404 });
    await expect(prefills.issue(PORTAL, id, 'nowhere')).rejects.toMatchObject({ status: 404, code: 'unknown-prefill' });
  });

  it('belongs to the case of the application it was filled from, as does what follows on it', async () => {
    const first = await event();
    const { token } = await issued(first);
    const { reference } = await documentOf(first);
    const filled = await submitTo(house, second, house.targets, aDraft({ form: [text('vorbefuellung', token)] }));
    expect(await documentOf(filled.id)).toMatchObject({
      caseReference: reference,
      relations: [{ kind: 'prefilledFrom', target: reference }],
    });
    const later = await house.submit({ relations: [{ kind: 'followUpOf', target: filled.reference }] });
    expect(await documentOf(later)).toMatchObject({ caseReference: reference });

    const related = new RelatedQueries(house.house);
    const of = { id: filled.id, tenant: TENANT, reference: filled.reference };
    expect(await related.of(of)).toEqual([
      { kind: 'prefilledFrom', direction: 'to', reference, id: first },
      { kind: 'followUpOf', direction: 'from', reference: (await documentOf(later))['reference'], id: later },
    ]);
  });

  it('begins a case of its own where it names nothing that is here, and that stands in the journal', async () => {
    const foreign = await house.submit({ relations: [{ kind: 'followUpOf', target: 'A-4711 in another town' }] });
    const stray = await submitTo(house, second, house.targets, aDraft({ form: [text('vorbefuellung', 'no-token-at-all')] }));
    for (const id of [foreign, stray.id]) {
      expect(await documentOf(id)).not.toHaveProperty('caseReference');
      const [entry] = await house.query<{ data: object }>(
        "SELECT data FROM journal WHERE application_id = $1 AND event = 'application.submitted'",
        [id],
      );
      expect(entry?.data).toMatchObject({ unknownRelations: 1 });
    }
    const kept = await new RelatedQueries(house.house).of({ id: foreign, tenant: TENANT, reference: '' });
    expect(kept).toEqual([{ kind: 'followUpOf', direction: 'to', reference: 'A-4711 in another town', id: null }]);
  });

  describe('whose form server takes the values before it is opened', () => {
    const left: PrefillOrder[] = [];
    let refusal: DeliveryError | undefined;
    const leaving = (): Prefills => {
      left.splice(0);
      refusal = undefined;
      const { loaded } = house.house;
      const { formUrl: _formUrl, ...verkehr } = loaded.config.prefills['verkehr'] ?? raise();
      const config = { ...loaded.config, prefills: { verkehr: { ...verkehr, leaveAt: { endpoint: 'gewerbe', form: '940000' } } } };
      const port = Object.assign(Object.create(house.targets.forms) as FormsPort, {
        prefill: async (order: PrefillOrder) => {
          if (refusal !== undefined) throw refusal;
          left.push(order);
          return { url: 'https://forms.example.org/start?cacheID=1' };
        },
      });
      return new Prefills({ ...parts(house), loaded: { ...loaded, config } }, endpointsWith(port));
    };

    it('gets them with the token, by which its submission finds the case again', async () => {
      const id = await event();
      const { token, url, values } = await leaving().issue(PORTAL, id, 'verkehr');
      expect(url).toBe('https://forms.example.org/start?cacheID=1');
      expect(left).toEqual([{ form: '940000', values, token }]);
      const { reference } = await documentOf(id);
      const filled = await house.submit({ relations: [{ kind: 'prefilledFrom', target: token }] });
      expect(await documentOf(filled)).toMatchObject({
        caseReference: reference,
        relations: [{ kind: 'prefilledFrom', target: reference }],
      });
    });

    it('is told as a problem of its own when the form server does not take them', async () => {
      const id = await event();
      const leaves = leaving();
      refusal = DeliveryError.unavailable('forms-x/down', 'The form server does not answer.');
      await expect(leaves.issue(PORTAL, id, 'verkehr')).rejects.toMatchObject({ status: 502, code: 'prefill-not-left' });
    });

    it('is refused at the start where the adapter cannot leave values', () => {
      const { loaded } = house.house;
      const verkehr = loaded.config.prefills['verkehr'] ?? raise();
      const config = { ...loaded.config, prefills: { verkehr: { ...verkehr, leaveAt: { endpoint: 'gewerbe', form: '1' } } } };
      const make = (): Prefills => new Prefills({ ...parts(house), loaded: { ...loaded, config } }, endpointsWith(house.targets.forms));
      expect(make).toThrow('prefills.verkehr.leaveAt: the adapter of the endpoint gewerbe cannot leave values');
    });
  });

  it('finds who names an application by an index, not by reading all', async () => {
    await house.query(
      `INSERT INTO application (id, tenant, reference, endpoint, submission_id, fingerprint, completes_by, state, progress, test, document, received_at, changed_at)
       SELECT gen_random_uuid(), '${TENANT}', 'R' || n, 'gewerbe', 's' || n, 'f', 'steps', 'SUBMITTED', 'finished', false,
         jsonb_build_object('relations', CASE WHEN n % 100 = 0 THEN jsonb_build_array(jsonb_build_object('kind', 'followUpOf', 'target', 'R' || n - 1)) ELSE '[]' END),
         now(), now() FROM generate_series(1, 5000) AS n`,
    );
    await house.query('ANALYZE application');
    const [row] = await house.query<{ 'QUERY PLAN': unknown }>(
      `EXPLAIN (FORMAT JSON) SELECT 1 FROM application a WHERE a.document->'relations' <> '[]' AND a.document->'relations' @> ANY(ARRAY['[{"target": "R99"}]']::jsonb[])`,
    );
    expect(JSON.stringify(row)).toContain('application_related');
  });
});
