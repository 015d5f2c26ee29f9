// SPDX-License-Identifier: EUPL-1.2
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  type OzgCloudSender,
  ozgCloudSender,
  type OzgCloudSubmission,
  ozgCloudSubmissions,
} from '@amtsbote/adapters/forms-ozg-cloud/simulator';
import { parse, stringify } from 'yaml';

/** The demo's municipality and one more on the same hub. */
export const MUSTERSTADT = '057110000000';
export const ANDERNORT = '051120000000';
/** Family name of every applicant made here: whatever operators see or the log says, it is not this. */
export const CANARY = 'Xylander-Kanarienvogel';

export const OTHER_TOKEN = 'token-of-the-other-town';

interface DemoConfig {
  tenants: Record<string, unknown>;
  endpoints: Record<string, { tenant: string; options: Record<string, unknown> }>;
  routes: Record<string, unknown>[];
  ops: { credentials: unknown[] };
}

/**
 * The demo's configuration with a second municipality, an endpoint whose applications match no route, a route without back office, and an
 * admin of the second municipality alone.
 */
export async function twoTownsConfig(): Promise<string> {
  const config = parse(await readFile('config/demo.yaml', 'utf8')) as DemoConfig;
  const { gewerbe } = config.endpoints;
  if (gewerbe === undefined) throw new Error('the demo has no endpoint gewerbe');
  config.tenants[ANDERNORT] = { name: 'Andernort' };
  const { payment: _fee, leikaByForm: _keys, ...plain } = gewerbe.options;
  config.endpoints['sonstiges'] = { ...gewerbe, options: plain };
  config.endpoints['andernort'] = { ...gewerbe, tenant: ANDERNORT, options: plain };
  config.routes.push({
    name: 'nur-akte',
    match: { tenants: [MUSTERSTADT], formIds: ['nobody-sends-this'] },
    reportTo: 'portal',
    completesBy: 'steps',
    steps: [{ name: 'file', kind: 'filing', instance: 'eakte' }],
  });
  config.ops.credentials.push({ name: 'andernort', token: OTHER_TOKEN, tenants: [ANDERNORT] });
  const file = join(await mkdtemp(join(tmpdir(), 'amtsbote-config-')), 'hub.yaml');
  await writeFile(file, stringify(config));
  return file;
}

/** Sends applications of {@link CANARY}, each with its own id. */
export class Citizens {
  private sent = 0;

  constructor(
    private readonly hubUrl: string,
    private readonly token: string,
  ) {}

  /** @returns the sender's id of what the hub accepted. */
  async apply(endpoint = 'gewerbe', serviceName?: string): Promise<string> {
    this.sent += 1;
    const submission = this.submission(this.sent);
    if (serviceName !== undefined) submission.formData.control.name = serviceName;
    const outcome = await this.formServer(endpoint).send(submission);
    if (outcome.kind !== 'answered' || outcome.status !== 202) throw new Error(`not accepted: ${JSON.stringify(outcome)}`);
    return submission.formData.control.transactionId;
  }

  private formServer(endpoint: string): OzgCloudSender {
    return ozgCloudSender({ url: `${this.hubUrl}/intake/${endpoint}`, auth: { kind: 'bearer', token: this.token } });
  }

  private submission(seed: number): OzgCloudSubmission {
    const [submission] = ozgCloudSubmissions({ count: 1, seed: 4_000 + seed });
    if (submission === undefined) throw new Error('no submission');
    const formData = JSON.parse(JSON.stringify(submission.formData), (key: string, value: unknown) => {
      const isFamilyName = typeof value === 'object' && value !== null && 'name' in value && value.name === 'nachname';
      return isFamilyName && key !== '' ? { ...value, stringValue: CANARY } : value;
    }) as OzgCloudSubmission['formData'];
    return { ...submission, formData };
  }
}
