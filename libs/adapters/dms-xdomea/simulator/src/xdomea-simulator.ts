// SPDX-License-Identifier: EUPL-1.2
import type { DmsContents } from '@amtsbote/adapter-kit/testing';
import { SftpSimulator } from '@amtsbote/adapter-kit/testing/sftp';

import { type DroppedZip, imported, refusalsOf } from './importer.js';

/** A DMS that imports xdomea messages from a folder on an SFTP server, strictly: what is not in its place is refused. */
export class XdomeaSimulator extends SftpSimulator {
  /** Somebody else puts a file under every name that is wanted, just before; taken away again when it ends. */
  isBeaten = false;
  /** Loses the last byte of every file and says nothing. */
  storesShort = false;
  private readonly foreign = new Set<string>();
  private readonly collected: DroppedZip[] = [];

  constructor(username: string, password: string) {
    super(username, password, '/xdomea');
  }

  /** Takes every message out of the folder, as a DMS does that imports by the minute. */
  collect(): void {
    for (const { name, bytes } of this.lying()) {
      this.collected.push({ name, bytes: Buffer.from(bytes) });
      this.files.remove(`${this.directory}/${name}`);
    }
  }
  /** Every message that was dropped. */
  messages(): DroppedZip[] {
    return [...this.collected, ...this.lying()];
  }
  /** What is wrong with the messages that were dropped; one line each. */
  refusals(): string[] {
    return this.messages().flatMap(refusalsOf);
  }
  contents(): DmsContents {
    const names = this.files.list(this.directory);
    const strays = names.filter((name) => !name.endsWith('.zip')).length;
    return imported(this.messages(), strays, this.files.changes);
  }

  /** The files of others are gone, and files are kept whole again. */
  behaves(): void {
    this.isBeaten = false;
    this.storesShort = false;
    for (const path of this.foreign) this.files.remove(path);
    this.foreign.clear();
  }

  protected override beforeRequest(line: string): void {
    const wanted = /^RENAME .* -> (.*)$/.exec(line)?.[1];
    if (this.isBeaten && wanted !== undefined && !this.files.has(wanted)) {
      this.files.makeFile(wanted, 'of a clerk');
      this.foreign.add(wanted);
    }
    const closed = /^CLOSE (.*)$/.exec(line)?.[1];
    if (this.storesShort && closed?.endsWith('.part') === true) this.files.shorten(closed, 1);
  }

  private lying(): DroppedZip[] {
    return this.files
      .list(this.directory)
      .filter((name) => name.endsWith('.zip') && !this.foreign.has(`${this.directory}/${name}`))
      .map((name) => ({ name, bytes: this.files.read(`${this.directory}/${name}`) ?? Buffer.alloc(0) }));
  }
}
