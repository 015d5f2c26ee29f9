// SPDX-License-Identifier: EUPL-1.2
import { readFileSync } from 'node:fs';

import { adapter as formcycle } from '@amtsbote/adapters/forms-formcycle';
import { adapter as ozgCloud } from '@amtsbote/adapters/forms-ozg-cloud';
import { adapter as webhook } from '@amtsbote/adapters/forms-webhook';
import type { MappingTrialOrder } from '@amtsbote/ops-api';
import { Log, ManualClock, seededRandomness, uuidV7 } from '@amtsbote/platform';
import { describe, expect, it } from '@jest/globals';

import { HubConfig } from '../../config/hub-config.js';
import type { House } from '../../house/tokens.js';
import { Routes } from '../../routing/routes.js';
import { IntakeEndpoints } from '../endpoints.js';
import { DataSchemas } from '../schemas/data-schemas.js';
import { MappingTrials } from './mapping-trial.js';

const TENANT = '057110000000';
const auth = { kind: 'bearer', token: 'a token that is not looked at' };
const OPTIONS = {
  hund: { auth, profile: 'gover' },
  gewerbe: { auth, leikaByForm: {} },
  fest: { auth, submissionId: { parameter: 'id' } },
} as const;

function trials(): MappingTrials {
  const clock = new ManualClock();
  const randomness = seededRandomness(1);
  const adapters = { hund: webhook, gewerbe: ozgCloud, fest: formcycle };
  const config = HubConfig.parse({
    publicUrl: 'https://hub.example.org',
    database: { url: 'postgres://nowhere' },
    blobs: { directory: '/nowhere' },
    receiptSecret: 'a secret of the tests, 32 characters',
    tenants: { [TENANT]: { name: 'Musterstadt' } },
    instances: {},
    queues: { register: { tenant: TENANT, credentials: [{ name: 'office', token: 'token-of-the-office' }] } },
    endpoints: Object.fromEntries(
      Object.entries(adapters).map(([name, { type }]) => [name, { adapter: type, tenant: TENANT, ignoredFields: ['/payment'] }]),
    ),
    routes: [{ name: 'dogs', match: { endpoints: ['hund'] }, steps: [{ name: 'hand-over', kind: 'pickup', queue: 'register' }] }],
  });
  const endpoints = new Map(
    Object.entries(adapters).map(([name, adapter]) => [
      name,
      { adapter, options: adapter.options.parse(OPTIONS[name as keyof typeof OPTIONS]) },
    ]),
  );
  const loaded = { config, source: { file: 'test', lineOf: () => undefined }, instances: new Map(), endpoints };
  // Without a database and without a place for blobs: whatever would be stored fails.
  const house = {
    loaded,
    clock,
    randomness,
    ids: uuidV7(clock, randomness),
    log: Log.create('silent'),
    processId: 'test',
  } as unknown as House;
  return new MappingTrials(house, new IntakeEndpoints(house), new Routes(house), new DataSchemas(house));
}

const sample = readFileSync('libs/adapters/forms-webhook/fixtures/gover.json');
const order = (more: Partial<MappingTrialOrder> = {}): MappingTrialOrder => ({
  endpoint: 'hund',
  contentType: 'application/json',
  content: sample.toString('base64'),
  ...more,
});

describe('trying a mapping', () => {
  it('shows what a submission becomes, what is left over, and where it would go', async () => {
    const trial = await trials().run(order());
    expect(trial).toMatchObject({
      rejection: null,
      passedOver: false,
      route: 'dogs',
      input: { mediaType: 'application/json', bytes: sample.length },
    });
    expect(trial.application).toMatchObject({ tenant: TENANT, origin: { endpoint: 'hund', system: 'forms-webhook' } });
    expect(trial.unmapped).toEqual(trial.application?.unmapped);
    expect(trial.unmapped.map(({ path }) => path)).not.toContain('/payment');
    expect(trial.fields.filter(({ path }) => path.startsWith('/payment')).every(({ fate }) => fate === 'ignored')).toBe(true);
    expect(trial.fields).toContainEqual({ path: '/metadata/submission_id', fate: 'mapped' });
  });

  it('tries another mapping in the place of the configured one', async () => {
    const mapping = { version: 1, serviceName: { from: { name: '/form/name' }, expr: '"Versuch: " + text(name)' } };
    const { application } = await trials().run(order({ mapping }));
    expect(application?.publicService.name).toMatch(/^Versuch: /);
  });

  it('says of a mapping that is none what is wrong, and where', async () => {
    const mapping = { formId: { from: {}, expr: 'nobody + 1' } };
    await expect(trials().run(order({ mapping }))).rejects.toMatchObject({ status: 422, code: 'mapping-invalid' });
  });

  it('ends an expression that would not end, and says so', async () => {
    const mapping = {
      formId: {
        from: { a: '/form/name' },
        expr: '("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab" + text(a)).matches("^(a+)+$") ? "j" : "n"',
      },
    };
    const { rejection, application } = await trials().run(order({ mapping }));
    expect(rejection).toMatchObject({ kind: 'untranslatable', code: 'expression-too-slow', place: '/form/name' });
    expect(application).toBeNull();
  });

  it('shows a refusal as the sender would get it', async () => {
    const { rejection } = await trials().run(order({ content: Buffer.from('{"form":').toString('base64') }));
    expect(rejection).toMatchObject({ kind: 'malformed', code: 'not-json' });
    await expect(trials().run(order({ endpoint: 'nobody' }))).rejects.toMatchObject({ status: 404 });
  });

  it('reads multipart with files, none of which is kept', async () => {
    const formData = readFileSync('libs/adapters/forms-ozg-cloud/fixtures/gewerbeanmeldung.json', 'utf8');
    const body = [
      '--x\r\nContent-Disposition: form-data; name="formData"\r\n\r\n' + formData,
      '\r\n--x\r\nContent-Disposition: form-data; name="attachment"; filename="Plan.pdf"\r\n\r\nPlan\r\n--x--\r\n',
    ].join('');
    const trial = await trials().run(
      order({ endpoint: 'gewerbe', contentType: 'multipart/form-data; boundary=x', content: Buffer.from(body).toString('base64') }),
    );
    expect(trial.input.parts).toEqual([
      { name: 'formData', bytes: Buffer.byteLength(formData), fileName: null },
      { name: 'attachment', bytes: 4, fileName: 'Plan.pdf' },
    ]);
    expect(trial.application?.attachments).toMatchObject([{ name: 'Plan.pdf', size: 4 }]);
  });

  it('reads a web form, and maps its answers by their names', async () => {
    const mapping = { applicant: { email: '/form/kontakt' }, serviceName: { at: '/sent/art', lookup: { '1': 'Straßenfest' } } };
    const content = Buffer.from('id=7&art=1&kontakt=fest%40example.org').toString('base64');
    const trial = await trials().run(order({ endpoint: 'fest', contentType: 'application/x-www-form-urlencoded', content, mapping }));
    expect(trial.rejection).toBeNull();
    expect(trial.application).toMatchObject({ publicService: { name: 'Straßenfest' }, applicant: { email: 'fest@example.org' } });
  });
});
