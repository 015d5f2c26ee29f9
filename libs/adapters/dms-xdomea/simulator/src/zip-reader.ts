// SPDX-License-Identifier: EUPL-1.2
import { crc32 } from 'node:zlib';

/** A file of a ZIP. */
export interface ZipEntry {
  readonly name: string;
  readonly content: Buffer;
}

const [END, CENTRAL, LOCAL] = [0x06054b50, 0x02014b50, 0x04034b50];
const END_BYTES = 22;

/**
 * Reads a ZIP whose files are stored and not deflated, from its central directory; checks every CRC.
 * @throws Error when it is none, or is damaged.
 */
export function readZip(zip: Buffer): ZipEntry[] {
  const end = zip.length - END_BYTES;
  if (end < 0 || zip.readUInt32LE(end) !== END) throw new Error('no ZIP, or one that is cut off');
  const entries: ZipEntry[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let count = zip.readUInt16LE(end + 10); count > 0; count -= 1) {
    if (zip.readUInt32LE(at) !== CENTRAL) throw new Error('the directory is damaged');
    const [method, crc, size] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 16), zip.readUInt32LE(at + 24)];
    const [nameBytes, extraBytes, commentBytes] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30), zip.readUInt16LE(at + 32)];
    const name = zip.subarray(at + 46, at + 46 + nameBytes).toString('utf8');
    const content = contentAt(zip, zip.readUInt32LE(at + 42), size);
    if (method !== 0) throw new Error('a file is deflated');
    if (crc32(content) !== crc) throw new Error('a file is damaged');
    entries.push({ name, content });
    at += 46 + nameBytes + extraBytes + commentBytes;
  }
  return entries;
}

function contentAt(zip: Buffer, at: number, size: number): Buffer {
  if (zip.readUInt32LE(at) !== LOCAL) throw new Error('a file is not where the directory says');
  const start = at + 30 + zip.readUInt16LE(at + 26) + zip.readUInt16LE(at + 28);
  return zip.subarray(start, start + size);
}
