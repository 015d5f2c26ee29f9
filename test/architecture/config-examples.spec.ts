// SPDX-License-Identifier: EUPL-1.2
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, describe, expect, it } from '@jest/globals';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';

import { ADAPTERS } from '../../apps/hub/src/adapters.generated.js';
import { HubConfig } from '../../apps/hub/src/config/hub-config.js';
import { loadHubConfig } from '../../apps/hub/src/config/load-hub-config.js';
import { read, ROOT } from './tree.js';

const directory = mkdtempSync(join(tmpdir(), 'amtsbote-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** A value that every kind of placeholder takes: token, URL, port and signing secret have forms of their own. */
function madeUp(name: string): string {
  if (name.endsWith('_PORT')) return '8480';
  if (name.endsWith('_SECRET')) return `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  if (name === 'DATABASE_URL') return 'postgres://amtsbote:example@127.0.0.1:5432/amtsbote';
  if (name === 'HUB_BUS_PREFIX') return 'town';
  if (name === 'RABBITMQ_URL') return 'amqp://amtsbote:example@127.0.0.1:5672/town';
  if (name.endsWith('_CARRIER')) return 'postgres';
  if (name.endsWith('_URL')) return 'http://127.0.0.1:9000';
  if (name.endsWith('_LEVEL')) return 'info';
  if (name.endsWith('fit-decryption.json')) return read('libs/adapters/forms-fit-connect/fixtures/keys/encryption.json');
  if (name.endsWith('fit-signing.json')) return read('libs/adapters/forms-fit-connect/fixtures/keys/signing.json');
  return `made-up-${name.toLowerCase()}-0123456789abcdef`;
}

/** The very bytes of a file in config/, in a directory with the secrets it asks for, and the environment it asks for. */
function prepared(path: string): { file: string; environment: Record<string, string> } {
  const text = read(path);
  const names = (kind: string): string[] => [...text.matchAll(new RegExp(`\\$\\{${kind}:([^}:]+)`, 'g'))].map(([, name = '']) => name);
  const file = join(directory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  // The first lines of the example explain placeholders with names that are no placeholders of its own.
  for (const name of names('file').filter((each) => each.includes('/'))) {
    mkdirSync(dirname(join(dirname(file), name)), { recursive: true });
    writeFileSync(join(dirname(file), name), `${madeUp(name)}\n`);
  }
  return { file, environment: Object.fromEntries(names('env').map((name) => [name, madeUp(name)])) };
}

type Path = readonly string[];
interface Leaf {
  readonly path: Path;
  readonly fallback: unknown;
}
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly default?: unknown;
}

/** Every key of the schema; `*` stands for a name the operator chooses, or for a position in a list. */
function keysOf(schema: Schema, at: Path = []): Leaf[] {
  const below = [
    ...Object.entries(schema.properties ?? {}).flatMap(([key, value]) => [
      { path: [...at, key], fallback: value.default },
      ...keysOf(value, [...at, key]),
    ]),
    ...(typeof schema.additionalProperties === 'object' ? keysOf(schema.additionalProperties, [...at, '*']) : []),
    ...(schema.items === undefined ? [] : keysOf(schema.items, [...at, '*'])),
    ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((branch) => keysOf(branch, at)),
  ];
  return [...new Map(below.map((leaf) => [leaf.path.join('.'), leaf])).values()];
}

/** Places in a value that a path with stars leads to. */
function placesOf(value: unknown, [head, ...rest]: Path, at: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (head === undefined) return [at];
  if (typeof value !== 'object' || value === null) return [];
  const entries = Array.isArray(value) ? value.map((item, index) => [index, item] as const) : Object.entries(value);
  return entries.filter(([key]) => head === '*' || key === head).flatMap(([key, item]) => placesOf(item, rest, [...at, key]));
}

describe('config/hub.example.yaml', () => {
  const text = read('config/hub.example.yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const keys = keysOf(z.toJSONSchema(HubConfig, { io: 'input', unrepresentable: 'any' }) as Schema);

  it('is a configuration the hub starts with', () => {
    const { file, environment } = prepared('config/hub.example.yaml');
    const { config } = loadHubConfig(file, environment, ADAPTERS);
    expect(config.routes.map(({ name }) => name)).toEqual(['gewerbeanmeldung', 'sondernutzung']);
  });

  it('shows every key there is', () => {
    expect(keys.length).toBeGreaterThan(80);
    const missing = keys.filter(({ path }) => placesOf(document.toJS(), path).length === 0);
    expect(missing.map(({ path }) => path.join('.'))).toEqual([]);
  });

  it('tells every default as it is', () => {
    const scalars = keys.filter(({ fallback }) => ['number', 'string', 'boolean'].includes(typeof fallback));
    expect(scalars.length).toBeGreaterThan(30);
    const source = text.split('\n');
    const told = ({ path, fallback }: Leaf): boolean =>
      placesOf(document.toJS(), path).some((place) => {
        const node: unknown = document.getIn(place, true);
        const line = isNode(node) && node.range ? lines.linePos(node.range[0]).line : 1;
        return new RegExp(`default ${String(fallback)}(?![0-9])`).test(`${source[line - 2] ?? ''}\n${source[line - 1] ?? ''}`);
      });
    expect(scalars.filter((leaf) => !told(leaf)).map(({ path, fallback }) => `${path.join('.')}: default ${String(fallback)}`)).toEqual([]);
  });

  it('has no secret in it', () => {
    const secrets = [...text.matchAll(/^\s*-?\s*(?:token|password|clientSecret|receiptSecret):\s*(.+)$/gm)].map(([, value = '']) => value);
    expect(secrets.length).toBeGreaterThan(4);
    expect(secrets.filter((value) => !/^["']?\$\{(env|file):/.test(value))).toEqual([]);
  });
});

describe('config/demo.yaml', () => {
  it('is a configuration the hub starts with', () => {
    const { file, environment } = prepared('config/demo.yaml');
    expect(Object.keys(loadHubConfig(file, environment, ADAPTERS).config.instances)).toContain('eakte');
  });
});

describe('a hub with a configuration that does not hold together', () => {
  it('says so in sentences without a stack, and ends with code 1', () => {
    const { file, environment } = prepared('config/demo.yaml');
    writeFileSync(file, read('config/demo.yaml').replace('sweepMs:', 'sweepMS:'));
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'dist/apps/hub/src/main.js'), file], {
      env: { PATH: process.env['PATH'], ...environment },
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^.*demo\.yaml cannot be used:\n {2}sweepMS \(line \d+\): is not a known key; did you mean "sweepMs"\?\n$/);
  });
});
