// SPDX-License-Identifier: EUPL-1.2
import { randomBytes } from 'node:crypto';

import { FileDropSimulator } from '@amtsbote/adapters/export-file-drop/simulator';

import type { Undoing } from '../launch/undoing.js';

/** A Fachverfahren that does not come by itself: each application is put in a folder of its SFTP server. Nobody collects, so its book is whole. */
export class Drop {
  readonly user = 'amtsbote';

  private constructor(
    readonly server: FileDropSimulator,
    readonly password: string,
  ) {}

  static async start(undoing: Undoing): Promise<Drop> {
    const password = randomBytes(24).toString('base64url');
    const server = await new FileDropSimulator('amtsbote', password).start();
    undoing.add('SFTP server', () => server.stop());
    return new Drop(server, password);
  }

  /** References of the applications whose folder became visible, once for each time it did. */
  references(): string[] {
    return this.server.dropped().map((path) => path.slice(path.lastIndexOf('/') + 1));
  }
}
