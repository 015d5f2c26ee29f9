// SPDX-License-Identifier: EUPL-1.2
import type { RedriveJobView, RedrivePreview } from '@amtsbote/ops-api';

import { table } from '../render.js';

/** What would be redriven, equal failures together. */
export function renderPreview({ matched, uncertain, groups }: RedrivePreview): string {
  const doubtful = uncertain === 0 ? '' : ` ${uncertain} more are left out, because nobody can tell whether they happened (--uncertain).`;
  const head = `${matched} fit.${doubtful} Nothing was changed: leave out --dry-run to redrive them.`;
  if (groups.length === 0) return head;
  const rows = groups.map(({ count, instance, code, kind, oldestAt }) => [`${count}×`, instance ?? '–', code, kind, oldestAt]);
  return [head, '', table(['COUNT', 'INSTANCE', 'CODE', 'KIND', 'OLDEST'], rows)].join('\n');
}

/** `12 of 214 redriven, 1 refused, 40 s to go`. */
export function progressOfJob({ redriven, refused, matched, remainingSeconds }: RedriveJobView): string {
  const rest = remainingSeconds === null ? '' : `, ${remainingSeconds} s to go`;
  return `${redriven} of ${matched} redriven, ${refused} refused${rest}`;
}

export function renderJob(job: RedriveJobView): string {
  const refusals = Object.entries(job.refusals).map(([code, count]) => `  refused ${count}×: ${code}`);
  const turned = job.state === 'paused' || job.state === 'cancelled' ? [`  ${job.state} by ${job.stateBy}: ${job.stateReason}`] : [];
  return [
    `${job.id}  ${job.state}: ${progressOfJob(job)}`,
    `  ${filterOf(job)}, by ${job.actor}: ${job.reason}`,
    ...turned,
    ...refusals,
  ].join('\n');
}

export function renderJobs(jobs: readonly RedriveJobView[]): string {
  if (jobs.length === 0) return 'There was no redrive yet.';
  const rows = jobs.map((job) => [job.id, job.state, progressOfJob(job), filterOf(job), job.actor]);
  return table(['REDRIVE', 'STATE', 'PROGRESS', 'OF', 'BY'], rows);
}

function filterOf({ what, filter }: RedriveJobView): string {
  const given = Object.entries(filter).map(([name, value]) => `${name}=${String(value)}`);
  return [what === 'steps' ? 'parked steps' : 'dead letters', ...given].join(' ');
}
