// SPDX-License-Identifier: EUPL-1.2
import type { ProbeReport } from '../../src/index.js';
import type { SftpConnections } from './sftp-connection.js';
import { sftpDeliveryError } from './sftp-failures.js';
import type { OpenSession } from './sftp-session.js';

type Check = ProbeReport['checks'][number];

/** Below this the probe warns, in bytes: one large application would not fit. */
const ROOM_BYTES_MIN = 1024 * 1024 * 1024;

/** Looks at a configured folder and the room below it; reads only, never throws. @param name what the folder is for. */
export async function probeSftpFolder(
  connections: SftpConnections,
  { name, directory, adapter }: { readonly name: string; readonly directory: string; readonly adapter: string },
  signal: AbortSignal,
): Promise<ProbeReport> {
  try {
    const checks = await connections.during(signal, async (connect) => {
      const session = await connect();
      const folder = await folderCheck(session, name, directory);
      return folder.ok ? [folder, await roomCheck(session, directory)] : [folder];
    });
    return { ok: checks.every(({ ok }) => ok), checks };
  } catch (error) {
    const failure = sftpDeliveryError(error, adapter, { repeatable: true, signal });
    return { ok: false, checks: [{ name, ok: false, detail: failure instanceof Error ? failure.message : 'failed' }] };
  }
}

async function folderCheck(session: OpenSession, name: string, directory: string): Promise<Check> {
  const there = await session.look(directory);
  if (there?.isFolder === true) return { name, ok: true, detail: 'is there' };
  return { name, ok: false, detail: there === undefined ? 'is not there' : 'is a file' };
}

/** Rights can only be tried, and a probe does not try; room and read-only mode OpenSSH tells. */
async function roomCheck(session: OpenSession, directory: string): Promise<Check> {
  const name = 'room in it';
  const room = await session.room(directory);
  if (room === undefined) return { name, ok: true, detail: 'the server does not tell' };
  if (room.isReadOnly) return { name, ok: false, detail: 'the file system is read-only' };
  const detail = `${Math.floor(room.freeBytes / (1024 * 1024))} MB are free`;
  return { name, ok: room.freeBytes >= ROOM_BYTES_MIN, detail };
}
