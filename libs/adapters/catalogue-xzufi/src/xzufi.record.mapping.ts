// SPDX-License-Identifier: EUPL-1.2
import type { CatalogueChange, CatalogueFinding, CatalogueObject, CatalogueObjectKind, Identifier } from '@amtsbote/canonical';

import { remarksOn } from './xzufi.checks.mapping.js';
import { type Codec, Reading } from './xzufi.codec.mapping.js';
import { attributeOf, type XmlElement } from './xzufi.elements.client.js';
import { form, onlineService, organisation, transferObject } from './xzufi.offices.wire.js';
import { identifier } from './xzufi.parts.wire.js';
import { service, specialisation } from './xzufi.service.wire.js';
import {
  COMPETENCE_SCHEMES,
  DELETE,
  DELETE_CLASS,
  DELETE_CLASSES,
  DELETE_ID,
  type Dialect,
  ENVELOPE_ELEMENTS,
  HEAD,
  OBJECT_ELEMENTS,
  RESULT_PREFIX,
  WRITE,
} from './xzufi.wire.js';

/** A finding before its document is known; `code` is its second half. */
export type LocalFinding = Omit<CatalogueFinding, 'document'>;

/** What the head of a message says. */
export interface MessageHead {
  messageId?: string;
  createdAt?: string;
  sender?: string;
}

/** What elements below the root come to. */
export interface Outcome {
  readonly changes: CatalogueChange[];
  readonly findings: LocalFinding[];
  /** Path of a part without a place in the model → how often; positions left out. */
  unknown: Map<string, number>;
  head: MessageHead | undefined;
  /** Heads that were met; a message has one. */
  heads: number;
}

/** Which names are to be read. */
export interface ReadingContext {
  readonly dialect: Dialect;
  readonly namespace: string;
  /** As the message says it. */
  readonly version: string;
}

type ObjectBody = Pick<CatalogueObject, 'id'>;

/** Tables, made when first needed. */
const CODECS = new Map<Dialect, Readonly<Record<CatalogueObjectKind, Codec<ObjectBody>>>>();

/** The codec of a kind of object in one version's names. */
export function objectCodec(dialect: Dialect, kind: CatalogueObjectKind): Codec<ObjectBody> {
  let codecs = CODECS.get(dialect);
  if (codecs === undefined) {
    codecs = {
      service: service(dialect),
      specialisation: specialisation(dialect),
      organisation: organisation(dialect),
      onlineService: onlineService(dialect),
      form: form(dialect),
      competence: transferObject(dialect),
    };
    CODECS.set(dialect, codecs);
  }
  return codecs[kind];
}

/** Nothing yet. */
export function noOutcome(): Outcome {
  return { changes: [], findings: [], unknown: new Map(), head: undefined, heads: 0 };
}

/** Reads one element below the root. */
export function readTopElement(element: XmlElement, context: ReadingContext, outcome: Outcome): void {
  const { local } = element;
  if (element.uri !== context.namespace) return void outcome.findings.push(unknownNode(element));
  if (local === WRITE) {
    readObjects(element, context, outcome);
    return;
  }
  if (local === DELETE) {
    readRemoval(element, outcome, context);
    return;
  }
  if (local === HEAD.element) {
    readHead(element, outcome);
    return;
  }
  if (ENVELOPE_ELEMENTS.includes(local)) return;
  const kind = OBJECT_ELEMENTS[local];
  if (kind !== undefined) {
    readObject(element, kind, context, outcome);
    return;
  }
  if (local.startsWith(RESULT_PREFIX)) {
    readResult(element, context, outcome);
    return;
  }
  outcome.findings.push(unknownNode(element));
}

function readObjects(element: XmlElement, context: ReadingContext, outcome: Outcome): void {
  for (const part of element.parts) {
    if (typeof part === 'string') continue;
    const kind = part.uri === context.namespace ? OBJECT_ELEMENTS[part.local] : undefined;
    if (kind === undefined) outcome.findings.push(unknownObject(part));
    else readObject(part, kind, context, outcome);
  }
}

/** An answer of 2.1: the object stands inside, or the element is the object. */
function readResult(element: XmlElement, context: ReadingContext, outcome: Outcome): void {
  const holdsObject = element.parts.some((part) => typeof part !== 'string' && OBJECT_ELEMENTS[part.local] !== undefined);
  if (holdsObject) {
    readObjects(element, context, outcome);
    return;
  }
  const name = element.local.slice(RESULT_PREFIX.length);
  const kind = OBJECT_ELEMENTS[name.charAt(0).toLowerCase() + name.slice(1)];
  if (kind === undefined) outcome.findings.push(unknownNode(element));
  else readObject(element, kind, context, outcome);
}

/** Reads an object; one without identity is skipped alone. */
export function readObject(element: XmlElement, kind: CatalogueObjectKind, context: ReadingContext, outcome: Outcome): void {
  const { namespace, version, dialect } = context;
  const reading = new Reading(namespace);
  const body = objectCodec(dialect, kind).read(element, reading);
  if (body === undefined) {
    const message = `An object of kind ${kind} has no id; it is skipped.`;
    return void outcome.findings.push({ severity: 'muss', code: 'id-missing', message, line: element.line, kind });
  }
  const key = keyOf(body.id);
  if (key.id.length > 500 || key.schemeAgencyId.length > 500) {
    const message = `The id of an object of kind ${kind} has more than 500 characters; it is skipped.`;
    return void outcome.findings.push({ severity: 'muss', code: 'id-too-long', message, line: element.line, kind });
  }
  const given = { kind, key, source: { standard: 'xzufi', version, namespace }, ...subjectOf(kind, body.id), unknown: reading.unknown };
  // The codec of the kind makes the body of an object of the kind; it is completed in place, copies of large objects take time.
  const object = Object.assign(body, given) as CatalogueObject;
  const remarks = remarksOn(object, reading);
  for (const { severity, code, message } of remarks) outcome.findings.push({ severity, code, message, line: element.line, kind, key });
  for (const { path, part } of reading.unknown) {
    const name = 'element' in part ? part.element.name : 'attribute' in part ? `@${part.attribute.name}` : '#text';
    const place = [element.local, ...path.split('/').filter((step) => step !== ''), name].join('/').replace(/\[\d+\]/g, '');
    outcome.unknown.set(place, (outcome.unknown.get(place) ?? 0) + 1);
  }
  if (remarks.every(({ severity }) => severity === 'soll')) outcome.changes.push({ op: 'put', object });
}

function subjectOf(kind: CatalogueObjectKind, id: Identifier): object {
  const subjectKind = kind === 'competence' ? COMPETENCE_SCHEMES[id.schemeId ?? ''] : undefined;
  return subjectKind === undefined ? {} : { subjectKind };
}

function readRemoval(element: XmlElement, outcome: Outcome, { namespace }: ReadingContext): void {
  const { line } = element;
  const kind = DELETE_CLASSES[attributeOf(element, DELETE_CLASS) ?? ''];
  if (kind === undefined) {
    const message = 'A deletion names a class that is not known; it is skipped.';
    return void outcome.findings.push({ severity: 'muss', code: 'class-unknown', message, line });
  }
  const given = element.parts.find((part) => typeof part !== 'string' && part.local === DELETE_ID);
  const id = typeof given === 'object' ? identifier.read(given, new Reading(namespace)) : undefined;
  if (id === undefined) {
    const message = `A deletion of kind ${kind} has no id; it is skipped.`;
    return void outcome.findings.push({ severity: 'muss', code: 'id-missing', message, line, kind });
  }
  outcome.changes.push({ op: 'remove', kind, key: keyOf(id) });
}

function readHead(element: XmlElement, outcome: Outcome): void {
  const text = (name: string): string | undefined => {
    const child = element.parts.find((part) => typeof part !== 'string' && part.local === name);
    const [value] = typeof child === 'object' ? child.parts : [];
    return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 500) : undefined;
  };
  const [messageId, createdAt, sender] = [text(HEAD.id), text(HEAD.createdAt), text(HEAD.sender)];
  outcome.heads += 1;
  outcome.head ??= {
    ...(messageId === undefined ? {} : { messageId }),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(sender === undefined ? {} : { sender }),
  };
}

function keyOf(id: Identifier): { schemeAgencyId: string; id: string } {
  return { schemeAgencyId: id.schemeAgencyId ?? '', id: id.value };
}

function unknownNode({ local, line }: XmlElement): LocalFinding {
  const message = `The element "${local.slice(0, 100)}" below the root is not known; it is skipped.`;
  return { severity: 'soll', code: 'node-unknown', message, line };
}

function unknownObject({ local, line }: XmlElement): LocalFinding {
  const message = `Objects called "${local.slice(0, 100)}" are not known; it is skipped.`;
  return { severity: 'muss', code: 'object-unknown', message, line };
}
