// SPDX-License-Identifier: EUPL-1.2
import type { Timeline } from '@amtsbote/ops-api';

import type { Comparison, Divergence } from './comparison.js';
import type { Carrier } from './crash-config.js';
import type { LogEntry } from './logbook.js';

/** What a run shows at its end. */
export interface CrashReport extends Omit<Comparison, 'divergences'> {
  readonly seed: number;
  readonly carrier: Carrier;
  readonly kills: number;
  readonly seconds: number;
  readonly ok: boolean;
  /** Of an exhaustive run: crash points there are, and those at which a hub really died. */
  readonly crashPoints?: { readonly planned: number; readonly hit: number };
}

/** Under fire some submissions that are sent only once are never answered; with fewer answers than this nothing was tried. */
const ACKNOWLEDGED_SHARE_MIN = 0.6;
/** Parked is not lost; but a run in which most applications wait for a person has shown nothing. */
const COMPLETED_SHARE_MIN = 0.6;

/** Whether the run is green: nothing lost, doubled or unexpected, and it has really got something done. @returns what speaks against it. */
export function objections({ attempts, acknowledged, completed, lost, duplicated, unexpected }: Omit<Comparison, 'divergences'>): string[] {
  const enough = (what: string, part: number, whole: number, share: number): string[] =>
    part > 0 && part >= whole * share ? [] : [`only ${part} of ${whole} were ${what}: a run like this shows nothing`];
  const none = (what: string, count: number): string[] => (count === 0 ? [] : [`${what}: ${count}`]);
  return [
    ...none('lost', lost),
    ...none('duplicated', duplicated),
    ...none('unexpected', unexpected),
    ...enough('acknowledged', acknowledged, attempts, ACKNOWLEDGED_SHARE_MIN),
    ...enough('completed', completed, acknowledged, COMPLETED_SHARE_MIN),
  ];
}

const MEANINGS: readonly [keyof Comparison & keyof CrashReport, string][] = [
  ['attempts', 'submissions sent'],
  ['acknowledged', 'answered with 2xx'],
  ['completed', "at their end in the hub's book and in all books outside"],
  ['lost', 'acknowledged and not brought to an end'],
  ['duplicated', 'effects that happened more than once'],
  ['unexpected', 'things nobody asked for, or that contradict a promise'],
  ['recovered', 'never acknowledged, completed all the same'],
  ['inDoubt', 'attempts with an unknown outcome, found out'],
  ['parked', 'in front of a person, with a reason'],
];

/** The report as a table. */
export function tableOfReport(report: CrashReport): string {
  return MEANINGS.map(([name, meaning]) => `  ${name.padEnd(13)}${String(report[name]).padStart(6)}  ${meaning}`).join('\n');
}

/** So long before an application came, and after the last thing that happened to it, the nemesis' deeds belong to its story. */
const NEAR_MS = 3_000;

/** One line for everything the hub, the systems around it and the nemesis know of the application a divergence is about, in order. */
export function storyOf({ kind, what }: Divergence, timeline: Timeline | undefined, log: readonly LogEntry[]): string[] {
  const names = timeline === undefined ? [] : [timeline.application.id, timeline.application.reference, timeline.application.submissionId];
  const compact = names.flatMap((name) => [name, name.replaceAll('-', '')]);
  const isAbout = ({ about }: LogEntry): boolean => about.some((name) => compact.some((own) => name.includes(own)));
  const own = [
    ...(timeline?.entries ?? []).map(({ at, event, step, actor, data }) => ({
      at: Date.parse(at),
      line: `hub        ${[event, step, actor, JSON.stringify(data)].filter((part) => part !== undefined).join(' ')}`,
    })),
    ...log.filter(isAbout).map(({ at, who, what: deed }) => ({ at: at.getTime(), line: `${who.padEnd(10)} ${deed}` })),
  ];
  const moments = own.map(({ at }) => at);
  const [from, to] = moments.length === 0 ? [-Infinity, Infinity] : [Math.min(...moments) - NEAR_MS, Math.max(...moments) + NEAR_MS];
  const around = log
    .filter(({ at, about }) => about.length === 0 && at.getTime() >= from && at.getTime() <= to)
    .map(({ at, who, what: deed }) => ({ at: at.getTime(), line: `${who.padEnd(10)} ${deed}` }));
  const lines = [...own, ...around].sort((one, two) => one.at - two.at);
  return [
    `The first divergence, ${kind}: ${what}`,
    ...lines.map(({ at, line }) => `  ${new Date(at).toISOString().slice(11, 23)}  ${line}`),
  ];
}
