// SPDX-License-Identifier: EUPL-1.2
import { readFile } from 'node:fs/promises';

import type { FilingTrial } from '@amtsbote/ops-api';

import { applicationIdOf, type Shown } from '../commands.js';
import { CommandFailed, EXIT } from '../exit-codes.js';
import type { HubApi } from '../hub-api.js';
import { renderTrial } from './render.js';

/** What is tried: an application the hub holds, or a file with a canonical one. */
export interface TrialOrder {
  readonly route?: string;
  readonly application?: string;
  readonly file?: string;
}

/** Shows where an application would be filed. @throws CommandFailed also for a file that cannot be read */
export async function tryFiling(api: HubApi, { route, application, file }: TrialOrder): Promise<Shown> {
  if ((application === undefined) === (file === undefined)) {
    throw new CommandFailed(EXIT.usage, 'Give either --application or --file.');
  }
  const subject =
    file === undefined ? { application: await applicationIdOf(api, application ?? '') } : { document: await readJsonFile(file) };
  const trial = await api.post<FilingTrial>('/ops/filing/trials', { ...subject, ...(route === undefined ? {} : { route }) });
  const isFine = trial.steps.every(({ problem }) => problem === null);
  return { data: trial, text: renderTrial(trial), ...(isFine ? {} : { code: EXIT.unhealthy }) };
}

async function readJsonFile(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    throw new CommandFailed(EXIT.usage, `The file ${file} cannot be read.`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new CommandFailed(EXIT.usage, `The file ${file} is no JSON.`);
  }
}
