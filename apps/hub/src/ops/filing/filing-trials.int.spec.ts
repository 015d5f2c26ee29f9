// SPDX-License-Identifier: EUPL-1.2
import { anApplication } from '@amtsbote/adapter-kit/testing';
import type { FilingTrial } from '@amtsbote/ops-api';
import type { FilingRule } from '@amtsbote/store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { processOf, startHouse, TENANT, type TestHouse } from '../../../../../test/support/house.js';
import { decisionFilingStep } from '../../routing/planner.js';
import { Routes } from '../../routing/routes.js';
import type { Operator } from '../operator.js';
import { FilingTrials } from './filing-trials.js';

const OTHER = '999999999999';
const operator = (tenants: readonly string[] | null = null): Operator => ({ name: 'admin', actor: 'admin:admin', via: 'token', tenants });
const RULE = {
  version: 2,
  cabinet: 'gewerbe',
  akte: { per: 'applicant' as const, by: 'application.applicant.familyName', title: '"Akte " + application.applicant.familyName' },
  retention: '10 Jahre',
};

describe('an application that is filed by a rule of the Aktenplan', () => {
  let house: TestHouse;
  let applicationId: string;
  beforeAll(async () => {
    house = await startHouse({
      config: {
        aktenplan: { gewerbe: RULE },
        routes: [
          {
            name: 'by-rule',
            match: { formIds: ['filed'] },
            steps: [{ name: 'file', kind: 'filing', instance: 'eakte', rule: 'gewerbe', when: 'amountCents > 0.0' }],
          },
          { name: 'elsewhere', match: { tenants: [OTHER] }, steps: [{ name: 'file', kind: 'filing', instance: 'eakte' }] },
        ],
      },
    });
    applicationId = await house.submit();
  });
  afterAll(async () => house.close());
  const trials = (): FilingTrials => new FilingTrials(house.house, new Routes(house.house), house.instances);
  const stepOf = async (): Promise<{ options: { rule?: FilingRule } }> => {
    const { file } = await house.steps(applicationId);
    if (file === undefined) throw new Error('no filing step');
    return file;
  };

  it('keeps the rule and its version with the step, without anything of the person', async () => {
    const { options } = await stepOf();
    expect(options.rule).toMatchObject({ name: 'gewerbe', version: 2, cabinet: 'gewerbe', akte: { per: 'applicant', coded: true } });
    expect(JSON.stringify(options)).not.toContain('Mustermann');
  });

  it('goes to the DMS with the place that its own rule gives, also after the configuration has another one', async () => {
    const places: unknown[] = [];
    const { act } = house.targets.dms;
    house.targets.dms.act = async (request, ctx) => {
      places.push(request.place);
      return act(request, ctx);
    };
    const aktenplan = { gewerbe: { ...house.house.loaded.config.aktenplan['gewerbe'], version: 3, cabinet: 'keller' } };
    const loaded = { ...house.house.loaded, config: { ...house.house.loaded.config, aktenplan } };
    const { runner } = processOf(Object.assign(Object.create(house.house) as typeof house.house, { loaded }));
    await runner.drain('eakte');
    await runner.finish(60_000);
    house.targets.dms.act = act;
    expect(places).toEqual([
      {
        ...{ rule: 'gewerbe', version: 2, cabinet: 'gewerbe', classes: {}, retention: '10 Jahre' },
        akte: { key: expect.stringMatching(new RegExp(`^gewerbe/${TENANT}/[0-9a-f]{24}$`)), title: 'Akte Mustermann' },
        vorgang: { title: expect.stringContaining('Gewerbeanmeldung') },
      },
    ]);
  });

  it('takes its decision to the same place', async () => {
    const { options } = await stepOf();
    const { ids } = house.house;
    const step = decisionFilingStep(ids, { number: 1, instance: 'eakte', after: 'file', decisionId: 'd', of: options });
    expect(step.options).toEqual({ decisionId: 'd', rule: options.rule });
  });

  it('shows in a trial where it goes, and hides what depends on the person', async () => {
    const filed = house.targets.dms.filed.length;
    const trial = await trials().run(operator(), { application: applicationId });
    expect(trial).toMatchObject({ route: 'by-rule', masked: true });
    expect(trial.steps).toEqual([
      expect.objectContaining({
        ...{ step: 'file', instance: 'eakte', rule: { name: 'gewerbe', version: 2, retention: '10 Jahre' }, runs: true, problem: null },
        result: expect.objectContaining({
          cabinet: 'gewerbe',
          akte: expect.objectContaining({ key: expect.stringMatching(/^\(personal, /), title: '(personal, 15 characters)' }),
          vorgang: expect.objectContaining({ title: trial.reference }),
        }),
      }),
    ]);
    expect(JSON.stringify(trial)).not.toMatch(/Mustermann|Erika|Käse/);
    expect(house.targets.dms.filed).toHaveLength(filed);
  });

  it('that is brought along is shown as it is, and not kept', async () => {
    const document = anApplication({ tenant: TENANT });
    const bare: FilingTrial = await trials().run(operator(), { route: 'by-rule', document });
    expect(bare.steps[0]?.result?.akte.title).toBe('Akte Mustermann');
    const filed = { $schema: 'urn:de:amtsbote:schema:filed-application:1', application: document };
    expect(await trials().run(operator(), { route: 'by-rule', document: filed })).toEqual(bare);
    expect(await house.query('SELECT 1 FROM application')).toHaveLength(1);
  });

  it('shows what a rule cannot do for it', async () => {
    const applicant = { kind: 'organisation', organisationName: 'Verein' } as const;
    const trial = await trials().run(operator(), { route: 'by-rule', document: anApplication({ tenant: TENANT, applicant }) });
    expect(trial.steps[0]).toMatchObject({ result: null, problem: { kind: 'untransferable', code: 'filing/rule-without-result' } });
  });

  it.each<[string, object, readonly string[] | null, number]>([
    ['another municipality’s application', { application: 'own' }, [OTHER], 404],
    ['another municipality’s document', { document: anApplication({ tenant: TENANT }) }, [OTHER], 403],
    ['an unknown route', { application: 'own', route: 'nowhere' }, null, 422],
    ['a route of others', { application: 'own', route: 'elsewhere' }, null, 422],
    ['no application', { document: { id: 'Mustermann' } }, null, 422],
    ['nothing', {}, null, 422],
    ['both', { application: 'own', document: {} }, null, 422],
  ])('is refused for %s', async (_what, order, tenants, status) => {
    const own = 'application' in order ? { ...order, application: applicationId } : order;
    const error = await trials()
      .run(operator(tenants), own)
      .then(
        () => new Error('it was answered'),
        (reason: unknown) => reason as Error & { status?: number },
      );
    expect(error).toMatchObject({ status });
    expect(JSON.stringify(error)).not.toContain('Mustermann');
  });
});
