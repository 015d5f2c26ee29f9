// SPDX-License-Identifier: EUPL-1.2

/** One part of a multipart body while it is read. `bytes` has to be consumed before the next part is asked for. */
export interface IncomingPart {
  /** Header name in lower case → value. */
  readonly headers: Readonly<Record<string, string>>;
  /** Field name of the form; empty when there is none. */
  readonly name: string;
  /** From `filename*` (RFC 8187) when present, else from `filename`. */
  readonly fileName: string | undefined;
  readonly bytes: AsyncGenerator<Buffer, void>;
}

const HEAD_BYTES_MAX = 16 * 1024;
const LINE_END = Buffer.from('\r\n');
const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * Reads a multipart body (RFC 2046, RFC 7578) part by part in constant memory: for simulators that count and hash large uploads.
 * @throws Error when the body is not multipart or ends early.
 */
export async function* multipartParts(contentType: string, body: AsyncIterable<Buffer>): AsyncGenerator<IncomingPart, void> {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) throw new Error('not multipart: no boundary');
  const input = new Window(body);
  // The first boundary has no line end before it: pretend there was one.
  input.prepend(LINE_END);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  for await (const _preamble of input.until(delimiter));
  for (;;) {
    const next = await input.take(2);
    if (next.toString('latin1') === '--') return;
    if (!next.equals(LINE_END)) throw new Error('not multipart: no line end after the boundary');
    const head = await headOf(input);
    const bytes = input.until(delimiter);
    yield { ...head, bytes };
    for await (const _unread of bytes);
  }
}

async function headOf(input: Window): Promise<Omit<IncomingPart, 'bytes'>> {
  const collected: Buffer[] = [];
  let size = 0;
  for await (const chunk of input.until(HEAD_END)) {
    size += chunk.length;
    if (size > HEAD_BYTES_MAX) throw new Error('head of a part too large');
    collected.push(chunk);
  }
  const headers: Record<string, string> = {};
  for (const line of Buffer.concat(collected).toString('utf8').split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const disposition = headers['content-disposition'] ?? '';
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
  const plain = /filename="([^"]*)"/i.exec(disposition)?.[1];
  return {
    headers,
    name: /(?:^|[; ])name="([^"]*)"/i.exec(disposition)?.[1] ?? '',
    fileName: extended === undefined ? plain : decodeURIComponent(extended),
  };
}

/** A sliding window over a stream of bytes. */
class Window {
  private readonly source: AsyncIterator<Buffer>;
  private held: Buffer = Buffer.alloc(0);

  constructor(body: AsyncIterable<Buffer>) {
    this.source = body[Symbol.asyncIterator]();
  }
  prepend(bytes: Buffer): void {
    this.held = Buffer.concat([bytes, this.held]);
  }
  async take(count: number): Promise<Buffer> {
    while (this.held.length < count) await this.more();
    const taken = this.held.subarray(0, count);
    this.held = this.held.subarray(count);
    return taken;
  }
  /** Yields the bytes before the mark and swallows the mark. */
  async *until(mark: Buffer): AsyncGenerator<Buffer, void> {
    for (;;) {
      const at = this.held.indexOf(mark);
      if (at >= 0) {
        const last = this.held.subarray(0, at);
        this.held = this.held.subarray(at + mark.length);
        if (last.length > 0) yield last;
        return;
      }
      // The mark may begin in the last bytes held: keep as many as it is long, less one.
      const safe = this.held.length - mark.length + 1;
      if (safe > 0) {
        const out = this.held.subarray(0, safe);
        this.held = this.held.subarray(safe);
        yield out;
      }
      await this.more();
    }
  }
  private async more(): Promise<void> {
    const next = await this.source.next();
    if (next.done === true) throw new Error('the body ended early');
    this.held = this.held.length === 0 ? next.value : Buffer.concat([this.held, next.value]);
  }
}
