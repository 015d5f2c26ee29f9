// SPDX-License-Identifier: EUPL-1.2
import type { ApplicationDraft } from '@amtsbote/adapter-kit';
import { storable } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { House } from '../../house/tokens.js';
import { coverageOf, type FieldCoverage, type FieldFate } from './field-coverage.js';
import { addTallies, type FormKey, noteFields, type Tally } from './form-register.js';

/** How often counts are written down. A process that is killed loses the counts since then; never a field, and never a notice. */
const ROUND_MS = 10_000;
/** Form versions that one process remembers; forgotten ones are asked of the database again. */
const REMEMBERED_MAX = 2_000;
/** Fields of one version that are told apart, as {@link noteFields} limits them. */
const FIELDS_MAX = 10_000;

interface Remembered {
  readonly form: string;
  /** `fate path` → how often it came since the last round. */
  readonly counts: Map<string, number>;
  submissions: number;
}

/** A submission whose fields are known; counted when it was stored. */
export interface CoveredSubmission {
  count(): void;
}

/**
 * Knows which fields every form version has, and raises a notice when one comes that nobody has seen. A field is written down before the first
 * submission that has it is stored; counts are gathered in memory and written from time to time, because a statement for each submission would
 * cost as much as storing it.
 */
@Injectable()
export class FormCoverage {
  private readonly remembered = new Map<string, Remembered>();
  private readonly noting = new Map<string, Promise<void>>();
  private readonly stop = new AbortController();
  private loop: Promise<void> | undefined;

  constructor(private readonly house: House) {}

  start(): void {
    this.loop ??= this.work();
  }

  async finish(): Promise<void> {
    this.stop.abort();
    await this.loop;
    await this.flush();
  }

  /** Notes what is new about a submission. Its own failures are logged and hinder no submission: the citizen's application counts more. */
  async note(endpoint: string, tenant: string, draft: ApplicationDraft, ignored: readonly string[]): Promise<CoveredSubmission> {
    try {
      const { formId = '', formVersion = '' } = draft;
      const key = storable({ endpoint, tenant, formId, formVersion }).value;
      const fields = storableFields(coverageOf(draft, ignored));
      const form = await this.formOf(key, fields);
      return { count: () => add(this.remember(key, form, fields), fields) };
    } catch (error) {
      this.house.log.error('coverage.failed', error);
      return { count: () => undefined };
    }
  }

  /** Writes down what was counted since the last time. What cannot be written stays counted. */
  async flush(): Promise<void> {
    const taken = [...this.remembered.values()].filter(({ submissions }) => submissions > 0).map(takenFrom);
    if (taken.length === 0) return;
    try {
      await this.house.database.transaction((sql) =>
        addTallies(
          sql,
          taken.map(({ tally }) => tally),
          this.house.clock.now(),
        ),
      );
    } catch (error) {
      for (const { giveBack } of taken) giveBack();
      this.house.log.error('coverage.not-written', error);
    }
  }

  /** Simultaneous submissions of a new form ask the database once: the others wait and find it known. */
  private async formOf(key: FormKey, fields: FieldCoverage): Promise<string> {
    const name = nameOf(key);
    for (let underWay = this.noting.get(name); underWay !== undefined; underWay = this.noting.get(name)) await underWay;
    const known = this.remembered.get(name);
    const isKnown = ([path, fate]: readonly [string, FieldFate]): boolean => known?.counts.has(`${fate} ${path}`) ?? false;
    if (known !== undefined && (known.counts.size >= FIELDS_MAX || [...fields].every(isKnown))) return known.form;
    const noting = this.noteNew(key, fields);
    const over = noting.then(
      () => undefined,
      () => undefined,
    );
    this.noting.set(name, over);
    try {
      return await noting;
    } finally {
      this.noting.delete(name);
    }
  }

  private async noteNew(key: FormKey, fields: FieldCoverage): Promise<string> {
    const { form, notice, fields: count } = await noteFields(this.house.database, key, fields, this.house.clock.now());
    if (notice !== null) this.house.log.warn(`form.${notice}-seen`, { endpoint: key.endpoint, form, fields: count });
    this.remember(key, form, fields);
    return form;
  }

  private remember(key: FormKey, form: string, fields: FieldCoverage): Remembered {
    const known = this.remembered.get(nameOf(key)) ?? { form, counts: new Map<string, number>(), submissions: 0 };
    for (const [path, fate] of fields) {
      const field = `${fate} ${path}`;
      if (known.counts.size < FIELDS_MAX && !known.counts.has(field)) known.counts.set(field, 0);
    }
    if (this.remembered.size >= REMEMBERED_MAX)
      for (const [other, { submissions }] of this.remembered) if (submissions === 0) this.remembered.delete(other);
    this.remembered.set(nameOf(key), known);
    return known;
  }

  private async work(): Promise<void> {
    while (!this.stop.signal.aborted) {
      await this.house.clock.sleep(ROUND_MS, this.stop.signal).catch(() => undefined);
      await this.flush();
    }
  }
}

function add(known: Remembered, fields: FieldCoverage): void {
  known.submissions += 1;
  for (const [path, fate] of fields) {
    const count = known.counts.get(`${fate} ${path}`);
    if (count !== undefined) known.counts.set(`${fate} ${path}`, count + 1);
  }
}

function nameOf({ endpoint, tenant, formId, formVersion }: FormKey): string {
  return [endpoint, tenant, formId, formVersion].join('\0');
}

function takenFrom(known: Remembered): { readonly tally: Tally; readonly giveBack: () => void } {
  const { form, submissions } = known;
  const counted = [...known.counts].filter(([, count]) => count > 0);
  const fields = counted.map(([name, count]) => {
    const blank = name.indexOf(' ');
    return { fate: name.slice(0, blank) as FieldFate, path: name.slice(blank + 1), count };
  });
  known.submissions = 0;
  for (const [name] of counted) known.counts.set(name, 0);
  const giveBack = (): void => {
    known.submissions += submissions;
    for (const [name, count] of counted) known.counts.set(name, (known.counts.get(name) ?? 0) + count);
  };
  return { tally: { form, submissions, fields }, giveBack };
}

function storableFields(fields: FieldCoverage): FieldCoverage {
  return new Map([...fields].map(([path, fate]) => [storable(path).value, fate]));
}
