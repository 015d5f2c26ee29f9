// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

/** Files and folders of a simulated server, by absolute path. */
export class FileTree {
  /** Grows with every change. */
  changes = 0;
  private readonly entries = new Map<string, Buffer[] | 'folder'>([['', 'folder']]);

  isFolder(path: string): boolean {
    return this.entries.get(trimmed(path)) === 'folder';
  }
  has(path: string): boolean {
    return this.entries.has(trimmed(path));
  }
  hasParentOf(path: string): boolean {
    return this.isFolder(path.slice(0, path.lastIndexOf('/')));
  }
  makeFolder(path: string): void {
    this.entries.set(trimmed(path), 'folder');
    this.changes += 1;
  }
  makeFile(path: string, content: string | Buffer = ''): void {
    this.entries.set(trimmed(path), content.length === 0 ? [] : [Buffer.from(content as string)]);
    this.changes += 1;
  }
  append(path: string, piece: Buffer): void {
    const file = this.entries.get(trimmed(path));
    if (file !== undefined && file !== 'folder') file.push(Buffer.from(piece));
    this.changes += 1;
  }
  read(path: string): Buffer | undefined {
    const file = this.entries.get(trimmed(path));
    if (file === undefined || file === 'folder') return undefined;
    // Put together once: a file is read in many requests.
    if (file.length > 1) file.splice(0, file.length, Buffer.concat(file));
    return file[0] ?? Buffer.alloc(0);
  }
  size(path: string): number {
    const file = this.entries.get(trimmed(path));
    return file === undefined || file === 'folder' ? 0 : file.reduce((sum, piece) => sum + piece.length, 0);
  }
  sha512(path: string): string {
    return createHash('sha512')
      .update(this.read(path) ?? '')
      .digest('hex');
  }
  remove(path: string): void {
    this.entries.delete(trimmed(path));
    this.changes += 1;
  }
  /** Moves a file, or a folder with everything in it. */
  rename(from: string, to: string): void {
    const [old, fresh] = [trimmed(from), trimmed(to)];
    for (const [path, entry] of [...this.entries].filter(([one]) => one === old || one.startsWith(`${old}/`))) {
      this.entries.delete(path);
      this.entries.set(fresh + path.slice(old.length), entry);
    }
    this.changes += 1;
  }
  /** The last bytes of a file are lost. */
  shorten(path: string, bytes: number): void {
    const content = this.read(path);
    if (content !== undefined) this.entries.set(trimmed(path), [content.subarray(0, Math.max(0, content.length - bytes))]);
  }
  /** Paths of everything below a folder. */
  below(path: string): string[] {
    return [...this.entries.keys()].filter((one) => one.startsWith(`${trimmed(path)}/`));
  }
  /** Names of what lies directly in a folder. */
  list(path: string): string[] {
    const folder = trimmed(path);
    return [...this.entries.keys()]
      .filter((one) => one !== '' && one !== folder && one.slice(0, one.lastIndexOf('/')) === folder)
      .map((one) => one.slice(folder.length + 1));
  }
}

function trimmed(path: string): string {
  return path.replace(/\/+$/, '');
}
