// SPDX-License-Identifier: EUPL-1.2
import type { CatalogueChange, CatalogueObject } from './object.js';
import type { CatalogueKey, CatalogueObjectKind } from './parts.js';

/** What a change is about. */
export interface CatalogueTarget {
  readonly kind: CatalogueObjectKind;
  readonly key: CatalogueKey;
}

/** A change that says what an object is. */
export type CataloguePut = Extract<CatalogueChange, { op: 'put' }>;

/**
 * A put whose object is still written down: as the JSON that {@link jsonOf} gives of it. The object is made when somebody asks for it; who only
 * stores or compares what is written never does, and most objects of a source are the same as the last time.
 */
export class WrittenPut {
  readonly op = 'put';
  readonly target: CatalogueTarget;
  readonly json: string;
  private made: CatalogueObject | undefined;

  /** @param json of an object that is what `target` says; it has been one, so it is not looked at again. */
  constructor(target: CatalogueTarget, json: string) {
    this.target = target;
    this.json = json;
  }

  get object(): CatalogueObject {
    this.made ??= JSON.parse(this.json) as CatalogueObject;
    return this.made;
  }
}

/** What a change is about. */
export function targetOf(change: CatalogueChange): CatalogueTarget {
  if (change instanceof WrittenPut) return change.target;
  return change.op === 'put' ? { kind: change.object.kind, key: change.object.key } : { kind: change.kind, key: change.key };
}

/** A put's object as JSON: the same text for the same object, whichever way it came. */
export function jsonOf(put: CataloguePut): string {
  return put instanceof WrittenPut ? put.json : JSON.stringify(put.object);
}
