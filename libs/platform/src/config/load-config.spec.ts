// SPDX-License-Identifier: EUPL-1.2
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';

import { ConfigError } from './config-error.js';
import { checkConfig, readConfig } from './load-config.js';
import { nearest } from './nearest.js';

const Schema = z.strictObject({
  level: z.enum(['debug', 'info', 'warn']).default('info'),
  url: z.url().optional(),
  retries: z.int().min(1).max(9).optional(),
  token: z.string().min(8, 'a token of at least 8 characters').optional(),
  port: z.union([z.int().min(0), z.string().regex(/^\d+$/, 'digits')]).optional(),
  version: z.literal(2).optional(),
  instances: z.record(z.string().regex(/^[a-z-]+$/, 'a name of lower-case letters'), z.strictObject({ timeoutMs: z.int() })).optional(),
  steps: z
    .array(
      z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('payment'), instance: z.string() }),
        z.strictObject({ kind: z.literal('pickup'), queue: z.string() }),
      ]),
    )
    .optional(),
});

let directory: string;
let file: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'amtsbote-config-'));
  file = join(directory, 'hub.yaml');
});
afterAll(() => rmSync(directory, { recursive: true }));

function load(yaml: string, environment: Record<string, string> = {}): unknown {
  writeFileSync(file, yaml);
  const { value, source } = readConfig(file, environment);
  return checkConfig(Schema, value, source);
}
/** What an operator reads, without the first line. */
function complaints(yaml: string, environment: Record<string, string> = {}): string[] {
  try {
    load(yaml, environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [first, ...lines] = error.message.split('\n');
    expect(first).toBe(`${file} cannot be used:`);
    return lines.map((line) => line.trim());
  }
  throw new Error('there is nothing wrong with it');
}

describe('a configuration', () => {
  it('is read with its defaults', () => {
    expect(load('retries: 3\n')).toEqual({ level: 'info', retries: 3 });
  });

  it.each([
    ['level: inof', 'level (line 1): expects one of debug, info, warn; did you mean "info"?'],
    ['level: 7', 'level (line 1): expects one of debug, info, warn'],
    ['level: debug\nlevl: warn', 'levl (line 2): is not a known key; did you mean "level"?'],
    ['quite-something-else: 1', 'quite-something-else (line 1): is not a known key'],
    ['retries: "3"', 'retries (line 1): expects number'],
    ['retries: 1.5', 'retries (line 1): expects int'],
    ['retries: 12', 'retries (line 1): expects number to be <=9'],
    ['url: nowhere', 'url (line 1): expects a valid url'],
    ['token: short', 'token (line 1): expects a token of at least 8 characters'],
    ['port: {}', 'port (line 1): expects number or string'],
    ['version: 3', 'version (line 1): expects 2'],
    ['instances:\n  EAkte: { timeoutMs: 1 }', 'instances.EAkte (line 2): expects as its name a name of lower-case letters'],
    [
      'instances:\n  eakte:\n    timeoutMs: 1\n    timeout: 2',
      'instances.eakte.timeout (line 4): is not a known key; did you mean "timeoutMs"?',
    ],
    ['instances:\n  eakte:\n    {}', 'instances.eakte.timeoutMs (line 2): expects number, but it is missing'],
    [
      'steps:\n  - kind: payment\n    instance: a\n  - kind: pikup\n    queue: b',
      'steps[1].kind (line 4): expects one of payment, pickup; did you mean "pickup"?',
    ],
    ['steps:\n  - kind: pickup\n    queu: b', 'steps[0].queu (line 3): is not a known key; did you mean "queue"?'],
    ['steps: 1', 'steps (line 1): expects array'],
    ['- a', 'expects object'],
  ])('that says %j is refused with place, line, expectation and the nearest choice', (yaml, complaint) => {
    expect(complaints(yaml).some((line) => line.endsWith(complaint))).toBe(true);
  });

  it('is told everything that is wrong at once', () => {
    expect(complaints('level: inof\nretries: 0\nurl: x\n')).toHaveLength(3);
  });

  it.each([
    ['level: [', /^YAML \(line \d\): /],
    ['level: debug\nlevel: info', /^YAML \(line 2\): Map keys must be unique/],
    ['level: *nowhere', /^YAML.*alias/i],
    ['---\nlevel: info\n---\nlevel: warn', /^YAML \(line 3\): .*multiple documents/],
  ])('that is no YAML (%j) is refused with the line', (yaml, complaint) => {
    const lines = complaints(yaml);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(complaint);
  });

  it('that would unfold without end is refused', () => {
    const bomb = Array.from(
      { length: 9 },
      (_, n) => `a${n}: &a${n} [${Array.from({ length: 9 }, () => (n === 0 ? 'x' : `*a${n - 1}`)).join(', ')}]`,
    );
    expect(complaints(bomb.join('\n'))[0]).toMatch(/^YAML.*alias/i);
  });

  it('that is not there is refused by name', () => {
    expect(() => readConfig(join(directory, 'missing.yaml'), {})).toThrow(
      /missing\.yaml cannot be used:\n {2}file: expects a readable file \(ENOENT\)/,
    );
  });
});

describe('placeholders', () => {
  it('are filled from the environment, with a default, several in one text', () => {
    const environment = { HOST: 'example.org', TOKEN: 'secret-$&-token' };
    expect(load('url: https://${env:HOST}/${env:PATH_PART:-x:-y}\ntoken: ${env:TOKEN}', environment)).toEqual({
      level: 'info',
      url: 'https://example.org/x:-y',
      token: 'secret-$&-token',
    });
  });

  it('are filled from files beside the configuration, without their last line end', () => {
    writeFileSync(join(directory, 'token.txt'), 'from a file\r\n');
    expect(load('token: ${file:token.txt}')).toMatchObject({ token: 'from a file' });
  });

  it('are not filled twice: what comes from outside is never looked into', () => {
    expect(load('token: ${env:A}', { A: '${env:B}xxxxx', B: 'never' })).toMatchObject({ token: '${env:B}xxxxx' });
  });

  it('are filled with an empty text when the variable is empty', () => {
    expect(complaints('token: ${env:A:-default-token}', { A: '' })).toEqual(['token (line 1): expects a token of at least 8 characters']);
  });

  it.each([
    ['level: info\ntoken: ${env:NOT_SET}', 'token (line 2): expects the environment variable NOT_SET to be set'],
    ['token: ${file:nowhere.txt}', 'token (line 1): expects the file nowhere.txt to be readable'],
    ['steps:\n  - kind: pickup\n    queue: ${env:Q}', 'steps[0].queue (line 3): expects the environment variable Q to be set'],
  ])('that cannot be filled (%j) are refused', (yaml, complaint) => expect(complaints(yaml)).toEqual([complaint]));

  it('never show a value in a complaint', () => {
    const text = complaints('token: ${env:A}\nlevel: ${env:B}\nretries: ${env:B}\nport: ${env:A}', {
      A: 'geheim',
      B: 'verschwiegen-ganz-und-gar',
    });
    expect(text).toHaveLength(4);
    expect(text.join()).not.toMatch(/geheim|verschwiegen/);
  });
});

describe('nearest', () => {
  it.each([
    ['instnace', ['instance', 'instances', 'options'], 'instance'],
    ['Eakte', ['eakte', 'epayment'], 'eakte'],
    ['x', ['abc', 'y'], 'y'],
    ['something', ['else'], undefined],
    ['a', [], undefined],
  ])('of %p among %j is %p', (typed, choices, choice) => expect(nearest(typed, choices)).toBe(choice));
});
