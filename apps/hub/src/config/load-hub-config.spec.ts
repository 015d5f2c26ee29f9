// SPDX-License-Identifier: EUPL-1.2
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ConfigError } from '@amtsbote/platform';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { ADAPTERS } from '../adapters.generated.js';
import { loadHubConfig } from './load-hub-config.js';

const DEMO = 'config/demo.yaml';
const demo = readFileSync(DEMO, 'utf8');
/** A value for every variable the demo asks for; those with a default have one. */
const environment = Object.fromEntries(
  [...demo.matchAll(/\$\{env:([A-Z_]+)\}/g)].map(([, name = '']) => [name, /URL$/.test(name) ? 'http://127.0.0.1:1' : 'x'.repeat(40)]),
);
Object.assign(environment, {
  HUB_PORT: '0',
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
      'a parallel run with an endpoint that is not listed',
      /\nroutes:/,
      '\nparallelRuns: { umzug: { current: gewerbe, next: gewrbe } }\n\nroutes:',
      /^parallelRuns\.umzug\.next: expects a listed endpoint → gewerbe$/,
    ],
    [
      'a parallel run of a form system with itself',
      /\nroutes:/,
      '\nparallelRuns: { umzug: { current: gewerbe, next: gewerbe } }\n\nroutes:',
      /^parallelRuns\.umzug\.next: takes part in "umzug" already$/,
    ],
    [
      'a tenant that is not listed',
      "tenants: ['057110000000']",
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
      'something read back that is no DMS',
      'adapter: status-webhook',
      'adapter: status-webhook\n    readBack: { policy: always }',
      /^instances\.portal\.readBack\.policy: expects never: only a DMS is asked what it holds$/,
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

  it.each(['collect', 'status-1', 'file-decision-2', 'refresh-filing-1'])(
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

  const LEASE = 'concurrency: 8\n    leaseMs: ';
  it.each([
    ['a lease as long as an attempt', 'concurrency: 8', `${LEASE}60000`, /^instances\.epayment\.leaseMs: expects more than attemptMs/],
    [
      'a lease as long as a statement',
      'concurrency: 8',
      `${LEASE}30000\n    attemptMs: 20000`,
      /^instances\.epayment\.leaseMs: expects more than database\.statementMs/,
    ],
    [
      'a lease of messages as long as a statement',
      'bus:',
      'bus:\n  leaseMs: 30000',
      /^bus\.leaseMs: expects more than database\.statementMs/,
    ],
    [
      'pauses that would shrink',
      'firstMs: 500, maxMs: 10000',
      'firstMs: 500, maxMs: 499',
      /^instances\.eakte\.retry\.maxMs: expects at least firstMs/,
    ],
    [
      'a circuit that would open shorter',
      'openMaxMs: 5000',
      'openMaxMs: 999',
      /^instances\.eakte\.breaker\.openMaxMs: expects at least openMs/,
    ],
    ['looks that would come closer', 'pollMaxMs: 5000', 'pollMaxMs: 299', /^routes\[0\]\.payment\.pollMaxMs: expects at least pollMs/],
    [
      'a sender that may be silent for longer than it may take',
      'adapter: forms-ozg-cloud',
      'adapter: forms-ozg-cloud\n    limits: { idleMs: 5000, totalMs: 4999 }',
      /^endpoints\.gewerbe\.limits\.totalMs: expects at least idleMs/,
    ],
  ])('refuses to start with %s', (_what, from, to, complaint) => {
    expect(complaints(from, to)).toEqual([expect.stringMatching(complaint)]);
  });

  it('takes times that are just right', () => {
    const right = demo
      .replace('concurrency: 8', `${LEASE}30001\n    attemptMs: 30000`)
      .replace('bus:', 'bus:\n  leaseMs: 30001')
      .replace('firstMs: 500, maxMs: 10000', 'firstMs: 500, maxMs: 500');
    const file = join(directory, 'right.yaml');
    writeFileSync(file, right);
    expect(loadHubConfig(file, environment, ADAPTERS).config.bus.leaseMs).toBe(30_001);
  });

  it('shows no secret in any complaint', () => {
    const all = complaints(
      "credentials: [{ name: fachverfahren, token: '${env:TOWN_PICKUP_TOKEN}' }]",
      'credentials: [{ name: F, token: "geheim" }]',
    );
    expect(all).toHaveLength(2);
    expect(all.join()).not.toContain('geheim');
  });
});
