// SPDX-License-Identifier: EUPL-1.2
import { IntakeRejection } from '@amtsbote/adapter-kit';

import { nameFrom, type ParameterisedHeader, parseParameters } from './header-parameters.js';

/*
 * multipart/form-data (RFC 7578, RFC 2046), read part by part. Written here because a hub that answers "accepted" must not lose a part: the
 * parsers at hand pass over parts whose head they cannot read, or cut heads that are too long, without a word.
 */

/** One part. Its bytes have to be read to their end before the next part is asked for. */
export interface IncomingPart {
  /** Field name of the form; never empty. */
  readonly name: string;
  /** As the sender meant it, not cleaned; see {@link nameFrom}. */
  readonly fileName: string | undefined;
  /** In lower case, without parameters; `undefined` when missing or none. */
  readonly mediaType: string | undefined;
  readonly bytes: AsyncIterable<Buffer>;
  /** Resolves when the last of the bytes was taken. */
  readonly taken: Promise<void>;
}

const HEAD_BYTES_MAX = 16_384;
/** Blanks after a boundary (RFC 2046, "transport padding"). */
const PADDING_BYTES_MAX = 200;
const LINE_END = Buffer.from('\r\n');
const HEAD_END = Buffer.from('\r\n\r\n');
const CLOSING = '--';
const BOUNDARY = /^[\x20-\x7e]{0,199}[\x21-\x7e]$/;
const HEADER_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):(.*)$/s;
const MEDIA_TYPE = /^[\w.+-]+\/[\w.+-]+$/;
/** Encodings that change nothing. */
const NOT_ENCODED = ['', '7bit', '8bit', 'binary'];

/**
 * The parts of a body in the order sent, in constant memory, at the pace of the reader.
 * @throws IntakeRejection malformed (`not-multipart`, `part-without-name`, `part-encoded`) or tooLarge (`part-head-too-large`); whatever the body throws.
 */
export async function* partsOf(contentType: string, body: AsyncIterable<Buffer>): AsyncGenerator<IncomingPart, void> {
  const boundary = parseParameters(contentType)?.parameters.get('boundary') ?? '';
  if (!BOUNDARY.test(boundary)) throw notMultipart('Content-Type');
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const input = new Window(body);
  for await (const _preamble of input.until(delimiter, undefined));
  for (let number = 1; ; number += 1) {
    const place = `part ${number}`;
    if ((await input.peek(CLOSING.length, place)) === CLOSING) {
      await input.rest();
      return;
    }
    const part = describe(await headOf(input, place), place);
    const reading = { isOver: false };
    let resolve = (): void => undefined;
    const taken = new Promise<void>((settle) => {
      resolve = settle;
    });
    const bytes = input.until(delimiter, place, () => {
      reading.isOver = true;
      resolve();
    });
    yield { ...part, bytes, taken };
    if (!reading.isOver) throw new Error('a part was not read to its end');
  }
}

/** Header name in lower case → value, as bytes (latin1). */
async function headOf(input: Window, place: string): Promise<Map<string, string>> {
  const padding = await input.take(LINE_END, PADDING_BYTES_MAX, place);
  if (padding.trim() !== '') throw notMultipart(place);
  input.putBack(LINE_END);
  const head = await input.take(HEAD_END, HEAD_BYTES_MAX, place);
  const headers = new Map<string, string>();
  // A line that begins with a blank continues the one before (RFC 5322, "folding").
  for (const line of head
    .replace(/\r\n(?=[ \t])/g, '')
    .split('\r\n')
    .slice(1)) {
    const [, name = '', value = ''] = HEADER_LINE.exec(line) ?? [];
    if (name === '' || /[\r\n]/.test(value) || headers.has(name.toLowerCase())) throw notMultipart(place);
    headers.set(name.toLowerCase(), value.trim());
  }
  return headers;
}

function describe(headers: ReadonlyMap<string, string>, place: string): Pick<IncomingPart, 'name' | 'fileName' | 'mediaType'> {
  const disposition: ParameterisedHeader | undefined = parseParameters(headers.get('content-disposition') ?? '');
  const name = disposition?.value === 'form-data' ? (nameFrom(disposition.parameters, 'name') ?? '') : '';
  if (disposition === undefined || name === '') {
    const expected = 'Every part needs Content-Disposition: form-data with a name (RFC 7578, section 4.2).';
    throw new IntakeRejection('malformed', 'part-without-name', expected, place);
  }
  if (!NOT_ENCODED.includes((headers.get('content-transfer-encoding') ?? '').toLowerCase())) {
    throw new IntakeRejection('malformed', 'part-encoded', 'Parts are sent as they are (RFC 7578, section 4.7).', name.slice(0, 100));
  }
  const mediaType = parseParameters(headers.get('content-type') ?? '')?.value ?? '';
  return { name, fileName: nameFrom(disposition.parameters, 'filename'), mediaType: MEDIA_TYPE.test(mediaType) ? mediaType : undefined };
}

/** What has arrived and was not taken yet: never more than a chunk and a delimiter. */
class Window {
  // The first boundary has no line end before it: pretend there was one.
  private held: Buffer = LINE_END;
  private readonly source: AsyncIterator<Buffer>;

  constructor(source: AsyncIterable<Buffer>) {
    this.source = source[Symbol.asyncIterator]();
  }

  /** Everything before a delimiter, which is taken too. */
  async *until(delimiter: Buffer, place: string | undefined, onTaken?: () => void): AsyncGenerator<Buffer, void> {
    for (;;) {
      const found = this.held.indexOf(delimiter);
      // The delimiter may have begun at the end of what is there.
      const length = found >= 0 ? found : Math.max(0, this.held.length - delimiter.length + 1);
      const before = this.held.subarray(0, length);
      this.held = this.held.subarray(found >= 0 ? length + delimiter.length : length);
      if (before.length > 0) yield before;
      if (found >= 0) {
        onTaken?.();
        return;
      }
      await this.more(place);
    }
  }

  /** Short things before a delimiter, one character per byte. */
  async take(delimiter: Buffer, bytesMax: number, place: string): Promise<string> {
    let taken = '';
    for await (const chunk of this.until(delimiter, place)) {
      taken += chunk.toString('latin1');
      if (taken.length > bytesMax) {
        throw new IntakeRejection('tooLarge', 'part-head-too-large', `The head of a part may have ${bytesMax} bytes.`, place);
      }
    }
    return taken;
  }

  /** The next bytes, left where they are. */
  async peek(length: number, place: string): Promise<string> {
    while (this.held.length < length) await this.more(place);
    return this.held.toString('latin1', 0, length);
  }

  putBack(bytes: Buffer): void {
    this.held = Buffer.concat([bytes, this.held]);
  }

  /** Reads what follows the last boundary; it means nothing. */
  async rest(): Promise<void> {
    this.held = Buffer.alloc(0);
    while ((await this.source.next()).done !== true);
  }

  private async more(place: string | undefined): Promise<void> {
    const next = await this.source.next();
    if (next.done === true) throw notMultipart(place);
    this.held = this.held.length === 0 ? next.value : Buffer.concat([this.held, next.value]);
  }
}

function notMultipart(place: string | undefined): IntakeRejection {
  const detail =
    place === 'Content-Type'
      ? 'The Content-Type header has no usable multipart boundary.'
      : 'The body is not complete multipart/form-data: it ends early, or boundaries or part headers are wrong.';
  return new IntakeRejection('malformed', 'not-multipart', detail, place);
}
