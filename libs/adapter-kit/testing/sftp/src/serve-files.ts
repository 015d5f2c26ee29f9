// SPDX-License-Identifier: EUPL-1.2
import ssh2, { type Attributes, type SFTPWrapper } from 'ssh2';

import type { FileTree } from './file-tree.js';

const { STATUS_CODE, OPEN_MODE } = ssh2.utils.sftp;
const FOLDER_MODE = 0o040755;
const FILE_MODE = 0o100644;

/** A request that is done when called, and answered when what it returns is called. */
export type Act = () => () => void;

/** Lets a request through: does it, answers it, or something else. `refuse` answers with a status. */
export type Meet = (line: string, act: Act, refuse: (status: 'failure' | 'permissionDenied') => void) => void;

/** Answers SFTP requests out of a tree, as OpenSSH does: renaming onto something that exists fails, and so does making a folder twice. */
export function serveFiles(sftp: SFTPWrapper, files: FileTree, meet: Meet): void {
  const server = new FileServer(sftp, files, meet);
  server.serveContents();
  server.serveNames();
  server.serveFolders();
}

class FileServer {
  private readonly handles = new Map<number, { readonly path: string; listed: boolean }>();
  private next = 0;

  constructor(
    private readonly sftp: SFTPWrapper,
    private readonly files: FileTree,
    private readonly meet: Meet,
  ) {}

  serveContents(): void {
    const { sftp, files } = this;
    sftp.on('OPEN', (id, path, flags) =>
      this.on(id, `OPEN ${path}`, () => {
        const isWriting = (flags & OPEN_MODE.WRITE) !== 0;
        if (isWriting ? !files.hasParentOf(path) : files.read(path) === undefined) return this.status(id, STATUS_CODE.NO_SUCH_FILE);
        if (isWriting) files.makeFile(path);
        return this.opened(id, path);
      }),
    );
    sftp.on('WRITE', (id, handle, _offset, data) =>
      this.on(id, `WRITE ${this.pathOf(handle)}`, () => (files.append(this.pathOf(handle), data), this.status(id, STATUS_CODE.OK))),
    );
    sftp.on('READ', (id, handle, offset, length) =>
      this.on(id, `READ ${this.pathOf(handle)}`, () => {
        const piece = files.read(this.pathOf(handle))?.subarray(offset, offset + length) ?? Buffer.alloc(0);
        return piece.length === 0
          ? this.status(id, STATUS_CODE.EOF)
          : () => {
              sftp.data(id, piece);
            };
      }),
    );
    sftp.on('CLOSE', (id, handle) => this.on(id, `CLOSE ${this.pathOf(handle)}`, () => this.status(id, STATUS_CODE.OK)));
  }

  serveNames(): void {
    const { sftp, files } = this;
    const attributes = (id: number, path: string): void =>
      this.on(id, `STAT ${path}`, () =>
        files.has(path)
          ? () => {
              sftp.attrs(id, this.attributesOf(path));
            }
          : this.status(id, STATUS_CODE.NO_SUCH_FILE),
      );
    sftp.on('STAT', attributes);
    sftp.on('LSTAT', attributes);
    sftp.on('FSTAT', (id, handle) => attributes(id, this.pathOf(handle)));
    sftp.on('RENAME', (id, from, to) =>
      this.on(id, `RENAME ${from} -> ${to}`, () => {
        if (!files.has(from)) return this.status(id, STATUS_CODE.NO_SUCH_FILE);
        if (files.has(to)) return this.status(id, STATUS_CODE.FAILURE);
        files.rename(from, to);
        return this.status(id, STATUS_CODE.OK);
      }),
    );
    for (const event of ['REMOVE', 'RMDIR'] as const)
      sftp.on(event, (id: number, path: string) =>
        this.on(id, `${event} ${path}`, () => {
          if (!files.has(path)) return this.status(id, STATUS_CODE.NO_SUCH_FILE);
          files.remove(path);
          return this.status(id, STATUS_CODE.OK);
        }),
      );
  }

  serveFolders(): void {
    const { sftp, files } = this;
    sftp.on('MKDIR', (id, path) =>
      this.on(id, `MKDIR ${path}`, () => {
        if (!files.hasParentOf(path)) return this.status(id, STATUS_CODE.NO_SUCH_FILE);
        if (files.has(path)) return this.status(id, STATUS_CODE.FAILURE);
        files.makeFolder(path);
        return this.status(id, STATUS_CODE.OK);
      }),
    );
    sftp.on('OPENDIR', (id, path) =>
      this.on(id, `OPENDIR ${path}`, () => (files.isFolder(path) ? this.opened(id, path) : this.status(id, STATUS_CODE.NO_SUCH_FILE))),
    );
    sftp.on('READDIR', (id, handle) =>
      this.on(id, `READDIR ${this.pathOf(handle)}`, () => {
        const open = this.handles.get(handle.readUInt32BE(0));
        if (open === undefined || open.listed) return this.status(id, STATUS_CODE.EOF);
        open.listed = true;
        const names = ['.', '..', ...files.list(open.path)].map((filename) => ({
          ...{ filename, longname: filename },
          attrs: this.attributesOf(`${open.path}/${filename}`),
        }));
        return () => {
          sftp.name(id, names);
        };
      }),
    );
  }

  private on(id: number, line: string, act: Act): void {
    const codes = { failure: STATUS_CODE.FAILURE, permissionDenied: STATUS_CODE.PERMISSION_DENIED };
    this.meet(line, act, (code) => {
      this.sftp.status(id, codes[code]);
    });
  }
  private status(id: number, code: number): () => void {
    return () => {
      this.sftp.status(id, code);
    };
  }
  private pathOf(handle: Buffer): string {
    return this.handles.get(handle.readUInt32BE(0))?.path ?? '';
  }
  private opened(id: number, path: string): () => void {
    return () => {
      const handle = Buffer.alloc(4);
      handle.writeUInt32BE((this.next += 1), 0);
      this.handles.set(this.next, { path, listed: false });
      this.sftp.handle(id, handle);
    };
  }
  private attributesOf(path: string): Attributes {
    const mode = this.files.isFolder(path) ? FOLDER_MODE : FILE_MODE;
    return { mode, uid: 0, gid: 0, atime: 0, mtime: 0, size: this.files.size(path) };
  }
}
