// SPDX-License-Identifier: EUPL-1.2
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';

import { aDraft, startHouse, submitTo, TENANT, type TestHouse, withDatabase } from '../../../../../test/support/house.js';
import { FormVersionQueries } from '../../ops/forms/form-versions.queries.js';
import { FormCoverage } from './form-coverage.js';

const admin = { name: 'admin', actor: 'admin:admin', via: 'token', tenants: null } as const;
const stranger = { ...admin, tenants: ['999999999999'] };

describe('the count of fields, on its database', () => {
  let house: TestHouse;
  let queries: FormVersionQueries;
  beforeEach(async () => {
    house = await startHouse();
    queries = new FormVersionQueries(house.house);
  });
  afterEach(async () => house.close());

  const submit = (formVersion: string, unmapped: Record<string, string> = {}) =>
    house.submit({ formVersion, unmapped: Object.entries(unmapped).map(([path, value]) => ({ path, value })) });
  const version = async (formVersion: string) => {
    const found = (await queries.list(admin, { limit: 100 })).find((one) => one.formVersion === formVersion);
    if (found === undefined) throw new Error('the version was not seen');
    return queries.get(admin, found.id);
  };

  it('counts each field of each version, and writes it down from time to time', async () => {
    await submit('1', { '/rating': '5' });
    await submit('1');
    await submit('2');
    expect((await version('1')).submissions).toBe(0);
    await house.coverage.flush();
    await house.coverage.flush();
    const first = await version('1');
    expect(first).toMatchObject({
      tenant: TENANT,
      endpoint: 'gewerbe',
      formId: 'filed',
      submissions: 2,
      fields: { unmapped: 1, ignored: 0 },
    });
    expect(first.fieldList.find(({ path }) => path === '/rating')).toMatchObject({ fate: 'unmapped', submissions: 1 });
    expect(first.fieldList.filter(({ fate }) => fate === 'mapped').every(({ submissions }) => submissions === 2)).toBe(true);
    expect((await version('2')).submissions).toBe(1);
  });

  it('raises one notice for a version, and one for fields that a known version did not have', async () => {
    await submit('1');
    await submit('1');
    await submit('1', { '/new': 'x' });
    await submit('1', { '/new': 'y' });
    const { noticeList, notices } = await version('1');
    expect(notices).toBe(2);
    expect(noticeList.map(({ kind }) => kind)).toEqual(['fields', 'version']);
    expect(noticeList[0]?.fields).toEqual([{ path: '/new', fate: 'unmapped' }]);
  });

  it('raises it once, however many processes see it at the same time', async () => {
    const second = await house.startProcess('second');
    const draft = { formVersion: '7', unmapped: [{ path: '/new', value: 'x' }] };
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => submitTo(index % 2 === 0 ? house : second, house.endpoint, house.targets, aDraft(draft))),
    );
    await Promise.all([house.coverage.flush(), second.coverage.flush()]);
    const seen = await version('7');
    expect(seen.noticeList).toHaveLength(1);
    expect(seen.submissions).toBe(30);
    expect(seen.fieldList.find(({ path }) => path === '/new')?.submissions).toBe(30);
  });

  it('counts a repeated submission once', async () => {
    const draft = aDraft({ formVersion: '1' });
    await submitTo(house, house.endpoint, house.targets, draft);
    await submitTo(house, house.endpoint, house.targets, draft);
    await house.coverage.flush();
    expect((await version('1')).submissions).toBe(1);
  });

  it('remembers what was confirmed, and by whom; strangers see nothing', async () => {
    await submit('1');
    const { id } = await version('1');
    await expect(queries.get(stranger, id)).rejects.toMatchObject({ status: 404 });
    await expect(queries.confirm(stranger, id, 'mine')).rejects.toMatchObject({ status: 404 });
    expect(await queries.list(stranger, { limit: 10 })).toEqual([]);
    expect(await queries.confirm(admin, id, 'mapped now')).toEqual({ seen: 1 });
    expect(await queries.confirm(admin, id, 'mapped now')).toEqual({ seen: 0 });
    expect((await version('1')).noticeList).toMatchObject([{ seenBy: 'admin:admin' }]);
  });

  it('carries what an endpoint does not ignore, and counts what it does', async () => {
    const endpoint = { ...house.endpoint, config: { ...house.endpoint.config, ignoredFields: ['/metadata/rating'] } };
    const unmapped = [{ path: '/metadata', value: { rating: 5, kept: 'x' } }];
    const { id } = await submitTo(house, endpoint, house.targets, aDraft({ formVersion: '1', unmapped }));
    const [row] = await house.query<{ unmapped: unknown }>("SELECT document->'unmapped' AS unmapped FROM application WHERE id = $1", [id]);
    expect(row?.unmapped).toEqual([{ path: '/metadata', value: { kept: 'x' } }]);
    expect((await version('1')).fields).toMatchObject({ unmapped: 1, ignored: 1 });
  });

  it('keeps what it counted when it cannot be written, and takes submissions all the same', async () => {
    const broken = Object.create(house.house.database) as DataSource;
    let isBroken = true;
    const refuse = (): never => {
      throw new Error('the database is away');
    };
    broken.transaction = (act: never) => (isBroken ? refuse() : house.house.database.transaction(act));
    const coverage = new FormCoverage(withDatabase(house.house, broken));
    const covered = await coverage.note('gewerbe', TENANT, aDraft({ formVersion: '9' }), []);
    covered.count();
    await coverage.flush();
    expect((await version('9')).submissions).toBe(0);
    isBroken = false;
    await coverage.flush();
    expect((await version('9')).submissions).toBe(1);
    broken.query = (async () => refuse()) as DataSource['query'];
    await expect(coverage.note('gewerbe', TENANT, aDraft({ formVersion: '10' }), [])).resolves.toBeDefined();
  });
});
