// SPDX-License-Identifier: EUPL-1.2
import { FORM_DEPTH_MAX, FORM_ITEMS_MAX, type JsonValue, type Unmapped } from '@amtsbote/canonical';

import { IntakeRejection } from '../intake-rejection.js';
import type { DraftSources } from '../ports/forms.js';
import { shortPointer } from './json-pointer.js';

const NAME_LENGTH_MAX = 500;
const LABEL_LENGTH_MAX = 2_000;
const PLACE_LENGTH_MAX = 300;

/**
 * Kept while a form tree is built: counts items, watches the depth, and collects what has no place in the tree. One per translation, so that
 * the translation stays pure.
 */
export class FormLedger {
  private items = 0;
  private readonly kept: Unmapped[] = [];
  private readonly taken: string[] = [];

  /**
   * Counts one group or field at this depth (1 = top level), before anything below it is looked at.
   * @throws IntakeRejection `untranslatable`, code `too-deep` or `too-many-items`, naming the place.
   */
  enter(depth: number, pointer: string): void {
    if (depth > FORM_DEPTH_MAX) throw this.beyond('too-deep', `A form may be nested ${FORM_DEPTH_MAX} levels deep at most.`, pointer);
    this.items += 1;
    if (this.items > FORM_ITEMS_MAX) {
      throw this.beyond('too-many-items', `A form may have ${FORM_ITEMS_MAX} groups and fields at most.`, pointer);
    }
  }

  /** Keeps something that was sent and has no place in the canonical form. */
  keep(pointer: string, value: JsonValue): void {
    this.kept.push({ path: shortPointer(pointer), value });
  }

  /** Notes that what stands here found its place outside the form. */
  took(pointer: string): void {
    this.taken.push(shortPointer(pointer));
  }

  /** Places of everything that was {@link took}. */
  get sources(): DraftSources {
    return { mapped: this.taken, ignored: [] };
  }

  /** A technical name of legal length; a longer one is cut and kept whole among the unmapped. */
  name(text: string, pointer: string): string {
    return this.cut(text, NAME_LENGTH_MAX, pointer);
  }

  /** A label of legal length; declarations of consent are sometimes longer: cut here, whole among the unmapped. */
  label(text: string, pointer: string): string {
    return this.cut(text, LABEL_LENGTH_MAX, pointer);
  }

  /** Everything kept so far. */
  get unmapped(): readonly Unmapped[] {
    return this.kept;
  }

  private cut(text: string, lengthMax: number, pointer: string): string {
    if (text.length <= lengthMax) return text;
    this.keep(pointer, text);
    return `${text.slice(0, lengthMax - 1)}…`;
  }

  private beyond(code: string, detail: string, pointer: string): IntakeRejection {
    return new IntakeRejection('untranslatable', code, detail, shortPointer(pointer, PLACE_LENGTH_MAX));
  }
}
