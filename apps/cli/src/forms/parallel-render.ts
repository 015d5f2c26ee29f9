// SPDX-License-Identifier: EUPL-1.2
import type { FormComparison, PairComparison, PairSide, ParallelRunView, Settled, Switched } from '@amtsbote/ops-api';

import { table } from '../render.js';

const NOT_THERE = '–';

export function renderRuns(runs: readonly ParallelRunView[]): string {
  if (runs.length === 0) return 'There is no parallel run. They are configured under parallelRuns.';
  const rows = runs.map(({ name, current, next, live, counts }) => [
    name,
    `${current} → ${next}`,
    live,
    ...[counts.pairs, counts.onlyCurrent, counts.onlyNext, counts.shadowsAlone].map(String),
  ]);
  return table(['RUN', 'FROM → TO', 'IN CHARGE', 'PAIRS', 'ONLY FROM', 'ONLY TO', 'KEPT ALONE'], rows);
}

/** Both form systems, field by field. */
export function renderComparison({ run, pairs, fields, alone }: FormComparison): string {
  const same = pairs.filter(({ differing }) => differing.length === 0).length;
  const off = fields.filter(({ different, onlyCurrent, onlyNext }) => different + onlyCurrent + onlyNext > 0);
  const differences = off.map(({ place, label, equal, different, onlyCurrent, onlyNext }) => [
    place,
    label,
    ...[equal, different, onlyCurrent, onlyNext].map(String),
  ]);
  const pairRows = pairs.map(({ current, next, differing }) => [
    current.reference,
    next.reference,
    next.receivedAt,
    differing.join(', ') || 'equal',
  ]);
  const aloneRows = alone.map(({ reference, endpoint, receivedAt, progress }) => [reference, endpoint, receivedAt, progress]);
  return [
    renderRuns([run]),
    '',
    `${pairs.length} pairs compared, ${same} equal in everything, ${off.length} of ${fields.length} fields differ somewhere.`,
    ...(differences.length === 0 ? [] : ['', table(['FIELD', 'LABEL', 'EQUAL', 'DIFFERENT', 'ONLY FROM', 'ONLY TO'], differences)]),
    ...(pairRows.length === 0 ? [] : ['', table(['FROM', 'TO', 'RECEIVED', 'DIFFERS IN'], pairRows)]),
    ...(aloneRows.length === 0 ? [] : ['', table(['ALONE', 'CAME THROUGH', 'RECEIVED', 'PROGRESS'], aloneRows)]),
  ].join('\n');
}

/** One pair with what the citizen wrote. */
export function renderPair({ current, next, facts }: PairComparison): string {
  const side = ({ reference, receivedAt, progress }: PairSide): string => `${reference} (${receivedAt}, ${progress})`;
  const value = (given: unknown): string => (given === undefined ? NOT_THERE : JSON.stringify(given));
  const rows = facts.map((fact) => [
    fact.verdict,
    fact.nextPlace === undefined ? fact.place : `${fact.place} = ${fact.nextPlace}`,
    value(fact.current),
    value(fact.next),
  ]);
  return [`${side(current)}  ↔  ${side(next)}`, '', table(['', 'FIELD', 'FROM', 'TO'], rows)].join('\n');
}

export function renderSwitched({ run, withoutRoute }: Switched, to: string, dryRun: boolean): string {
  const head = dryRun ? `${to} would be in charge instead of ${run.live}. Nothing was changed.` : `${run.live} is in charge from now on.`;
  const kept = `${run.counts.shadowsAlone} applications are kept that nobody delivers: amtsbote forms settle ${run.name} --release.`;
  const warning = `No route would take ${withoutRoute} of the newest applications that came through ${to}: add or change a route first.`;
  return [head, ...(run.counts.shadowsAlone > 0 ? [kept] : []), ...(withoutRoute > 0 ? [warning] : [])].join('\n');
}

export function renderSettled({ matched, settled, refused, remaining }: Settled, dryRun: boolean): string {
  if (dryRun) return `${matched} fit. Nothing was changed: leave out --dry-run.`;
  const refusals = Object.entries(refused).map(([code, count]) => `  refused ${count}×: ${code}`);
  return [`${settled} of ${matched} settled, ${remaining} still there.`, ...refusals].join('\n');
}
