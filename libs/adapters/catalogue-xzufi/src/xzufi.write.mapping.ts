// SPDX-License-Identifier: EUPL-1.2
import type { CatalogueChange, CatalogueObject, UnknownElement, UnknownPart } from '@amtsbote/canonical';

import { type OutElement, type Remark, Writing } from './xzufi.codec.mapping.js';
import { identifier } from './xzufi.parts.wire.js';
import { objectCodec } from './xzufi.record.mapping.js';
import { DELETE, DELETE_CLASS, DELETE_CLASSES, DELETE_ID, type Dialect, namespaceOf, OBJECT_ELEMENTS, WRITE } from './xzufi.wire.js';

/** One operation of a message, and what is to be said about it. */
export function elementOf(change: CatalogueChange, dialect: Dialect): { element: OutElement; remarks: Remark[] } {
  const writing = new Writing(namespaceOf(dialect));
  if (change.op === 'remove') {
    const element = writing.element(DELETE);
    const klasse = Object.entries(DELETE_CLASSES).find(([, kind]) => kind === change.kind)?.[0];
    if (klasse !== undefined) element.attributes[DELETE_CLASS] = klasse;
    const id = writing.element(DELETE_ID);
    const { schemeAgencyId } = change.key;
    identifier.write({ value: change.key.id, ...(schemeAgencyId === '' ? {} : { schemeAgencyId }) }, id, writing);
    element.parts.push(id);
    return { element, remarks: [] };
  }
  const element = writing.element(WRITE);
  element.parts.push(objectElement(change.object, dialect, writing));
  const remarks: Remark[] = [...writing.omitted].map((name) => ({
    code: 'not-in-version',
    message: `XZuFi ${dialect} has no place for "${name}"; it is not written.`,
  }));
  return { element, remarks };
}

function objectElement(object: CatalogueObject, dialect: Dialect, writing: Writing): OutElement {
  const name = Object.entries(OBJECT_ELEMENTS).find(([, kind]) => kind === object.kind)?.[0] ?? object.kind;
  const element = writing.element(name);
  objectCodec(dialect, object.kind).write(object, element, writing);
  for (const part of object.unknown) attach(part, element, writing, object.source.namespace);
  return element;
}

/** Puts a part without a place in the model back to where it stood; elements on the way that have nothing else in them are made anew. */
function attach({ path, part }: UnknownPart, root: OutElement, writing: Writing, origin: string): void {
  let at = root;
  for (const step of path.split('/').filter((one) => one !== '')) {
    const [, local = step, ordinal = '1'] = /^(.*?)(?:\[(\d+)\])?$/.exec(step) ?? [];
    at = nth(at, local, Number(ordinal), writing);
  }
  if ('text' in part) at.parts.push(part.text);
  else if ('element' in part) at.parts.push(outElementOf(part.element, writing, origin));
  else {
    const { name, namespace, value } = part.attribute;
    if (namespace === undefined) at.attributes[name] = value;
    else at.foreign.push({ name, namespace: namespace === origin ? writing.namespace : namespace, value });
  }
}

function nth(parent: OutElement, local: string, ordinal: number, writing: Writing): OutElement {
  const all = parent.parts.filter((part) => typeof part !== 'string' && part.local === local) as OutElement[];
  const found = all[ordinal - 1];
  if (found !== undefined) return found;
  const made = writing.element(local);
  parent.parts.push(made);
  return made;
}

/** Names of the version that it came in become names of the version that is written. */
function outElementOf({ name, namespace, attributes = [], children = [] }: UnknownElement, writing: Writing, origin: string): OutElement {
  const uri = namespace === origin ? writing.namespace : (namespace ?? '');
  const element = writing.element(name, uri);
  for (const one of attributes) {
    if (one.namespace === undefined) element.attributes[one.name] = one.value;
    else
      element.foreign.push({ name: one.name, namespace: one.namespace === origin ? writing.namespace : one.namespace, value: one.value });
  }
  for (const child of children) element.parts.push(typeof child === 'string' ? child : outElementOf(child, writing, origin));
  return element;
}
