// SPDX-License-Identifier: EUPL-1.2
import { SftpSimulator } from '@amtsbote/adapter-kit/testing/sftp';

/** The server of a Fachverfahren that looks for folders in one place. */
export class FileDropSimulator extends SftpSimulator {
  private refusals = 0;

  /** The next name that is wanted is somebody else's. */
  refuseNext(): void {
    this.refusals += 1;
  }

  /** Folders that a Fachverfahren sees: everything that is not hidden. */
  readonly dropped = (): string[] =>
    this.files
      .list(this.directory)
      .filter((name) => !name.startsWith('.'))
      .map((name) => `${this.directory}/${name}`);

  protected override beforeRequest(line: string): void {
    if (!line.startsWith('RENAME ') || this.refusals === 0) return;
    this.refusals -= 1;
    this.files.makeFolder(line.split(' -> ')[1] ?? '');
  }
}
