// SPDX-License-Identifier: EUPL-1.2
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

import type { CatalogueMode } from '@amtsbote/adapter-kit';

import { refused, unreadablePath } from './xzufi.errors.js';
import { finding, namesIn } from './xzufi.index.mapping.js';
import { XmlFault } from './xzufi.limits.client.js';
import type { DocumentSource, SourceDocument, SourceRead } from './xzufi.sources.client.js';

/** Bytes that are read at once. */
const CHUNK_BYTES = 512 * 1024;
const INDEX = /^index.*\.txt$/i;
const XML = /\.xml$/i;

/** One file. */
export class FileSource implements DocumentSource {
  private readonly path: string;
  private readonly mode: CatalogueMode;

  constructor(path: string, mode: CatalogueMode) {
    this.path = path;
    this.mode = mode;
  }

  get description(): string {
    return `the file ${this.path}`;
  }
  async read(): Promise<SourceRead> {
    const { size } = await statOf(this.path);
    const document = { ...documentAt(this.path, basename(this.path), size), isLast: true, cursor: null };
    return { mode: this.mode, documentsTotal: 1, bytesTotal: size, findings: [], cursor: null, documents: [document] };
  }
  async look(): Promise<string> {
    return `${(await statOf(this.path)).size} bytes`;
  }
  close(): void {
    // Files are closed when they are read.
  }
}

/** The XML files of one folder. */
export class FolderSource implements DocumentSource {
  private readonly path: string;
  private readonly mode: CatalogueMode;

  constructor(path: string, mode: CatalogueMode) {
    this.path = path;
    this.mode = mode;
  }

  get description(): string {
    return `the folder ${this.path}`;
  }

  async read(cursor: string | null): Promise<SourceRead> {
    const { mode } = this;
    const { names, unlisted } = await this.listing();
    if (names.length === 0 && mode === 'snapshot') throw refused('folder-empty');
    // Names carry time and sequence number, so their order is the order of events.
    const fresh = mode === 'snapshot' ? names : names.filter((name) => cursor === null || name > cursor);
    const sizes = await Promise.all(fresh.map(async (name) => (await stat(join(this.path, name)).catch(() => undefined))?.size));
    const documents = fresh.map((name, index): SourceDocument => {
      const isLast = index === fresh.length - 1;
      return { ...documentAt(join(this.path, name), name, sizes[index]), isLast, cursor: mode === 'snapshot' ? null : name };
    });
    const bytesTotal = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
    const findings = unlisted.map((name) => finding('unlisted', 'No index names this file: it is not read.', name));
    return { mode, documentsTotal: fresh.length, bytesTotal, findings, cursor: mode === 'snapshot' ? null : cursor, documents };
  }

  async look(): Promise<string> {
    const { names } = await this.listing();
    if (names.length === 0 && this.mode === 'snapshot') throw refused('folder-empty');
    return `${names.length} files`;
  }
  close(): void {
    // Files are closed when they are read.
  }

  private async listing(): Promise<{ names: string[]; unlisted: string[] }> {
    const entries = await readdir(this.path, { withFileTypes: true }).catch((cause: unknown) => Promise.reject(unreadablePath(cause)));
    const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    const present = files.filter((name) => XML.test(name)).sort();
    const indexes = files.filter((name) => INDEX.test(name)).sort();
    if (indexes.length === 0) return { names: present, unlisted: [] };
    const listed = new Set<string>();
    for (const index of indexes) {
      const names = namesIn(await readFile(join(this.path, index), 'utf8'));
      if (names === undefined) throw refused('index-malformed');
      if (names.length === 0) throw refused('index-empty');
      for (const name of names) listed.add(name);
    }
    return { names: [...listed].sort(), unlisted: present.filter((name) => !listed.has(name)) };
  }
}

function documentAt(path: string, name: string, bytes: number | undefined): Pick<SourceDocument, 'name' | 'bytes' | 'open'> {
  return {
    name,
    ...(bytes === undefined ? {} : { bytes }),
    open: async () => {
      if (bytes === undefined) throw new XmlFault('file-missing', 'An index names the file, and it is not there.');
      return createReadStream(path, { highWaterMark: CHUNK_BYTES });
    },
  };
}

async function statOf(path: string): Promise<{ size: number }> {
  return stat(path).catch((cause: unknown) => Promise.reject(unreadablePath(cause)));
}
