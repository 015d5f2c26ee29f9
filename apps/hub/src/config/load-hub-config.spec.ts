// SPDX-License-Identifier: EUPL-1.2
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ConfigError } from '@amtsbote/platform';
<<<<<<< HEAD
import { afterAll, describe, expect, it } from '@jest/globals';
=======
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
>>>>>>> wt-core

import { ADAPTERS } from '../adapters.generated.js';
import { loadHubConfig } from './load-hub-config.js';

<<<<<<< HEAD
const directory = mkdtempSync(join(tmpdir(), 'amtsbote-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

const demo = readFileSync('config/demo.yaml', 'utf8');
const names = [...demo.matchAll(/\$\{env:([A-Z_]+)/g)].map(([, name = '']) => name);
const environment: Record<string, string> = {
  ...Object.fromEntries(names.map((name) => [name, `http://127.0.0.1:1/${name}-0123456789abcdef0123456789`])),
  TOWN_PORTAL_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
  HUB_PORT: '0',
  HUB_LOG_LEVEL: 'info',
};

/** What loading says about the demo's configuration after `from` was replaced by `to`; the line is that of `to`'s first line. */
function complaintAbout(from: string | RegExp, to: string, environmentThen = environment): { message: string; line: number } {
  const text = demo.replace(from, to);
  if (text === demo && environmentThen === environment) throw new Error('nothing was changed');
  const file = join(directory, 'hub.yaml');
  writeFileSync(file, text);
  const line = text.slice(0, text.indexOf(to)).split('\n').length;
  try {
    loadHubConfig(file, environmentThen, ADAPTERS);
  } catch (error) {
    if (error instanceof ConfigError) return { message: error.message, line };
    throw error;
  }
  throw new Error('the configuration was accepted');
}

/** File, and one finding: where, in which line, what is expected. */
const complaint = (path: string, line: number, expected: string): string =>
  `${join(directory, 'hub.yaml')} cannot be used:\n  ${path} (line ${line}): ${expected}`;

describe('a configuration is refused with place, line, expectation and nearest choice for', () => {
  it('a misspelt key', () => {
    const { message, line } = complaintAbout('sweepMs: 250', 'sweepMS: 250');
    expect(message).toBe(complaint('sweepMS', line, 'is not a known key; did you mean "sweepMs"?'));
  });

  it('a misspelt key deep inside', () => {
    const { message, line } = complaintAbout('retry: { firstMs: 500,', 'retry: { fristMs: 500,');
    expect(message).toBe(complaint('instances.eakte.retry.fristMs', line, 'is not a known key; did you mean "firstMs"?'));
  });

  it("a misspelt key in an adapter's options", () => {
    const { message, line } = complaintAbout('documentArea: DA', 'documentArae: DA');
    expect(message).toContain(`instances.eakte.options.documentArae (line ${line}): is not a known key; did you mean "documentArea"?`);
  });

  it('a misspelt key in one of several shapes', () => {
    const { message, line } = complaintAbout('kind: filing, instance: eakte', 'kind: filing, instanse: eakte');
    expect(message).toContain(`routes[0].steps[1].instanse (line ${line}): is not a known key; did you mean "instance"?`);
  });

  it('a value that is none of the choices', () => {
    const { message, line } = complaintAbout('completesBy: decision', 'completesBy: decisions');
    expect(message).toBe(complaint('routes[0].completesBy', line, 'expects one of decision, steps; did you mean "decision"?'));
  });

  it('an unknown adapter', () => {
    const { message, line } = complaintAbout('adapter: dms-nscale', 'adapter: dms-nscael');
    expect(message).toContain(complaint('instances.eakte.adapter', line, 'expects one of '));
    expect(message).toContain('; did you mean "dms-nscale"?');
  });

  it('an adapter of another kind at an endpoint', () => {
    const { message, line } = complaintAbout('adapter: forms-ozg-cloud', 'adapter: dms-memory');
    expect(message).toContain(`endpoints.gewerbe.adapter (line ${line}): expects an adapter of kind forms`);
  });

  it('an unknown instance in a route', () => {
    const { message, line } = complaintAbout('kind: filing, instance: eakte', 'kind: filing, instance: eakten');
    expect(message).toBe(complaint('routes[0].steps[1].instance', line, 'expects an instance of kind dms (eakte); did you mean "eakte"?'));
  });

  it('an instance of another kind in a route', () => {
    const { message, line } = complaintAbout('kind: filing, instance: eakte', 'kind: filing, instance: portal');
    expect(message).toBe(complaint('routes[0].steps[1].instance', line, 'expects an instance of kind dms (eakte)'));
  });

  it('an unknown queue in a route', () => {
    const { message, line } = complaintAbout('queue: gewerberegister,', 'queue: gewerberegistre,');
    expect(message).toBe(
      complaint('routes[0].steps[2].queue', line, 'expects a queue listed under queues; did you mean "gewerberegister"?'),
    );
  });

  it('a step after one that comes later or not at all', () => {
    const { message, line } = complaintAbout('after: [fee]', 'after: [fees]');
    expect(message).toBe(
      complaint('routes[0].steps[1].after', line, 'expects names of earlier steps, "fees" is none; did you mean "fee"?'),
    );
  });

  it('a lease that ends before the attempt', () => {
    const { message, line } = complaintAbout('adapter: dms-nscale', 'adapter: dms-nscale\n    attemptMs: 60000\n    leaseMs: 60000');
    expect(message).toBe(
      complaint('instances.eakte.leaseMs', line + 2, 'expects more than attemptMs: otherwise two workers would deliver the same step'),
    );
  });

  it('a tenant that is not listed', () => {
    const { message } = complaintAbout(/(gewerberegister:\n {4}tenant: ['"])057110000000/, '$1057110000009');
    expect(message).toMatch(
      /queues\.gewerberegister\.tenant \(line \d+\): expects a tenant listed under tenants, "057110000009" is not; did you mean "057110000000"\?$/,
    );
  });

  it('an expression that does not parse', () => {
    const { message, line } = complaintAbout('when: amountCents > 0', 'when: amountCents >');
    expect(message).toContain(complaint('routes[0].steps[0].when', line, 'expects'));
  });

  it('a missing environment variable', () => {
    const { HUB_OPS_TOKEN: _without, ...rest } = environment;
    const { message } = complaintAbout('', '', rest);
    expect(message).toMatch(/ops\.credentials\[0\]\.token \(line \d+\): expects the environment variable HUB_OPS_TOKEN to be set$/);
  });

  it('a file that cannot be read', () => {
    const { message, line } = complaintAbout(/receiptSecret: .*/, 'receiptSecret: ${file:nowhere}');
    expect(message).toBe(complaint('receiptSecret', line, 'expects the file nowhere to be readable'));
  });

  it('a number out of its range', () => {
    const { message, line } = complaintAbout('sweepMs: 250', 'sweepMs: 5');
    expect(message).toContain(complaint('sweepMs', line, ''));
    expect(message).toContain('20');
  });

  it('a key given twice', () => {
    const { message } = complaintAbout('sweepMs: 250', 'sweepMs: 250\nsweepMs: 300');
    expect(message).toMatch(/hub\.yaml cannot be used:\n {2}YAML \(line \d+\): Map keys must be unique/);
  });

  it('a key that has to be there', () => {
    const { message } = complaintAbout(/blobs: .*\n/, '');
    expect(message).toMatch(/cannot be used:\n {2}blobs: expects object, but it is missing$/);
  });

  it('several mistakes at once', () => {
    const { message } = complaintAbout(/shutdown: .*\n/, 'shutdown: { drainMs: -1, finishMs: lang }\n');
    expect(message).toContain('shutdown.drainMs');
    expect(message).toMatch(/shutdown\.finishMs \(line \d+\): expects (int|number)$/m);
  });
});

it('a refused configuration never repeats the value of a secret', () => {
  const { message } = complaintAbout('', '', { ...environment, HUB_OPS_TOKEN: 'zu-kurz' });
  expect(message).toContain('ops.credentials[0].token');
  expect(message).not.toContain('zu-kurz');
});
=======
const DEMO = 'config/demo.yaml';
const demo = readFileSync(DEMO, 'utf8');
/** A value for every variable the demo asks for. */
const environment = Object.fromEntries(
  [...demo.matchAll(/\$\{env:([A-Z_]+)/g)].map(([, name = '']) => [name, /URL$/.test(name) ? 'http://127.0.0.1:1' : 'x'.repeat(40)]),
);
Object.assign(environment, {
  HUB_PORT: '0',
  HUB_LOG_LEVEL: 'warn',
  TOWN_PORTAL_SECRET: `whsec_${Buffer.alloc(32).toString('base64')}`,
});

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'amtsbote-hub-config-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** What is wrong with the demo after one change. */
function complaints(from: string | RegExp, to: string): string[] {
  const changed = demo.replace(from, to);
  if (changed === demo) throw new Error('the change changes nothing');
  const file = join(directory, 'hub.yaml');
  writeFileSync(file, changed);
  try {
    loadHubConfig(file, environment, ADAPTERS);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.findings.map(({ path, expected, nearest, line }) => {
      expect([path, line]).toEqual([path, expect.any(Number)]);
      return `${path}: ${expected}${nearest === undefined ? '' : ` → ${nearest}`}`;
    });
  }
  throw new Error('there is nothing wrong with it');
}

describe('the configuration of the hub', () => {
  it('of the demo holds together, and its adapters have read their options', () => {
    const loaded = loadHubConfig(DEMO, environment, ADAPTERS);
    expect([...loaded.instances.keys()]).toEqual(['epayment', 'eakte', 'portal']);
    expect(loaded.instances.get('eakte')?.adapter.type).toBe('dms-nscale');
    expect([...loaded.endpoints.keys()]).toEqual(['gewerbe']);
    expect(loaded.config.listen.port).toBe(0);
  });

  it.each([
    [
      'an adapter that is not there',
      'adapter: dms-nscale',
      'adapter: dms-nscal',
      /^instances\.eakte\.adapter: expects one of .* → dms-nscale$/,
    ],
    [
      'an unknown option of an adapter',
      'documentArea: DA',
      'documentAera: DA',
      /^instances\.eakte\.options\.documentAera: is not a known key → documentArea$/,
    ],
    [
      'a DMS for an endpoint',
      'adapter: forms-ozg-cloud',
      'adapter: dms-memory',
      /^endpoints\.gewerbe\.adapter: expects an adapter of kind forms$/,
    ],
    [
      'a tenant that is not listed',
      'tenants: ["057110000000"]',
      'tenants: ["057110000001"]',
      /^portals\.buergerportal\.tenants\[0\]: expects a tenant .* → 057110000000$/,
    ],
    [
      'an instance that is not there',
      'kind: filing, instance: eakte',
      'kind: filing, instance: akte',
      /^routes\[0\]\.steps\[1\]\.instance: expects an instance of kind dms .* → eakte$/,
    ],
    [
      'an instance of another kind',
      'kind: filing, instance: eakte',
      'kind: filing, instance: portal',
      /^routes\[0\]\.steps\[1\]\.instance: expects an instance of kind dms \(eakte\)/,
    ],
    [
      'a queue that is not there',
      'queue: gewerberegister',
      'queue: gewerberegistr',
      /^routes\[0\]\.steps\[2\]\.queue: expects a queue .* → gewerberegister$/,
    ],
    [
      'a step that comes later',
      'instance: eakte, after: [fee]',
      'instance: eakte, after: [hand-over]',
      /^routes\[0\]\.steps\[1\]\.after: expects names of earlier steps/,
    ],
    ['a step named twice', 'name: file,', 'name: fee,', /^routes\[0\]\.steps\[1\]\.name: is used twice/],
    ['a report to nobody', 'reportTo: portal', 'reportTo: prtal', /^routes\[0\]\.reportTo: .* → portal$/],
    [
      'a lease shorter than an attempt',
      'adapter: dms-nscale',
      'adapter: dms-nscale\n    leaseMs: 1000',
      /^instances\.eakte\.leaseMs: expects more than attemptMs/,
    ],
    [
      'a condition that is no expression',
      'when: amountCents > 0',
      'when: "amountCents >"',
      /^routes\[0\]\.steps\[0\]\.when: is not a valid expression/,
    ],
    [
      'an endpoint nobody listed, in a match',
      'match: {',
      'match: { endpoints: [gewerb],',
      /^routes\[0\]\.match\.endpoints\[0\]: expects a listed endpoint → gewerbe$/,
    ],
    [
      'a tenant nobody listed, in a match',
      'match: {',
      'match: { tenants: ["057110000009"],',
      /^routes\[0\]\.match\.tenants\[0\]: expects a tenant/,
    ],
    [
      'a tenant nobody listed, of an operator',
      'name: admin,',
      'name: admin, tenants: ["057110000009"],',
      /^ops\.credentials\[0\]\.tenants\[0\]: expects a tenant/,
    ],
    ['an unknown key at the top', 'sweepMs: 250', 'sweepMS: 250', /^sweepMS: is not a known key → sweepMs$/],
  ])('names place, line and the nearest choice for %s', (_what, from, to, complaint) => {
    expect(complaints(from, to)).toEqual(expect.arrayContaining([expect.stringMatching(complaint)]));
  });

  it.each(['collect', 'status-1', 'file-decision-2'])(
    'refuses a step named %s: the hub adds steps of such names itself, and no application with two of them could be stored',
    (name) => {
      expect(complaints('name: hand-over', `name: ${name}`)).toEqual([
        'routes[0].steps[2].name: is the name of a step that the hub adds by itself',
      ]);
    },
  );

  it('refuses an instance named as the hub names itself', () => {
    expect(complaints('  portal:\n    adapter: status-webhook', '  hub:\n    adapter: status-webhook').join()).toContain(
      'instances.hub: is the name under which the hub works by itself',
    );
  });

  it('shows no secret in any complaint', () => {
    const all = complaints(
      'credentials: [{ name: fachverfahren, token: "${env:TOWN_PICKUP_TOKEN}" }]',
      'credentials: [{ name: F, token: "geheim" }]',
    );
    expect(all).toHaveLength(2);
    expect(all.join()).not.toContain('geheim');
  });
});
>>>>>>> wt-core
