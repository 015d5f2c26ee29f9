// SPDX-License-Identifier: EUPL-1.2
import type { Period } from '@amtsbote/canonical';

const MOMENT = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?))?(Z|[+-]\d{2}:\d{2})?$/;
/** Sources are German authorities: a moment without a zone is one of theirs. */
const berlin = new Intl.DateTimeFormat('en-US', { timeZone: 'Europe/Berlin', timeZoneName: 'longOffset' });

/** A moment as sources write it (xs:date or xs:dateTime), or `undefined` for anything else. Pure. */
export function momentOf(text: string | undefined): Date | undefined {
  const match = MOMENT.exec(text?.trim() ?? '');
  if (match === null) return undefined;
  const [, day = '', time = '00:00:00', zone] = match;
  const asUtc = new Date(`${day}T${time}Z`);
  if (Number.isNaN(asUtc.getTime())) return undefined;
  return zone === undefined ? new Date(asUtc.getTime() - offsetAt(asUtc)) : new Date(`${day}T${time}${zone}`);
}

/** Valid time as a multirange of PostgreSQL, `null` for always; a boundary that cannot be read is none. Pure. */
export function validTimeOf(periods: readonly Pick<Period, 'start' | 'end'>[]): string | null {
  const ranges = periods
    .map(({ start, end }) => ({ from: momentOf(start), to: momentOf(end) }))
    .filter(({ from, to }) => from === undefined || to === undefined || from < to)
    .map(({ from, to }) => `[${from?.toISOString() ?? ''},${to?.toISOString() ?? ''})`);
  return ranges.length === 0 || ranges.includes('[,)') ? null : `{${ranges.join(',')}}`;
}

function offsetAt(moment: Date): number {
  const zone = berlin.formatToParts(moment).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, hours = '0'] = /GMT\+(\d{2})/.exec(zone) ?? [];
  return Number(hours) * 3_600_000;
}
