// SPDX-License-Identifier: EUPL-1.2
import { relative } from 'node:path';

import { followNewcomers, followToTheEnd } from './launch/following.js';
import { type LaunchedTown, launchTown, secretsFile } from './launch/launched-town.js';
import { beTheOnlyOne } from './launch/only-one.js';
import { type Places, placesIn, ROOT } from './launch/places.js';
import { LaunchError } from './launch/problem.js';
import { StageLines } from './launch/progress.js';
import { restartOnChange } from './launch/restarting.js';
import { intakeOf, sampleSubmissions, sendSamples, type SentApplication, writeSampleFiles } from './launch/samples.js';
import type { Undoing } from './launch/undoing.js';

/** How the demo town is wanted. */
export interface DemoWish {
  readonly databaseUrl: string | undefined;
  /** Preferred port of the hub. */
  readonly port: number;
  /** Sample applications to send. */
  readonly samples: number;
  /** Whether the hub is restarted whenever it has been compiled anew. */
  readonly watch: boolean;
  /** Whether FIT-Connect's delivery service stands beside the town, with as many samples. */
  readonly fitConnect: boolean;
  readonly signal: AbortSignal;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/**
 * A town that stays: data in ./var, sample applications at every start, until it is stopped.
 * @throws LaunchError when the hub dies.
 */
export async function demo({ databaseUrl, port, samples, watch, fitConnect, signal }: DemoWish, undoing: Undoing): Promise<void> {
  const places = await placesIn(`${ROOT}/var`);
  undoing.add('mark of the running launcher', await beTheOnlyOne(places.desk));
  say('Starting database, hub and a simulated town …');
  const launched = await launchTown({ places, databaseUrl, port, temporary: false, fitConnect, say, signal }, undoing);
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  undoing.add('view', async () => over.abort());
  const shown = show(launched, places, samples, either);
  if (watch) await Promise.all([shown, restartOnChange(launched.hub, { say, signal: either }, undoing)]);
  else await Promise.race([shown, launched.hub.died.then((sentence) => Promise.reject(new LaunchError(sentence)))]);
}

async function show(launched: LaunchedTown, places: Places, samples: number, signal: AbortSignal): Promise<void> {
  const sent: SentApplication[] = [];
  const { hub, town } = launched;
  if (samples > 0) say(`The hub is ready at ${hub.url}. A form server sends ${samples} applications:`);
  const lines = new StageLines(samples, process.stdout, Date.now());
  const sending = sendSamples({ url: hub.url, token: town.secrets.TOWN_FORMS_TOKEN }, sampleSubmissions(samples), (one) => sent.push(one));
  await Promise.all([sending, followToTheEnd(sent, samples, launched, { lines, signal })]);
  say(await directions(launched, places, sent[0]));
  await launched.deliveryService?.send(samples);
  await followNewcomers(new Set(sent.map(({ id }) => id)), launched, { say, signal });
}

/** Where to look, and what to try. */
async function directions(
  { hub, town, deliveryService }: LaunchedTown,
  places: Places,
  sample: SentApplication | undefined,
): Promise<string> {
  const { url } = hub;
  const { TOWN_PORTAL_TOKEN, TOWN_FORMS_TOKEN, HUB_OPS_TOKEN } = town.secrets;
  const here = (path: string): string => relative(ROOT, path);
  const login = await oneTimeLogin(url, HUB_OPS_TOKEN);
  const consoleLines =
    login === undefined ? [`${url}/console`, `sign in with HUB_OPS_TOKEN of ${here(secretsFile(places))}`] : [login, '(signs in once)'];
  const status = sample === undefined ? [] : [['One case', curl(TOWN_PORTAL_TOKEN, `${url}/applications/${sample.id}/status`)]];
  const { formData, attachment } = await writeSampleFiles(places.desk);
  const parts = `-F 'formData=@${here(formData)};type=application/json' -F 'attachment=@${here(attachment)};type=application/pdf'`;
  const send = curl(TOWN_FORMS_TOKEN, `${parts} ${intakeOf(url)}`);
  const rows = [
    ['Console', consoleLines.join('  ')],
    ['API', `${url}/docs`],
    ...status,
    ['Send one', send],
    ['', 'again: the same answer, nothing doubled; with another control.transactionId in the file: another application'],
    ...(deliveryService === undefined ? [] : [['FIT', `${deliveryService.service.apiUrl} (simulated); what it delivers is told below`]]),
    ['Log', here(places.hubLog)],
    ['Data', 'var (delete it to start from nothing)'],
  ];
  return ['', ...rows.map(([name = '', what = '']) => `  ${name.padEnd(10)}${what}`), '', 'Ctrl-C stops everything.'].join('\n');
}

function curl(token: string, rest: string): string {
  return `curl -sS -H 'Authorization: Bearer ${token}' ${rest}`;
}

/** A link that opens the console without a password, once; `undefined` when this hub gives none. */
async function oneTimeLogin(hubUrl: string, token: string): Promise<string | undefined> {
  try {
    const answer = await fetch(`${hubUrl}/ops/login-links`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(5_000),
    });
    if (!answer.ok) return undefined;
    return ((await answer.json()) as { url?: string }).url;
  } catch {
    return undefined;
  }
}
