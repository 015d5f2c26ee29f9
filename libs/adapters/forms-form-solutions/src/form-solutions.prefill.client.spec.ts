// SPDX-License-Identifier: EUPL-1.2
import { canPrefill, type PrefillingForms } from '@amtsbote/adapter-kit';
import { deliveryErrorOf, testEnvironment } from '@amtsbote/adapter-kit/testing';
import { FormSolutionsServer } from '@amtsbote/adapters/forms-form-solutions/simulator';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { adapter } from './index.js';

describe('values that are left for a form', () => {
  let server: FormSolutionsServer;
  beforeEach(async () => {
    server = await new FormSolutionsServer({ mandant: '22222222-2222', apiKey: 'key' }).start();
  });
  afterEach(async () => server.stop());

  function prefilling(prefill: object = {}): PrefillingForms {
    const options = { push: { auth: { kind: 'none' } }, prefill: { baseUrl: server.url, ...prefill } };
    const port = adapter.create(adapter.options.parse(options), testEnvironment());
    if (!canPrefill(port)) throw new Error('the adapter cannot prefill');
    return port;
  }
  const order = { form: '940000', values: { nachname: 'Müster & Söhne', ort: 'Musterstadt' }, token: 'token-1' };
  const signal = new AbortController().signal;

  it('are there once, with the token, when the citizen opens the form; none of them stands in an address', async () => {
    const { url } = await prefilling().prefill(order, signal);
    expect(url).toBe(`${server.url}/metaform/FormSolutions/sid/assistant/940000?cacheID=c1`);
    expect(server.requests.join('\n')).not.toContain('ster');
    expect(server.openForm(url)).toEqual({ nachname: 'Müster & Söhne', ort: 'Musterstadt', Ordnungsziffer: 'token-1' });
    expect(server.openForm(url)).toBeUndefined();
  });

  it('are refused when one of them has the name of the token', async () => {
    const clash = { ...order, values: { Ordnungsziffer: 'x' } };
    expect(await deliveryErrorOf(prefilling().prefill(clash, signal))).toMatchObject({ kind: 'misconfigured' });
    expect(server.left.size).toBe(0);
  });

  it.each([
    ['down', 'unavailable'],
    ['error500', 'unavailable'],
    ['unauthorised', 'misconfigured'],
    ['garbage', 'unavailable'],
  ] as const)('fail as a %s form server does: %s', async (fault, kind) => {
    server.fail(fault);
    expect(await deliveryErrorOf(prefilling().prefill(order, signal))).toMatchObject({ kind });
  });

  it('are nobody’s without an address', async () => {
    const port = adapter.create(adapter.options.parse({ push: { auth: { kind: 'none' } } }), testEnvironment());
    if (!canPrefill(port)) throw new Error('the adapter cannot prefill');
    expect(await deliveryErrorOf(port.prefill(order, signal))).toMatchObject({ code: 'forms-form-solutions/no-prefill' });
  });
});
