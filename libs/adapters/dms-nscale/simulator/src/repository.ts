// SPDX-License-Identifier: EUPL-1.2
import type { SimulatedArea, SimulatedClass } from './area.js';

/** A content item as it was stored: described, counted, hashed; its bytes are gone. */
export interface StoredItem {
  readonly name: string;
  readonly displayName: string;
  readonly contentType: string;
  readonly length: number;
  readonly sha512: string;
  /** Only of what was put there past the wire. */
  readonly bytes?: Buffer;
}
/** One version of a document's content. */
export interface StoredVersion {
  readonly contentType: string;
  readonly items: readonly StoredItem[];
}

/** A folder or document. */
export interface StoredResource {
  readonly key: string;
  readonly objectclass: string;
  readonly kind: 'folder' | 'document';
  readonly parentKey: string | null;
  readonly properties: Map<string, string>;
  readonly versions: StoredVersion[];
  readonly children: string[];
  locked: boolean;
}

/** nscale says no. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(code);
  }
}

/** What is asked to be created. */
export interface Creation {
  readonly objectclass: string;
  readonly parentResourceKey: string;
  readonly properties: readonly { readonly name: string; readonly value: string }[];
  readonly content?: StoredVersion;
}

/** A change in a form that can be written down and repeated. */
export type RepositoryChange =
  | { readonly created: Omit<StoredResource, 'key' | 'properties' | 'children' | 'locked'> & { readonly properties: [string, string][] } }
  | { readonly key: string; readonly version: StoredVersion };

/** The repository of one document area: objects by key, an index per property value, no linear scans. */
export class Repository {
  readonly resources = new Map<string, StoredResource>();
  private readonly index = new Map<string, Set<string>>();
  private readonly classes: ReadonlyMap<string, SimulatedClass>;
  readonly rootKey: string;
  /** Number of changes so far, of any kind. */
  changes = 0;
  /** While true, every folder says that it is closed. */
  closed = false;
  /** Called with every change before it is answered: a repository on disk. */
  onChange: (change: RepositoryChange) => void = () => undefined;

  constructor(readonly area: SimulatedArea) {
    this.classes = new Map(area.classes.map((definition) => [definition.name, definition]));
    const cabinet = area.classes[0]?.name ?? 'Schrank';
    this.rootKey = this.insert(cabinet, 'folder', null, new Map([['displayname', area.name]]), []).key;
    for (const path of area.folders) {
      const parent = this.byPath(path.slice(0, path.lastIndexOf('/')));
      this.insert(cabinet, 'folder', parent.key, new Map([['displayname', path.slice(path.lastIndexOf('/') + 1)]]), []);
    }
    this.changes = 0;
  }

  /** Repeats a change of an earlier run; in the same order, keys come out the same. */
  repeat(change: RepositoryChange): void {
    if ('version' in change) {
      this.get(change.key).versions.push(change.version);
      this.changes += 1;
      return;
    }
    const { objectclass, kind, parentKey, properties, versions } = change.created;
    this.insert(objectclass, kind, parentKey, new Map(properties), [...versions]);
  }

  /** @throws Refusal 404 */
  get(key: string): StoredResource {
    const resource = this.resources.get(key);
    if (resource === undefined) throw new Refusal(404, 'ResourceNotFound');
    return resource;
  }

  /** @throws Refusal 404 */
  byPath(path: string): StoredResource {
    let place = this.get(this.rootKey);
    for (const name of path.split('/').slice(1)) {
      const child = place.children.map((key) => this.get(key)).find(({ properties }) => properties.get('displayname') === name);
      if (child === undefined) throw new Refusal(404, 'ResourceNotFound');
      place = child;
    }
    return place;
  }

  classOf(name: string): SimulatedClass {
    const definition = this.classes.get(name);
    if (definition === undefined) throw new Refusal(400, 'UnknownObjectclass');
    return definition;
  }

  /** Checks without creating, so that a large upload can be refused before its bytes are read. */
  check(creation: Omit<Creation, 'content'>): SimulatedClass {
    const definition = this.classOf(creation.objectclass);
    const parent = this.get(creation.parentResourceKey);
    if (parent.locked) throw new Refusal(423, 'ResourceLocked');
    if (this.closed) throw new Refusal(409, 'FolderClosed');
    if (!this.classOf(parent.objectclass).allowedChildren.includes(definition.name)) throw new Refusal(409, 'ChildObjectclassNotAllowed');
    for (const { name, value } of creation.properties) {
      const longest = name === 'displayname' ? 1_000 : definition.properties[name];
      if (longest === undefined) throw new Refusal(400, 'UnknownIndexingProperty');
      if (value.length > longest) throw new Refusal(422, 'PropertyValueTooLong');
      if (this.area.unique.includes(name) && this.withProperty(name, value).length > 0) throw new Refusal(409, 'PropertyNotUnique');
    }
    return definition;
  }

  create(creation: Creation): StoredResource {
    const { kind, name } = this.check(creation);
    const properties = new Map(creation.properties.map((property) => [property.name, property.value]));
    const versions = creation.content === undefined ? [] : [creation.content];
    return this.told(this.insert(name, kind, creation.parentResourceKey, properties, versions));
  }

  /** A new version of a document's content, in which one item is replaced. */
  replaceItem(key: string, position: number, item: Pick<StoredItem, 'contentType' | 'length' | 'sha512'>): void {
    const resource = this.get(key);
    if (resource.locked) throw new Refusal(423, 'ResourceLocked');
    if (this.closed) throw new Refusal(409, 'FolderClosed');
    const newest = resource.versions.at(-1);
    const old = newest?.items[position];
    if (newest === undefined || old === undefined) throw new Refusal(404, 'ResourceNotFound');
    const version = { ...newest, items: newest.items.map((each, at) => (at === position ? { ...old, ...item } : each)) };
    resource.versions.push(version);
    this.changes += 1;
    this.onChange({ key, version });
  }

  /** Changes index data. */
  setProperties(key: string, properties: readonly { readonly name: string; readonly value: string }[]): void {
    const resource = this.get(key);
    if (resource.locked) throw new Refusal(423, 'ResourceLocked');
    if (this.closed) throw new Refusal(409, 'FolderClosed');
    const { properties: known } = this.classOf(resource.objectclass);
    for (const { name } of properties) if (!(name in known)) throw new Refusal(400, 'UnknownIndexingProperty');
    for (const { name, value } of properties) {
      this.index.get(`${name}\u0000${resource.properties.get(name) ?? ''}`)?.delete(key);
      resource.properties.set(name, value);
      const entry = `${name}\u0000${value}`;
      this.index.set(entry, (this.index.get(entry) ?? new Set<string>()).add(key));
    }
    this.changes += 1;
  }

  /** Puts a document into a folder past the wire, as a clerk does with another program. */
  place(objectclass: string, parentKey: string, properties: Map<string, string>, version: StoredVersion): StoredResource {
    return this.insert(objectclass, 'document', parentKey, properties, [version]);
  }

  /** A new version of a document, past the wire. */
  replace(key: string, version: StoredVersion): void {
    this.get(key).versions.push(version);
    this.changes += 1;
  }

  remove(key: string): void {
    const resource = this.get(key);
    for (const [name, value] of resource.properties) this.index.get(`${name}\u0000${value}`)?.delete(key);
    if (resource.parentKey !== null) {
      const { children } = this.get(resource.parentKey);
      children.splice(children.indexOf(key), 1);
    }
    this.resources.delete(key);
    this.changes += 1;
  }

  /** Resources whose property has this value, in order of creation. */
  withProperty(name: string, value: string): StoredResource[] {
    return [...(this.index.get(`${name}\u0000${value}`) ?? [])].map((key) => this.get(key));
  }

  /** True when the area has an indexing property of this name. */
  knowsProperty(name: string): boolean {
    return name === 'displayname' || this.area.classes.some(({ properties }) => name in properties);
  }

  /** Copies an object with its index data, past all rules: what a careless migration leaves behind. */
  copy(key: string): StoredResource {
    const { objectclass, kind, parentKey, properties, versions } = this.get(key);
    return this.told(this.insert(objectclass, kind, parentKey, new Map(properties), [...versions]));
  }

  private told(resource: StoredResource): StoredResource {
    const { objectclass, kind, parentKey, properties, versions } = resource;
    this.onChange({ created: { objectclass, kind, parentKey, properties: [...properties], versions } });
    return resource;
  }

  private insert(
    objectclass: string,
    kind: 'folder' | 'document',
    parentKey: string | null,
    properties: Map<string, string>,
    versions: StoredVersion[],
  ): StoredResource {
    // Opaque to clients, and with characters that a path segment has to escape: whoever takes it apart or forgets to encode it fails.
    const key = `${Buffer.from(`${this.area.name}:${kind}`).toString('base64')}/${this.resources.size + 1};v=0`;
    const resource: StoredResource = { key, objectclass, kind, parentKey, properties, versions, children: [], locked: false };
    this.resources.set(key, resource);
    if (parentKey !== null) this.get(parentKey).children.push(key);
    for (const [name, value] of properties) {
      const entry = `${name}\u0000${value}`;
      const keys = this.index.get(entry) ?? new Set<string>();
      this.index.set(entry, keys.add(key));
    }
    this.changes += 1;
    return resource;
  }
}
