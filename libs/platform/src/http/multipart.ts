// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';

/** One part of a multipart/form-data body. */
export type OutgoingPart =
  | { readonly name: string; readonly value: string | Uint8Array; readonly mediaType?: string; readonly fileName?: string }
  | { readonly name: string; readonly fileName: string; readonly mediaType: string; readonly size: number; open(): Promise<Readable> };

/**
 * A streamed multipart/form-data body (RFC 7578) with a known length: files are opened one after the other and never held in memory.
 * Names go out as raw UTF-8 in quotes, escaped as browsers do it (WHATWG HTML, "multipart/form-data encoding algorithm"): `filename*` is
 * forbidden here (RFC 7578, section 4.2), and parsers that meet a plain `filename` first ignore it and with it every umlaut.
 */
export function multipartBody(boundary: string, parts: readonly OutgoingPart[]): { headers: Record<string, string>; body: Readable } {
  const heads = parts.map((part) => Buffer.from(headOf(boundary, part)));
  const tail = Buffer.from(`--${boundary}--\r\n`);
  const length = parts.reduce((sum, part, index) => sum + (heads[index]?.length ?? 0) + sizeOf(part) + 2, tail.length);
  async function* bytes(): AsyncGenerator<Buffer> {
    for (const [index, part] of parts.entries()) {
      yield heads[index] ?? Buffer.alloc(0);
      if ('open' in part) yield* (await part.open()) as AsyncIterable<Buffer>;
      else yield Buffer.from(part.value as Uint8Array);
      yield Buffer.from('\r\n');
    }
    yield tail;
  }
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, 'content-length': String(length) },
    body: Readable.from(bytes(), { objectMode: false }),
  };
}

function sizeOf(part: OutgoingPart): number {
  return 'open' in part ? part.size : Buffer.byteLength(part.value);
}

function headOf(boundary: string, part: OutgoingPart): string {
  const disposition = [`form-data; name="${quoted(part.name)}"`];
  if (part.fileName !== undefined) disposition.push(`filename="${quoted(part.fileName)}"`);
  const mediaType = part.mediaType === undefined ? '' : `Content-Type: ${part.mediaType}\r\n`;
  return `--${boundary}\r\nContent-Disposition: ${disposition.join('; ')}\r\n${mediaType}\r\n`;
}

/** Quotes and line ends would end the name or the header; half a surrogate pair has no UTF-8. */
function quoted(text: string): string {
  return text.toWellFormed().replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
