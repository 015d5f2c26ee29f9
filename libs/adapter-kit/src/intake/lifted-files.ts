// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';

import { IntakeRejection } from '../intake-rejection.js';
import { pointerTo, shortPointer } from './json-pointer.js';
import { JSON_DEPTH_MAX } from './strict-json.js';

/** Where a value stands: members and indexes from the outermost on. */
export type JsonPath = readonly (string | number)[];

/** What is taken out of a JSON text while it is read. */
export interface Lifting {
  /** Whether the text at this place is a file in base64. */
  isFile(path: JsonPath): boolean;
  /** Takes a file's decoded bytes as they come, to their end; what it throws ends the reading. */
  take(path: JsonPath, bytes: Readable): Promise<void>;
  /** Most bytes of the text without its files. */
  readonly bytesMax: number;
}

const KEY_BYTES_MAX = 4_096;
const PLACE_LENGTH_MAX = 300;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NULL = Buffer.from('null');

/**
 * Reads JSON whose files stand in it as base64, without ever holding a file in memory: each goes to where it is kept while it is read, and `null`
 * stands in its place. Checks nothing else: what is left is for {@link readJson}.
 * @returns the text without its files.
 * @throws IntakeRejection `untranslatable` code `base64-invalid` | `too-deep`, `tooLarge`, `malformed` for a text that ends in a file; whatever the
 *   source or `take` throws.
 */
export async function liftFiles(source: AsyncIterable<Buffer>, lifting: Lifting): Promise<Buffer> {
  return new Lifter(source, lifting).whole();
}

interface Level {
  /** Absent in objects. */
  index: number | undefined;
  key: string;
  /** In objects: whether the next text is a value. */
  atValue: boolean;
}

class Lifter {
  private readonly chunks: AsyncIterator<Buffer>;
  private chunk: Buffer = Buffer.alloc(0);
  private at = 0;
  private readonly kept: Buffer[] = [];
  private keptBytes = 0;
  private readonly levels: Level[] = [];

  constructor(
    source: AsyncIterable<Buffer>,
    private readonly lifting: Lifting,
  ) {
    this.chunks = source[Symbol.asyncIterator]();
  }

  async whole(): Promise<Buffer> {
    try {
      while (await this.fill()) {
        const start = this.at;
        const isText = this.skipStructure();
        this.keep(this.chunk.subarray(start, this.at));
        if (isText) await this.text();
      }
      return Buffer.concat(this.kept);
    } finally {
      await this.chunks.return?.();
    }
  }

  /** Goes on to the next quote, which it leaves behind. @returns false at the end of the chunk */
  private skipStructure(): boolean {
    for (; this.at < this.chunk.length; this.at += 1) {
      switch (this.chunk[this.at]) {
        case QUOTE:
          return true;
        case 0x7b: // {
          this.open({ index: undefined, key: '', atValue: false });
          break;
        case 0x5b: // [
          this.open({ index: 0, key: '', atValue: true });
          break;
        case 0x7d: // }
        case 0x5d: // ]
          this.levels.pop();
          break;
        case 0x3a: // :
          this.mark(true);
          break;
        case 0x2c: // ,
          this.mark(false);
          break;
        default:
      }
    }
    return false;
  }

  private open(level: Level): void {
    if (this.levels.length >= JSON_DEPTH_MAX)
      throw this.refusal('untranslatable', 'too-deep', `JSON may be nested ${JSON_DEPTH_MAX} levels deep at most.`);
    this.levels.push(level);
  }

  /** A colon or a comma: what comes next in this level. */
  private mark(isColon: boolean): void {
    const level = this.levels.at(-1);
    if (level === undefined) return;
    if (level.index === undefined) level.atValue = isColon;
    else if (!isColon) level.index += 1;
  }

  /** A text: a member's name, a value that stays, or a file. */
  private async text(): Promise<void> {
    const level = this.levels.at(-1);
    const isKey = level?.index === undefined && level?.atValue === false;
    if (!isKey && this.lifting.isFile(this.path())) {
      this.at += 1;
      await this.file();
      this.keep(NULL);
      return;
    }
    const from = this.kept.length;
    await this.keepText();
    if (!isKey) return;
    const key = Buffer.concat(this.kept.slice(from));
    level.key = key.length > KEY_BYTES_MAX ? '' : nameOf(key);
  }

  private path(): JsonPath {
    return this.levels.map(({ index, key }) => index ?? key);
  }

  /** From its quote to its quote. */
  private async keepText(): Promise<void> {
    let isEscaped = false;
    let isFirst = true;
    while (await this.fill()) {
      const start = this.at;
      let isOver = false;
      for (; this.at < this.chunk.length && !isOver; this.at += 1) {
        const byte = this.chunk[this.at];
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) isOver = !isFirst;
        isFirst = false;
      }
      this.keep(this.chunk.subarray(start, this.at));
      if (isOver) return;
    }
  }

  private async file(): Promise<void> {
    const path = this.path();
    const bytes = Readable.from(this.decoded(), { objectMode: false });
    try {
      await this.lifting.take(path, bytes);
    } finally {
      bytes.destroy();
    }
  }

  /** The bytes of a base64 text up to its quote. Line breaks are no part of it, and a slash may be escaped. */
  private async *decoded(): AsyncGenerator<Buffer> {
    let rest = '';
    let isPadded = false;
    for (;;) {
      if (!(await this.fill())) throw this.refusal('malformed', 'not-json', 'The text ends within a file.');
      const end = this.chunk.indexOf(QUOTE, this.at);
      const text = rest + this.chunk.toString('latin1', this.at, end < 0 ? this.chunk.length : end);
      this.at = end < 0 ? this.chunk.length : end + 1;
      // A backslash at the end of a chunk waits for what it escapes.
      const isOpen = end < 0 && text.endsWith('\\');
      const clean = (isOpen ? text.slice(0, -1) : text).replace(/\\\//g, '/').replace(/\\[nrt]|[\r\n\t ]/g, '');
      const whole = end < 0 ? clean.length - (clean.length % 4) : clean.length;
      const piece = clean.slice(0, whole);
      rest = clean.slice(whole) + (isOpen ? '\\' : '');
      if (piece !== '') {
        if (isPadded || piece.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(piece))
          throw this.refusal('untranslatable', 'base64-invalid', 'The content is not base64 (RFC 4648, section 4).');
        isPadded = piece.endsWith('=');
        yield Buffer.from(piece, 'base64');
      }
      if (end >= 0) return;
    }
  }

  /** Whether there is anything left to read. */
  private async fill(): Promise<boolean> {
    while (this.at >= this.chunk.length) {
      const next = await this.chunks.next();
      if (next.done === true) return false;
      [this.chunk, this.at] = [next.value, 0];
    }
    return true;
  }

  private keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.keptBytes += bytes.length;
    if (this.keptBytes > this.lifting.bytesMax)
      throw new IntakeRejection(
        'tooLarge',
        'submission-too-large',
        `The data without the files have more than ${this.lifting.bytesMax} bytes.`,
      );
    this.kept.push(bytes);
  }

  private refusal(kind: 'malformed' | 'untranslatable', code: string, detail: string): IntakeRejection {
    const place = this.path().reduce<string>((parent, member) => pointerTo(parent, member), '');
    return new IntakeRejection(kind, code, detail, shortPointer(place, PLACE_LENGTH_MAX));
  }
}

function nameOf(quoted: Buffer): string {
  try {
    return JSON.parse(quoted.toString()) as string;
  } catch {
    return '';
  }
}
