// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import type { DmsContents, FiledDocument } from '@amtsbote/adapter-kit/testing';

import { type Categories, NAME_CHARACTERS_MAX, SUBTYPE } from '../../src/opentext.wire.js';
import type { SimulatedServer } from './server.js';

/** An answer that says no. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly status: number,
    readonly error: string,
  ) {
    super(error);
  }
}

/** Content of a version. Small content is kept for reading back, of larger only length and digest are known. */
export interface StoredContent {
  readonly fileName: string;
  readonly mediaType: string;
  readonly length: number;
  readonly sha512: string;
  readonly bytes: Buffer | undefined;
}
export interface StoredNode {
  readonly id: number;
  readonly type: number;
  readonly parentId: number;
  readonly name: string;
  readonly attributes: ReadonlyMap<string, readonly string[]>;
  readonly versions: StoredContent[];
}
/** The simulator's own count of what it holds. */
export interface OpentextBooks {
  readonly akten: number;
  readonly vorgaenge: number;
  readonly documents: number;
  readonly versions: number;
  readonly contentBytes: number;
  readonly changes: number;
}

/** The Enterprise workspace. */
const ENTERPRISE_ID = 2_000;
const KEPT_BYTES_MAX = 16 * 1024 * 1024;

/** What a server holds. Names are unique in a folder, without regard to case. */
export class Nodes {
  readonly all = new Map<number, StoredNode>();
  /** Ids of documents that somebody has reserved. */
  readonly reserved = new Set<number>();
  /** Ids of folders in which the user may create nothing. */
  readonly forbidden = new Set<number>();
  /** While true, every change is refused by a rule of the server. */
  closed = false;
  changes = 0;
  private next = 40_000;
  private readonly cabinetId: number;

  constructor(private readonly server: SimulatedServer) {
    this.put({ id: ENTERPRISE_ID, type: 141, parentId: -1, name: 'Enterprise' });
    for (const { id, name } of server.categories) this.put({ id: Number(id), type: SUBTYPE.category, parentId: -1, name });
    let last = ENTERPRISE_ID;
    for (const path of server.folders) {
      const parent = path
        .split('/')
        .slice(1, -1)
        .reduce((place, name) => this.childrenOf(place).find((node) => node.name === name)?.id ?? -1, ENTERPRISE_ID);
      last = this.put({ id: this.next++, type: SUBTYPE.folder, parentId: parent, name: path.slice(path.lastIndexOf('/') + 1) }).id;
    }
    this.cabinetId = last;
    this.changes = 0;
  }

  /** @throws Refusal 404 */
  get(id: number): StoredNode {
    const node = this.all.get(id);
    if (node === undefined) throw new Refusal(404, 'Could not access the specified node.');
    return node;
  }
  childrenOf(id: number): StoredNode[] {
    return [...this.all.values()].filter(({ parentId }) => parentId === id);
  }

  create(
    creation: { type: number; parent_id: number; name: string; roles?: { categories: Categories } | undefined },
    content?: StoredContent,
  ): StoredNode {
    const { type, parent_id: parentId, name, roles } = creation;
    if (this.closed) throw new Refusal(422, 'The folder is closed.');
    if (!this.all.has(parentId)) throw new Refusal(404, 'Could not access the specified node.');
    if (this.forbidden.has(parentId)) throw new Refusal(403, 'Insufficient permissions to perform this action.');
    if (name === '' || name.includes(':') || name.length > NAME_CHARACTERS_MAX) throw new Refusal(400, 'The name is not valid.');
    const taken = this.childrenOf(parentId).some((node) => node.name.toLowerCase() === name.toLowerCase());
    if (taken) throw new Refusal(400, 'An item with this name already exists.');
    if (type === SUBTYPE.document && content === undefined) throw new Refusal(400, 'A file is required.');
    const attributes = this.attributesOf(roles?.categories ?? {});
    return this.put({ id: this.next++, type, parentId, name, attributes, versions: content === undefined ? [] : [content] });
  }

  addVersion(id: number, content: StoredContent): void {
    if (this.closed) throw new Refusal(422, 'The folder is closed.');
    if (this.reserved.has(id)) throw new Refusal(400, 'The item is reserved by another user.');
    this.get(id).versions.push(content);
    this.changes += 1;
  }

  /** Copies a node past all rules, with its name: what a damaged database may hold. */
  copy(id: number): StoredNode {
    return this.put({ ...this.get(id), id: this.next++ });
  }

  books(): OpentextBooks {
    const akten = this.childrenOf(this.cabinetId);
    const vorgaenge = akten.flatMap(({ id }) => this.childrenOf(id));
    const documents = [...this.all.values()].filter(({ type }) => type === SUBTYPE.document);
    return {
      akten: akten.length,
      vorgaenge: vorgaenge.length,
      documents: documents.length,
      versions: documents.reduce((sum, { versions }) => sum + versions.length, 0),
      contentBytes: documents.reduce((sum, { versions }) => sum + (versions.at(-1)?.length ?? 0), 0),
      changes: this.changes,
    };
  }

  /** The content of the books as a tree of Akte > Vorgang > document. */
  contents(): DmsContents {
    const akten = this.childrenOf(this.cabinetId).map((akte) => ({
      id: String(akte.id),
      title: akte.name,
      vorgaenge: this.childrenOf(akte.id).map((vorgang) => ({
        id: String(vorgang.id),
        title: vorgang.name,
        properties: Object.fromEntries([...vorgang.attributes].map(([key, values]) => [key, values.join('; ')])),
        documents: this.childrenOf(vorgang.id).map(documentOf),
      })),
    }));
    const filed = akten.flatMap(({ vorgaenge }) => vorgaenge).reduce((sum, { documents }) => sum + 1 + documents.length, akten.length);
    const there = this.all.size - 1 - this.server.categories.length - this.server.folders.length;
    return { akten, strays: there - filed, changes: this.changes };
  }

  private attributesOf(categories: Categories): Map<string, readonly string[]> {
    const values = new Map<string, readonly string[]>();
    for (const [id, attributes] of Object.entries(categories)) {
      const category = this.server.categories.find((each) => each.id === id);
      if (category === undefined) throw new Refusal(404, 'Could not access the specified category.');
      for (const [key, value] of Object.entries(attributes)) {
        const lengthMax = category.attributes[key];
        const texts = typeof value === 'string' ? [value] : value;
        if (lengthMax === undefined) throw new Refusal(400, 'Invalid attribute.');
        if (texts.some((text) => text.length > lengthMax)) throw new Refusal(400, 'Invalid value specified for an attribute.');
        values.set(key, texts);
      }
    }
    return values;
  }

  private put(node: Pick<StoredNode, 'id' | 'type' | 'parentId' | 'name'> & Partial<StoredNode>): StoredNode {
    const stored: StoredNode = { attributes: new Map(), ...node, versions: [...(node.versions ?? [])] };
    this.all.set(stored.id, stored);
    this.changes += 1;
    return stored;
  }
}

function documentOf(node: StoredNode): FiledDocument {
  const newest = node.versions.at(-1);
  return {
    id: String(node.id),
    fileName: newest?.fileName ?? '',
    originalName: node.attributes.get('30200_3')?.[0] ?? '',
    mediaType: newest?.mediaType ?? '',
    size: newest?.length ?? -1,
    sha512: newest?.sha512 ?? '',
  };
}

/** Counts and hashes bytes as they pass, and keeps small content. */
export async function received(
  bytes: AsyncIterable<Buffer>,
  names: Pick<StoredContent, 'fileName' | 'mediaType'>,
  options: { readonly short: boolean; readonly bytesMax: number; readonly arrived: (bytes: number) => void },
): Promise<StoredContent> {
  const hash = createHash('sha512');
  const kept: Buffer[] = [];
  let length = 0;
  let held: Buffer | undefined;
  const take = (chunk: Buffer): void => {
    hash.update(chunk);
    length += chunk.length;
    if (length > options.bytesMax) throw new Refusal(507, 'Not enough storage.');
    if (length <= KEPT_BYTES_MAX) kept.push(chunk);
    else kept.length = 0;
  };
  for await (const chunk of bytes) {
    options.arrived(chunk.length);
    if (held !== undefined) take(held);
    held = chunk;
  }
  if (held !== undefined) take(options.short ? held.subarray(0, -1) : held);
  return { ...names, length, sha512: hash.digest('hex'), bytes: length <= KEPT_BYTES_MAX ? Buffer.concat(kept) : undefined };
}
