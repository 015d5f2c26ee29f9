// SPDX-License-Identifier: EUPL-1.2
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { startHouse, TENANT, type TestHouse } from '../../../../../test/support/house.js';
import { ApplicationQueries } from '../../ops/applications.queries.js';
import { HouseQueries } from '../../ops/house.queries.js';

const admin = { name: 'admin', actor: 'admin:admin', via: 'token', tenants: null } as const;

describe('forms that are bound to a schema, on the database', () => {
  let directory: string;
  let house: TestHouse;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'amtsbote-schemas-'));
    const file = join(directory, 'hund.json');
    writeFileSync(file, JSON.stringify({ $id: 'urn:musterstadt:hund', type: 'object', required: ['rasse'], properties: { rasse: { maxLength: 5 } } }));
    const bound = (onViolation: 'carry' | 'park' | 'reject') => ({ file, kind: 'json-schema' as const, formVersions: [onViolation], onViolation });
    const endpoint = { adapter: 'forms-fake', tenant: TENANT, dataSchemas: [bound('carry'), bound('park'), bound('reject')] };
    house = await startHouse({ config: { endpoints: { gewerbe: endpoint } } });
  });
  afterEach(async () => {
    await house.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const submit = (formVersion: string, rasse: string | null): Promise<string> =>
    house.submit({ formVersion, form: [{ kind: 'field', name: 'rasse', label: 'Rasse', type: 'text', value: rasse }] });
  const detail = (id: string) => new ApplicationQueries(house.house).detail(id, null);

  it('go on with their violations listed, without a word of what was written', async () => {
    const id = await submit('carry', 'Geheimhund');
    expect(await detail(id)).toMatchObject({
      progress: 'flowing',
      route: 'filed',
      violations: { schema: 'urn:musterstadt:hund', policy: 'carry', count: 1, violations: [{ path: 'rasse', rule: 'maxLength' }] },
    });
    const journal = await house.query('SELECT event, data FROM journal ORDER BY seq');
    expect(JSON.stringify(journal)).toContain('application.schema-violated');
    expect(JSON.stringify(journal)).not.toContain('Geheim');
  });

  it('wait for a person where the policy says so, told apart from those without a route', async () => {
    const id = await submit('park', null);
    expect(await detail(id)).toMatchObject({ progress: 'parked', route: null, steps: [], violations: { policy: 'park' } });
    const parked = await new HouseQueries(house.house).parked(admin);
    expect(parked).toMatchObject([{ code: 'intake/schema-violated', hintKey: 'schemaViolated', count: 1 }]);
  });

  it('are not accepted where the policy says so, and the sender is told where', async () => {
    await expect(submit('reject', 'Geheimhund')).rejects.toMatchObject({
      kind: 'untranslatable',
      code: 'schema-violated',
      place: 'rasse',
      detail: 'Does not fit the schema urn:musterstadt:hund: rasse: maxLength.',
    });
    expect(await house.query('SELECT id FROM application')).toEqual([]);
  });

  it.each(['carry', 'park', 'reject'])('go their way where they fit, whatever the policy: %s', async (policy) => {
    expect(await detail(await submit(policy, 'Dogge'))).toMatchObject({ progress: 'flowing', route: 'filed', violations: null });
  });
});
