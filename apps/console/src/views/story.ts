// SPDX-License-Identifier: EUPL-1.2
import type { Failure } from '@amtsbote/canonical';
import type { TimelineEntry } from '@amtsbote/ops-api';

import { type Child, h } from '../dom.js';
import { moment, money, valueText } from '../format.js';
import { texts } from '../language.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TECHNICAL = ['attempt', 'effect', 'message'];
const BAD = ['step.parked', 'application.parked', 'pickup.rejected', 'message.dead', 'step.lease-expired', 'application.cancelled'];
const GOOD = ['application.finished', 'application.submitted', 'step.done', 'pickup.acknowledged', 'decision.received'];

/** The story of an application, oldest first. */
export function story(entries: readonly TimelineEntry[], technical: boolean): HTMLElement {
  const shown = entries.filter(({ kind }) => technical || !TECHNICAL.includes(kind));
  return h('ol', { class: 'timeline' }, ...shown.map(entryItem));
}

function entryItem(entry: TimelineEntry): HTMLElement {
  const { at, event, step, actor } = entry;
  return h(
    'li',
    { class: toneOf(entry) },
    h('time', { datetime: at }, moment(at)),
    h('span', { class: 'rail', 'aria-hidden': 'true' }),
    h(
      'div',
      { class: 'what' },
      h('strong', {}, texts().event[event] ?? event),
      step === undefined ? undefined : h('span', {}, ` · ${step}`),
      // Changes that followed by themselves name their cause by its id: nothing for people.
      actor === undefined || UUID.test(actor) ? undefined : h('span', { class: 'small muted' }, ` · ${actor}`),
      details(entry),
    ),
  );
}

function toneOf({ kind, event, data }: TimelineEntry): string {
  if (BAD.includes(event) || failureOf(data) !== undefined) return 'bad';
  if (GOOD.includes(event)) return 'good';
  return TECHNICAL.includes(kind) ? 'quiet' : '';
}

function details(entry: TimelineEntry): Child {
  const facts = factsOf(entry);
  if (facts.length === 0) return undefined;
  const { field } = texts();
  return h(
    'dl',
    { class: 'details' },
    ...facts.map(([key, value]) => h('div', {}, h('dt', {}, `${field[key] ?? key}:`), h('dd', {}, value))),
  );
}

/** What is worth a word, as texts: nothing empty, the step's name not twice, money as money. */
function factsOf({ data, step, event }: TimelineEntry): [string, string][] {
  const { failure: _failure, cents, currency, durationMs, ...rest } = data;
  const facts: [string, string][] = Object.entries(rest)
    .filter(([key, value]) => !isEmpty(value) && !(key === 'name' && value === step))
    .sort(([one], [other]) => Number(other === 'from') - Number(one === 'from'))
    .map(([key, value]) => [key, event === 'application.state-changed' ? stateText(value) : valueText(value)]);
  if (typeof cents === 'number' && typeof currency === 'string') facts.push(['amount', money(cents, currency)]);
  if (typeof durationMs === 'number') facts.push(['durationMs', `${durationMs} ms`]);
  const failure = failureOf(data);
  if (failure !== undefined) facts.push(['failure', `${failure.code}: ${failure.message}`]);
  return facts;
}

function stateText(value: unknown): string {
  const states: Readonly<Record<string, string>> = texts().state;
  return states[String(value)] ?? valueText(value);
}

function failureOf(data: TimelineEntry['data']): Failure | undefined {
  const failure = data['failure'];
  return typeof failure === 'object' && failure !== null ? (failure as Failure) : undefined;
}

/** Values that say nothing: none, no, zero. */
function isEmpty(value: unknown): boolean {
  return value === null || value === '' || value === false || value === 0 || (Array.isArray(value) && value.length === 0);
}
