// SPDX-License-Identifier: EUPL-1.2
import { contentsOf, type DmsContents } from '@amtsbote/adapter-kit/testing';
import { SftpSimulator } from '@amtsbote/adapter-kit/testing/sftp';

/** An SFTP server whose folders are Akten and Vorgänge. */
export class SftpDmsSimulator extends SftpSimulator {
  /** Somebody else puts a file under every name that is wanted, just before; taken away again when it ends. */
  isBeaten = false;
  /** Loses the last byte of every file and says nothing. */
  storesShort = false;
  /** Changes the bytes of every document that gets its name, at equal length, and says nothing: a disk, a filter, a person. */
  altersContent = false;
  private readonly foreign = new Set<string>();
  private readonly altered = new Map<string, Buffer>();

  constructor(username: string, password: string) {
    super(username, password, '/Gewerbeamt');
  }

  /** What lies below the folder for Akten, read from the files themselves. */
  contents(): DmsContents {
    const { files, directory } = this;
    const entries = files.below(directory).map((path) => {
      const segments = path.slice(directory.length + 1).split('/');
      if (files.isFolder(path)) return { segments, entry: 'folder' as const };
      return { segments, entry: { size: files.size(path), sha512: files.sha512(path), bytes: files.read(path) ?? null } };
    });
    return contentsOf(entries, directory, files.changes);
  }

  /** The files of others are gone, files are kept whole again, and what was altered is as it was sent. */
  behaves(): void {
    this.isBeaten = false;
    this.storesShort = false;
    this.altersContent = false;
    for (const [path, bytes] of this.altered) this.files.makeFile(path, bytes);
    this.altered.clear();
    for (const path of this.foreign) this.files.remove(path);
    this.foreign.clear();
  }

  protected override beforeRequest(line: string): void {
    const wanted = /^RENAME .* -> (.*)$/.exec(line)?.[1];
    if (this.isBeaten && wanted !== undefined && !this.files.has(wanted)) {
      this.files.makeFile(wanted, 'of a clerk');
      this.foreign.add(wanted);
    }
    if (this.altersContent && wanted !== undefined && !/\/(Verzeichnis\.json|SHA512SUMS)$/.test(wanted)) this.alter(line, wanted);
    const closed = /^CLOSE (.*)$/.exec(line)?.[1];
    // Lists of contents are read back and compared; what is meant here are documents, of which only the length is looked at.
    if (this.storesShort && closed?.endsWith('.part') === true) this.files.shorten(closed, 1);
  }

  private alter(line: string, wanted: string): void {
    const part = /^RENAME (.*) -> /.exec(line)?.[1] ?? '';
    const bytes = this.files.read(part);
    if (bytes === undefined) return;
    this.altered.set(wanted, Buffer.from(bytes));
    this.files.makeFile(part, Buffer.from(bytes.map((byte) => byte ^ 1)));
  }
}
