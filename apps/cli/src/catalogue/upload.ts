// SPDX-License-Identifier: EUPL-1.2
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Readable, Transform } from 'node:stream';

import type { RunView } from '@amtsbote/ops-api';

import { CommandFailed, EXIT } from '../exit-codes.js';
import type { HubApi } from '../hub-api.js';
import { type Progress, uploadLine } from './progress.js';

/** How a document is brought. */
export interface UploadOrder {
  readonly source: string;
  /** Whether what the file does not contain is removed. */
  readonly mode: string;
  readonly name?: string;
  readonly dryRun?: boolean;
}

interface Opened {
  readonly name: string;
  readonly stream: Readable;
  /** Absent for a pipe. */
  readonly total: number | undefined;
}

/**
 * Streams a file to the hub. When this resolves it is stored there for good and a run has been asked for; `-` reads the standard input.
 * @throws CommandFailed also for a file that cannot be read
 */
export async function upload(api: HubApi, file: string, order: UploadOrder, progress: Progress): Promise<RunView> {
  const { name, stream, total } = await open(file);
  const startedAt = progress.now();
  let sent = 0;
  const counted = new Transform({
    transform: (chunk: Buffer, _encoding, next) => {
      sent += chunk.length;
      progress.show(uploadLine(name, sent, total, progress.now() - startedAt), 'upload');
      next(null, chunk);
    },
  });
  const unreadable: { error?: NodeJS.ErrnoException } = {};
  stream.once('error', (error: NodeJS.ErrnoException) => {
    unreadable.error = error;
    counted.destroy(error);
  });
  const query = { mode: order.mode, name: order.name ?? name, ...(order.dryRun === true ? { dryRun: 'true' } : {}) };
  try {
    const path = `/ops/catalogue/sources/${encodeURIComponent(order.source)}/documents`;
    return await api.upload<RunView>(path, query, stream.pipe(counted), total);
  } catch (error) {
    throw unreadable.error === undefined ? error : cannotRead(file, unreadable.error);
  } finally {
    stream.destroy();
    progress.done();
  }
}

async function open(file: string): Promise<Opened> {
  if (file === '-') return { name: 'stdin', stream: process.stdin, total: undefined };
  try {
    const found = await stat(file);
    if (found.isDirectory()) throw new CommandFailed(EXIT.usage, `${file} is a folder: name one file.`);
    return { name: basename(file), stream: createReadStream(file), total: found.isFile() ? found.size : undefined };
  } catch (error) {
    throw error instanceof CommandFailed ? error : cannotRead(file, error as NodeJS.ErrnoException);
  }
}

function cannotRead(file: string, { code }: NodeJS.ErrnoException): CommandFailed {
  return new CommandFailed(EXIT.usage, `${file} cannot be read (${code ?? 'unknown reason'}).`);
}
