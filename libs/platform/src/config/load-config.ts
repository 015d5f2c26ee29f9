// SPDX-License-Identifier: EUPL-1.2
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';

import { ConfigError, type ConfigFinding } from './config-error.js';
import { misfitsOf } from './misfits.js';
import { nearest } from './nearest.js';

/** Largest configuration file, in bytes. */
const FILE_BYTES_MAX = 5_000_000;
const PLACEHOLDER = /\$\{(env|file):([^}]+)\}/g;

/** What a loaded file knows about itself, to tell later findings (of cross checks, of adapters' options) where they are. */
export interface ConfigSource {
  readonly file: string;
  /** Line of the last key on a path that is there, from 1. */
  lineOf(path: readonly PropertyKey[]): number | undefined;
}

/** A file with its placeholders filled, not yet checked against a schema. */
export interface RawConfig {
  readonly source: ConfigSource;
  readonly value: unknown;
}

/**
 * Reads a YAML file and fills `${env:NAME}`, `${env:NAME:-default}` and `${file:path}` (relative to the file; its trailing newline is
 * dropped): secrets stay out of the file.
 * @throws ConfigError for an unreadable file, YAML errors, duplicate keys, missing variables or files.
 */
export function readConfig(file: string, environment: Readonly<Record<string, string | undefined>>): RawConfig {
  const lines = new LineCounter();
  const document = parseDocument(readFile(file), { lineCounter: lines, uniqueKeys: true });
  const source: ConfigSource = { file, lineOf: (path) => lineOf(document, lines, path) };
  // What follows the first error is mostly its echo.
  const [broken] = document.errors;
  if (broken !== undefined) {
    throw new ConfigError(file, [
      { path: 'YAML', line: lines.linePos(broken.pos[0]).line, expected: broken.message.split('\n', 1)[0] ?? '' },
    ]);
  }
  const findings: ConfigFinding[] = [];
  const value = fill(plain(document, file), [], { file, environment, source, findings });
  if (findings.length > 0) throw new ConfigError(file, findings);
  return { source, value };
}

/**
 * Checks a value against its schema.
 * @param at where the value lies in the file, for the paths of findings.
 * @throws ConfigError with every finding at once.
 */
export function checkConfig<T>(schema: z.ZodType<T>, value: unknown, source: ConfigSource, at: readonly PropertyKey[] = []): T {
  // With inputs: a wrong value is told from a missing one, and the nearest choice is found. None of them is printed.
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const misfits = result.error.issues.flatMap((issue) => misfitsOf(issue, schema));
  throw new ConfigError(
    source.file,
    misfits.map(({ path, expected, typed, choices }) => finding(source, [...at, ...path], expected, typed, choices)),
  );
}

/** A finding at a path, for cross checks. */
export function finding(
  source: ConfigSource,
  path: readonly PropertyKey[],
  expected: string,
  typed?: string,
  choices?: Iterable<string>,
): ConfigFinding {
  const line = source.lineOf(path);
  const near = typed === undefined || choices === undefined ? undefined : nearest(typed, choices);
  return { path: pathText(path), expected, ...(line === undefined ? {} : { line }), ...(near === undefined ? {} : { nearest: near }) };
}

interface Filling {
  readonly file: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly source: ConfigSource;
  readonly findings: ConfigFinding[];
}

function fill(value: unknown, path: readonly PropertyKey[], filling: Filling): unknown {
  if (typeof value === 'string') return fillText(value, path, filling);
  if (Array.isArray(value)) return value.map((item, index) => fill(item, [...path, index], filling));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, [...path, key], filling)]));
}

function fillText(text: string, path: readonly PropertyKey[], filling: Filling): string {
  return text.replace(PLACEHOLDER, (_, kind: string, name: string) => {
    const filled = kind === 'env' ? fromEnvironment(name, filling.environment) : fromFile(name, filling.file);
    if (filled === undefined) {
      const what = kind === 'env' ? `the environment variable ${name} to be set` : `the file ${name} to be readable`;
      filling.findings.push(finding(filling.source, path, `expects ${what}`));
    }
    return filled ?? '';
  });
}

/** Aliases are resolved here: unknown ones, and those that would fill the memory, are errors of the file. */
function plain(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (error) {
    const expected = typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : 'cannot be read';
    throw new ConfigError(file, [{ path: 'YAML', expected }]);
  }
}

function fromEnvironment(spec: string, environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const [name = '', ...fallback] = spec.split(':-');
  return environment[name] ?? (fallback.length > 0 ? fallback.join(':-') : undefined);
}

function fromFile(path: string, configFile: string): string | undefined {
  try {
    return readFileSync(resolve(dirname(configFile), path), 'utf8').replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}

function readFile(file: string): string {
  try {
    const bytes = readFileSync(file);
    if (bytes.length <= FILE_BYTES_MAX) return bytes.toString('utf8');
  } catch (error) {
    throw new ConfigError(file, [
      { path: 'file', expected: `expects a readable file (${(error as NodeJS.ErrnoException).code ?? 'error'})` },
    ]);
  }
  throw new ConfigError(file, [{ path: 'file', expected: `expects at most ${FILE_BYTES_MAX} bytes` }]);
}

/** Line of the last key on the path that is there. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number | undefined {
  let node: unknown = document.contents;
  let line: number | undefined;
  for (const key of path) {
    const container = isAlias(node) ? node.resolve(document) : node;
    const pair = isMap(container) ? container.items.find((one) => isScalar(one.key) && String(one.key.value) === String(key)) : undefined;
    const place: unknown = isSeq(container) ? container.items[Number(key)] : pair?.key;
    if (!isNode(place)) break;
    if (place.range) line = lines.linePos(place.range[0]).line;
    node = pair === undefined ? place : pair.value;
  }
  return line;
}

function pathText(path: readonly PropertyKey[]): string {
  return path.map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`)).join('');
}
