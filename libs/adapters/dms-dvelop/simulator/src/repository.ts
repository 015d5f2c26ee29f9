// SPDX-License-Identifier: EUPL-1.2
import { createHash, randomUUID } from 'node:crypto';

import type { Creation } from '../../src/dvelop.wire.js';
import type { SimulatedCategory, SimulatedTown } from './town.js';

/** An answer that says no. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly status: number,
    readonly reason: string,
  ) {
    super(reason);
  }
}

/** Content that was laid down. Small content is kept for reading back, of larger only length and digest are known. */
export interface StoredBlob {
  readonly length: number;
  readonly sha512: string;
  readonly bytes: Buffer | undefined;
}
/** A document or dossier. */
export interface StoredObject {
  readonly id: string;
  readonly category: SimulatedCategory;
  readonly parentId: string | undefined;
  readonly properties: Map<string, readonly string[]>;
  readonly versions: { readonly fileName: string; readonly blob: StoredBlob }[];
}

/** Content above this is not kept, in bytes. */
const KEPT_BYTES_MAX = 16 * 1024 * 1024;

/** What a repository holds. Nothing here is unique but ids, as in d.3 without further administration. */
export class Repository {
  readonly objects = new Map<string, StoredObject>();
  readonly blobs = new Map<string, StoredBlob>();
  /** Ids of documents somebody is processing. */
  readonly locked = new Set<string>();
  /** While true, everything is refused by a rule of the repository. */
  closed = false;
  changes = 0;
  private next = 1;

  constructor(readonly town: SimulatedTown) {}

  /** @throws Refusal 404 */
  get(id: string): StoredObject {
    const object = this.objects.get(id);
    if (object === undefined) throw new Refusal(404, 'Das DMS-Objekt wurde nicht gefunden.');
    return object;
  }
  childrenOf(id: string): StoredObject[] {
    return [...this.objects.values()].filter(({ parentId }) => parentId === id);
  }

  create(creation: Creation): StoredObject {
    if (this.closed) throw new Refusal(422, 'Die Akte ist geschlossen.');
    const category = this.town.categories.find(({ key }) => key === creation.sourceCategory);
    if (category === undefined) throw new Refusal(400, 'Zur Quellkategorie gibt es keine Zuordnung.');
    if (creation.parentId !== undefined && !this.objects.has(creation.parentId)) throw new Refusal(404, 'Die Akte wurde nicht gefunden.');
    const properties = new Map<string, readonly string[]>();
    for (const { key, values } of creation.sourceProperties.properties) {
      const lengthMax = category.properties[key];
      if (lengthMax === undefined) throw new Refusal(400, 'Zur Quelleigenschaft gibt es keine Zuordnung.');
      if (values.some((value) => value.length > lengthMax)) throw new Refusal(400, 'Der Wert einer Eigenschaft ist zu lang.');
      properties.set(key, values);
    }
    const versions = category.kind === 'document' ? [this.versionOf(creation)] : [];
    const object = { id: this.newId(), category, parentId: creation.parentId, properties, versions };
    this.objects.set(object.id, object);
    this.changes += 1;
    return object;
  }

  update(id: string, change: { readonly filename?: string; readonly contentLocationUri?: string }): void {
    if (this.closed) throw new Refusal(422, 'Die Akte ist geschlossen.');
    if (this.locked.has(id)) throw new Refusal(403, 'Das Dokument wird bearbeitet.');
    this.get(id).versions.push(this.versionOf(change));
    this.changes += 1;
  }

  delete(id: string): void {
    if (this.childrenOf(id).length > 0) throw new Refusal(409, 'Die Akte ist nicht leer.');
    this.objects.delete(id);
    this.changes += 1;
  }

  /** @returns the address the content can be referred to by. */
  layDown(blob: StoredBlob): string {
    const address = `/dms/r/${this.town.repositoryId}/blob/chunk/${randomUUID()}`;
    this.blobs.set(address, blob);
    return address;
  }

  /** Copies an object past all rules: what a careless migration leaves behind. */
  copy(id: string): StoredObject {
    const original = this.get(id);
    const copy = { ...original, id: this.newId(), properties: new Map(original.properties), versions: [...original.versions] };
    this.objects.set(copy.id, copy);
    this.changes += 1;
    return copy;
  }

  private versionOf({
    filename = '',
    contentLocationUri = '',
  }: {
    filename?: string;
    contentLocationUri?: string;
  }): StoredObject['versions'][number] {
    const blob = this.blobs.get(contentLocationUri);
    if (blob === undefined || filename === '') throw new Refusal(400, 'Die Datei wurde nicht gefunden.');
    this.blobs.delete(contentLocationUri);
    return { fileName: filename, blob };
  }
  private newId(): string {
    const number = String(this.next++).padStart(9, '0');
    return this.town.ids === 'numbered' ? `D${number}` : createHash('sha256').update(number).digest('base64url').slice(0, 12);
  }
}

/** Counts and hashes bytes as they pass, and keeps small content. */
export async function received(
  body: AsyncIterable<Buffer>,
  options: { readonly short: boolean; readonly bytesMax: number; readonly arrived: (bytes: number) => void },
): Promise<StoredBlob> {
  const hash = createHash('sha512');
  const kept: Buffer[] = [];
  let length = 0;
  let held: Buffer | undefined;
  const take = (chunk: Buffer): void => {
    hash.update(chunk);
    length += chunk.length;
    if (length > options.bytesMax) throw new Refusal(507, 'Der Speicherplatz ist erschöpft.');
    if (length <= KEPT_BYTES_MAX) kept.push(chunk);
    else kept.length = 0;
  };
  for await (const chunk of body) {
    options.arrived(chunk.length);
    if (held !== undefined) take(held);
    held = chunk;
  }
  if (held !== undefined) take(options.short ? held.subarray(0, -1) : held);
  return { length, sha512: hash.digest('hex'), bytes: length <= KEPT_BYTES_MAX ? Buffer.concat(kept) : undefined };
}
