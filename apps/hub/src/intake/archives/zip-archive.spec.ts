// SPDX-License-Identifier: EUPL-1.2
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32, deflateRawSync } from 'node:zlib';

import { ManualClock } from '@amtsbote/platform';
import { FileBlobStore } from '@amtsbote/store';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { ArchiveRefused, withArchive } from './zip-archive.js';

const LIMITS = { entriesMax: 10, entryBytesMax: 2_000_000, totalBytesMax: 5_000_000, ratioMax: 100 };
const ID = '0192f0a0-0000-7000-8000-000000000001';

interface Packed {
  readonly name: string | Buffer;
  readonly content: Buffer;
  /** What the archive says instead of what is true. */
  readonly lies?: { readonly size?: number; readonly crc?: number; readonly flags?: number; readonly packed?: Buffer };
}

/** A ZIP as every packer writes it, written by hand, so that it can lie. */
function zipOf(files: readonly Packed[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, lies = {} } of files) {
    const raw = Buffer.from(name as string);
    const packed = lies.packed ?? deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(lies.flags ?? 0x800, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(lies.crc ?? crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(lies.size ?? content.length, 18);
    common.writeUInt16LE(raw.length, 22);
    const local = Buffer.concat([Buffer.from('504b0304', 'hex'), common, raw, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('504b01021400', 'hex'), common, tail, raw]));
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('504b0506', 0, 'hex');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}

let directory: string;
let blobs: FileBlobStore;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'amtsbote-zip-'));
  blobs = new FileBlobStore(directory, new ManualClock());
});
afterEach(async () => rm(directory, { recursive: true, force: true }));

async function unpack(archive: Buffer): Promise<[string, string][]> {
  await blobs.put(ID, Readable.from([archive]), Number.MAX_SAFE_INTEGER);
  return withArchive(blobs, { id: ID, size: archive.length }, LIMITS, async (entries) => {
    const files: [string, string][] = [];
    for (const entry of entries) files.push([entry.name, (await buffer(await entry.open())).toString('utf8')]);
    return files;
  });
}
const text = (name: string, content = `Inhalt von ${name}`): Packed => ({ name, content: Buffer.from(content) });

describe('an archive that is unpacked', () => {
  it('gives its files with the names it has for them, directories left out', async () => {
    const files = [text('Lageplan.pdf'), text('ordner/', ''), text('ordner/Übersicht ; & .txt'), text('../../etc/passwd')];
    expect(await unpack(zipOf(files))).toEqual([
      ['Lageplan.pdf', 'Inhalt von Lageplan.pdf'],
      ['ordner/Übersicht ; & .txt', 'Inhalt von ordner/Übersicht ; & .txt'],
      ['../../etc/passwd', 'Inhalt von ../../etc/passwd'],
    ]);
  });

  it('reads names of old packers', async () => {
    const dos = { name: Buffer.from([0x9a, 0x62, 0x2e, 0x74, 0x78, 0x74]), content: Buffer.from('x'), lies: { flags: 0 } };
    const unmarked = { name: 'Über.txt', content: Buffer.from('y'), lies: { flags: 0 } };
    expect((await unpack(zipOf([dos, unmarked]))).map(([name]) => name)).toEqual(['Üb.txt', 'Über.txt']);
  });

  it.each<[string, Buffer, string]>([
    ['is no archive', Buffer.from('kein Archiv'), 'damaged'],
    ['is cut', zipOf([text('a')]).subarray(0, -30), 'damaged'],
    ['has more files than allowed', zipOf(Array.from({ length: 11 }, (_, index) => text(`${index}`))), 'too-many-entries'],
    ['has many more files than allowed', zipOf(Array.from({ length: 500 }, (_, index) => text(`${index}`))), 'too-many-entries'],
    ['grows a thousandfold', zipOf([{ name: 'bombe', content: Buffer.alloc(1_900_000) }]), 'bomb'],
    ['has a file that is too large', zipOf([{ name: 'gross', content: Buffer.alloc(2_000_001) }]), 'too-large'],
    [
      'is too large in all',
      zipOf(
        Array.from({ length: 9 }, (_, index) => ({
          name: `${index}`,
          content: Buffer.alloc(90_000),
          lies: { size: 600_000, packed: Buffer.alloc(90_000, 1) },
        })),
      ),
      'too-large',
    ],
    ['is encrypted', zipOf([{ ...text('geheim'), lies: { flags: 0x801 } }]), 'encrypted'],
    ['has a name without end', zipOf([text('n'.repeat(1_001))]), 'name-too-long'],
  ])('that %s is refused before anything is unpacked', async (_what, archive, fault) => {
    await blobs.put(ID, Readable.from([archive]), Number.MAX_SAFE_INTEGER);
    const unpacking = withArchive(blobs, { id: ID, size: archive.length }, LIMITS, async () => 'opened');
    await expect(unpacking).rejects.toMatchObject({ name: 'ArchiveRefused', fault });
  });

  it('whose entries share their bytes is refused', async () => {
    const archive = zipOf([text('a', 'x'.repeat(1_000))]);
    const at = archive.indexOf(Buffer.from('504b0102', 'hex'));
    const entry = archive.subarray(at, -22);
    const end = Buffer.from(archive.subarray(-22));
    for (const position of [8, 10]) end.writeUInt16LE(8, position);
    end.writeUInt32LE(entry.length * 8, 12);
    const shared = Buffer.from(entry);
    shared.writeUInt32LE(900, 20);
    const doubled = Buffer.concat([archive.subarray(0, at), ...Array.from({ length: 8 }, () => shared), end]);
    await expect(unpack(doubled)).rejects.toMatchObject({ fault: 'overlapping' });
  });

  it.each<[string, Packed]>([
    ['holds more than it says', { name: 'a', content: Buffer.alloc(5_000, 'x'), lies: { size: 10 } }],
    ['holds less than it says', { name: 'a', content: Buffer.from('x'), lies: { size: 10 } }],
    ['holds something else than it says', { name: 'a', content: Buffer.from('x'), lies: { crc: 1 } }],
    ['holds nothing that can be unpacked', { name: 'a', content: Buffer.from('x'), lies: { packed: Buffer.from('kein deflate') } }],
  ])('that %s fails while it is unpacked', async (_what, lie) => {
    await expect(unpack(zipOf([lie]))).rejects.toMatchObject({ fault: 'damaged' });
  });

  it('is unpacked or refused, whatever was changed in it', async () => {
    const archive = zipOf([text('a.txt'), text('b.txt', 'Text '.repeat(100))]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(archive.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }), async (changes) => {
        const changed = Buffer.from(archive);
        for (const [at, byte] of changes) changed[at] = byte;
        await unpack(changed).catch((error: unknown) => expect(error).toBeInstanceOf(ArchiveRefused));
      }),
      { numRuns: 150 },
    );
  });
});
