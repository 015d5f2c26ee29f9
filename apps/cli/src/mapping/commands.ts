// SPDX-License-Identifier: EUPL-1.2
import { readFile } from 'node:fs/promises';

import type { FormVersionDetail, FormVersionView, MappingTrial } from '@amtsbote/ops-api';
import { parse as parseYaml } from 'yaml';

import type { Shown } from '../commands.js';
import { CommandFailed, EXIT } from '../exit-codes.js';
import type { HubApi } from '../hub-api.js';
import { renderFormVersion, renderFormVersions, renderTrial } from './render.js';

/** What is tried, as typed. */
export interface TypedTrial {
  readonly endpoint: string;
  readonly file: string;
  readonly contentType?: string;
  readonly mapping?: string;
  readonly header?: readonly string[];
}

/** What form servers send, by the first bytes of a file. */
const MULTIPART_START = /^--([^\r\n]{1,200})\r\n/;

/** Shows what a submission would become; nothing is stored. Ends as refused when the hub would refuse it. */
export async function tryMapping(api: HubApi, typed: TypedTrial): Promise<Shown> {
  const content = await contentOf(typed.file);
  const mapping = typed.mapping === undefined ? {} : { mapping: await mappingOf(typed.mapping) };
  const headers = Object.fromEntries((typed.header ?? []).map(headerOf));
  const order = {
    endpoint: typed.endpoint,
    contentType: typed.contentType ?? guessed(content),
    content: content.toString('base64'),
    headers,
  };
  const trial = await api.post<MappingTrial>('/ops/mappings/try', { ...order, ...mapping });
  return { data: trial, text: renderTrial(trial), ...(trial.rejection === null ? {} : { code: EXIT.refused }) };
}

async function contentOf(file: string): Promise<Buffer> {
  return readFile(file).catch(() => {
    throw new CommandFailed(EXIT.usage, `The file "${file}" cannot be read.`);
  });
}

/** A mapping of its own, or a configuration's options that hold one. */
async function mappingOf(file: string): Promise<unknown> {
  const text = (await contentOf(file)).toString('utf8');
  try {
    const value = parseYaml(text) as unknown;
    return typeof value === 'object' && value !== null && 'mapping' in value ? value.mapping : value;
  } catch {
    throw new CommandFailed(EXIT.usage, `The file "${file}" is neither YAML nor JSON.`);
  }
}

function headerOf(typed: string): [string, string] {
  const [, name = '', value = ''] = /^([^:\s]+):\s*(.*)$/.exec(typed) ?? [];
  if (name === '') throw new CommandFailed(EXIT.usage, `"${typed}" is no header: write it as "name: value".`);
  return [name, value];
}

function guessed(content: Buffer): string {
  const start = content.subarray(0, 300).toString('latin1');
  const boundary = MULTIPART_START.exec(start)?.[1];
  if (boundary !== undefined) return `multipart/form-data; boundary="${boundary}"`;
  const first = start
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart()
    .charAt(0);
  if (first === '<') return 'application/xml';
  return first === '{' || first === '[' ? 'application/json' : 'application/x-www-form-urlencoded';
}

/** Form versions that came in, or one of them with its fields. */
export async function coverage(api: HubApi, id: string | undefined, endpoint: string | undefined): Promise<Shown> {
  if (id !== undefined) {
    const version = await api.get<FormVersionDetail>(`/ops/form-versions/${encodeURIComponent(id)}`);
    return { data: version, text: renderFormVersion(version) };
  }
  const { formVersions } = await api.get<{ formVersions: FormVersionView[] }>('/ops/form-versions', { endpoint });
  return { data: formVersions, text: renderFormVersions(formVersions) };
}
