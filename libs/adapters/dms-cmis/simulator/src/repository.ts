// SPDX-License-Identifier: EUPL-1.2
import type { SimulatedArchive } from './archive.js';
import type { ReceivedContent } from './form.js';
import { Refusal, Types } from './types.js';

/** A value as JSON has it. */
export type Value = string | number | boolean | readonly (string | number | boolean)[] | null;

/** A folder, or one version of a document. */
export interface StoredObject {
  readonly id: string;
  readonly typeId: string;
  parentId: string | null;
  readonly seriesId: string;
  readonly properties: Map<string, Value>;
  content: ReceivedContent | undefined;
  readonly isWorkingCopy: boolean;
  readonly isMajor: boolean;
  changeToken: number;
  readonly created: number;
}

/** What is asked to be created. */
export interface Creation {
  readonly parentId: string;
  readonly properties: ReadonlyMap<string, readonly string[]>;
  readonly content?: ReceivedContent | undefined;
  readonly versioningState?: string | undefined;
}

const ILLEGAL = /[/\\:"*?<>|]/;

/** The objects of one repository: rules of CMIS as OpenCMIS' in-memory server keeps them. */
export class Repository {
  readonly objects = new Map<string, StoredObject>();
  readonly types: Types;
  readonly rootId: string;
  /** Number of changes so far, of any kind. */
  changes = 0;
  /** While true, every write is refused by a rule of the repository. */
  closed = false;
  /** Parents in which the user may do nothing. */
  readonly forbidden = new Set<string>();
  private nextId = 100;

  constructor(
    readonly archive: SimulatedArchive,
    private readonly nowMs: () => number,
  ) {
    this.types = new Types(archive);
    this.rootId = this.insert('cmis:folder', null, new Map([['cmis:name', '']])).id;
    for (const path of archive.folders) {
      const parent = this.byPath(path.split('/').slice(1, -1));
      this.insert('cmis:folder', parent.id, new Map([['cmis:name', path.slice(path.lastIndexOf('/') + 1)]]));
    }
    this.changes = 0;
  }

  /** @throws Refusal 404 */
  get(id: string): StoredObject {
    const object = this.objects.get(id);
    if (object === undefined) throw new Refusal(404, 'objectNotFound');
    return object;
  }
  /** @throws Refusal 404 */
  byPath(segments: readonly string[]): StoredObject {
    let place = this.get(this.rootId);
    for (const name of segments) {
      const child = this.childrenOf(place.id).find(({ properties }) => properties.get('cmis:name') === name);
      if (child === undefined) throw new Refusal(404, 'objectNotFound');
      place = child;
    }
    return place;
  }
  /** Latest versions; working copies are not filed. */
  childrenOf(id: string): StoredObject[] {
    return [...this.objects.values()].filter((object) => object.parentId === id && this.isLatest(object));
  }
  isLatest({ id, seriesId }: StoredObject): boolean {
    return this.latestOf(seriesId).id === id;
  }
  latestOf(seriesId: string): StoredObject {
    const versions = [...this.objects.values()].filter((object) => object.seriesId === seriesId && !object.isWorkingCopy);
    return versions.at(-1) ?? this.get(seriesId);
  }
  workingCopyOf(seriesId: string): StoredObject | undefined {
    return [...this.objects.values()].find((object) => object.seriesId === seriesId && object.isWorkingCopy);
  }
  pathOf(object: StoredObject): string {
    if (object.parentId === null) return '/';
    const parent = this.pathOf(this.get(object.parentId));
    return `${parent === '/' ? '' : parent}/${String(object.properties.get('cmis:name'))}`;
  }

  create(creation: Creation, base: 'cmis:folder' | 'cmis:document'): StoredObject {
    const typeId = creation.properties.get('cmis:objectTypeId')?.[0] ?? '';
    const type = this.types.get(typeId);
    const parent = this.get(creation.parentId);
    this.mayWrite(parent.id);
    if (this.types.baseOf(typeId) !== base || type.creatable === false) throw new Refusal(409, 'constraint', 'wrong base type');
    if (this.types.baseOf(parent.typeId) !== 'cmis:folder') throw new Refusal(400, 'invalidArgument', 'the parent is no folder');
    const properties = this.valuesOf(typeId, creation.properties);
    this.checkName(properties.get('cmis:name'), parent.id);
    const state = creation.versioningState ?? (type.versionable === true ? 'major' : 'none');
    if (type.versionable !== true && state !== 'none') throw new Refusal(409, 'constraint', 'not versionable');
    return this.insert(typeId, parent.id, properties, { content: creation.content, isMajor: state !== 'minor' });
  }

  update(id: string, changes: ReadonlyMap<string, readonly string[]>): StoredObject {
    const object = this.get(id);
    this.mayWrite(object.parentId ?? this.rootId);
    const values = this.valuesOf(object.typeId, changes);
    const name = values.get('cmis:name');
    if (name !== undefined && name !== object.properties.get('cmis:name')) this.checkName(name, object.parentId ?? this.rootId);
    for (const [key, value] of values) object.properties.set(key, value);
    return this.touched(object);
  }

  setContent(id: string, content: ReceivedContent | undefined, overwrite: boolean, changeToken: string | undefined): StoredObject {
    const object = this.get(id);
    this.mayWrite(object.parentId ?? this.rootId);
    if (changeToken !== undefined && changeToken !== String(object.changeToken)) throw new Refusal(409, 'updateConflict');
    if (object.content !== undefined && !overwrite) throw new Refusal(409, 'contentAlreadyExists');
    if (this.types.get(object.typeId).versionable === true && !object.isWorkingCopy && this.workingCopyOf(object.seriesId) !== undefined)
      throw new Refusal(409, 'versioning', 'checked out');
    object.content = content;
    return this.touched(object);
  }

  checkOut(id: string, by: string): StoredObject {
    const object = this.get(id);
    this.mayWrite(object.parentId ?? this.rootId);
    if (this.types.get(object.typeId).versionable !== true) throw new Refusal(409, 'constraint', 'not versionable');
    if (this.workingCopyOf(object.seriesId) !== undefined) throw new Refusal(409, 'versioning', 'checked out');
    const properties = new Map(object.properties).set('sim:checkedOutBy', by);
    const { content, seriesId, parentId } = this.latestOf(object.seriesId);
    return this.insert(object.typeId, parentId, properties, { content, seriesId, isWorkingCopy: true });
  }
  cancelCheckOut(id: string): void {
    if (!this.get(id).isWorkingCopy) throw new Refusal(409, 'versioning', 'no working copy');
    this.objects.delete(id);
    this.changes += 1;
  }
  checkIn(id: string, content: ReceivedContent | undefined, isMajor: boolean): StoredObject {
    const copy = this.get(id);
    if (!copy.isWorkingCopy) throw new Refusal(409, 'versioning', 'no working copy');
    this.mayWrite(copy.parentId ?? this.rootId);
    this.objects.delete(id);
    const properties = new Map(copy.properties);
    properties.delete('sim:checkedOutBy');
    return this.insert(copy.typeId, copy.parentId, properties, { content: content ?? copy.content, seriesId: copy.seriesId, isMajor });
  }

  move(id: string, fromId: string, toId: string): StoredObject {
    const object = this.get(id);
    this.mayWrite(fromId);
    this.mayWrite(this.get(toId).id);
    if (object.parentId !== fromId) throw new Refusal(400, 'invalidArgument', 'it does not lie there');
    this.checkName(object.properties.get('cmis:name'), toId);
    for (const each of this.objects.values()) if (each.seriesId === object.seriesId) each.parentId = toId;
    this.changes += 1;
    return object;
  }

  /** Puts an object in place past all rules, as a clerk does with another program; again in the same place: other content. */
  place(typeId: string, parentId: string, properties: Map<string, Value>, content?: ReceivedContent): StoredObject {
    const name = properties.get('cmis:name');
    const there = this.childrenOf(parentId).find((child) => child.properties.get('cmis:name') === name);
    if (there === undefined) return this.insert(typeId, parentId, properties, { content });
    if (content === undefined) return there;
    if (this.types.get(typeId).versionable === true)
      return this.insert(typeId, parentId, properties, { content, seriesId: there.seriesId });
    there.content = content;
    return this.touched(there);
  }

  delete(id: string): void {
    const object = this.get(id);
    this.mayWrite(object.parentId ?? this.rootId);
    if (this.childrenOf(id).length > 0) throw new Refusal(409, 'constraint', 'the folder is not empty');
    for (const each of [...this.objects.values()]) if (each.seriesId === object.seriesId) this.objects.delete(each.id);
    this.changes += 1;
  }

  /** Copies an object with its properties, past all rules: what a careless migration leaves behind. */
  copy(id: string): StoredObject {
    const { typeId, parentId, properties, content } = this.get(id);
    const name = `${String(properties.get('cmis:name'))} (Kopie)`;
    return this.insert(typeId, parentId, new Map(properties).set('cmis:name', name), { content });
  }

  private mayWrite(parentId: string): void {
    if (this.forbidden.has(parentId)) throw new Refusal(403, 'permissionDenied');
    if (this.closed) throw new Refusal(409, 'constraint', 'closed');
  }

  /** Control characters are accepted silently, and NFC and NFD are two names. */
  private checkName(name: Value | undefined, parentId: string): void {
    if (typeof name !== 'string' || name === '') throw new Refusal(409, 'constraint', 'a name is required');
    if (ILLEGAL.test(name)) throw new Refusal(400, 'invalidArgument', 'illegal character in name');
    const taken = this.childrenOf(parentId).some(({ properties }) => properties.get('cmis:name') === name);
    if (this.archive.uniqueNames && taken) throw new Refusal(409, 'nameConstraintViolation');
  }

  private valuesOf(typeId: string, sent: ReadonlyMap<string, readonly string[]>): Map<string, Value> {
    const secondary = sent.get('cmis:secondaryObjectTypeIds') ?? [];
    const known = new Map([typeId, ...secondary].flatMap((id) => this.types.properties(id)).map((property) => [property.id, property]));
    const values = new Map<string, Value>();
    for (const [id, texts] of sent) {
      const property = known.get(id);
      if (property === undefined) throw new Refusal(400, 'invalidArgument', `${id} is unknown!`);
      const { propertyType, cardinality, updatability, maxLength, choices } = property;
      if (updatability === 'readonly') throw new Refusal(409, 'constraint', `${id} is read-only`);
      if (texts.some((text) => text.length > (maxLength ?? Infinity))) throw new Refusal(409, 'constraint', `${id} is too long`);
      if (texts.some((text) => choices?.includes(text) === false)) throw new Refusal(409, 'constraint', `${id} is no choice`);
      const parsed = texts.map((text) => valueOf(id, propertyType ?? 'string', text));
      values.set(id, cardinality === 'multi' ? parsed : (parsed[0] ?? null));
    }
    return values;
  }

  private insert(typeId: string, parentId: string | null, properties: Map<string, Value>, more: Partial<StoredObject> = {}): StoredObject {
    const id = String(this.nextId++);
    const now = this.nowMs();
    const defaults = { seriesId: id, content: undefined, isWorkingCopy: false, isMajor: true, changeToken: now, created: now };
    const object = { ...defaults, ...more, id, typeId, parentId, properties };
    this.objects.set(id, object);
    this.changes += 1;
    return object;
  }

  private touched(object: StoredObject): StoredObject {
    object.changeToken += 1;
    this.changes += 1;
    return object;
  }
}

function valueOf(id: string, type: string, text: string): string | number | boolean {
  if (type === 'boolean') return text === 'true';
  if (type !== 'integer' && type !== 'decimal' && type !== 'datetime') return text;
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new Refusal(400, 'invalidArgument', `${id} value is not a number!`);
  return value;
}
