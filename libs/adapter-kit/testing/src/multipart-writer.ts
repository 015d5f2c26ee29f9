// SPDX-License-Identifier: EUPL-1.2
import type { OutgoingSubmission } from './submission-sender.js';
import type { OutgoingFile } from './synthetic.js';

/**
 * How a sender writes file names that are not ASCII: raw UTF-8 bytes as browsers do (WHATWG), or RFC 8187 `filename*` beside an ASCII
 * fallback as Spring does. Servers have to read both.
 */
export type FileNameStyle = 'utf8' | 'rfc8187';

/** One part, with only the headers its sender writes. */
export interface WirePart {
  readonly name: string;
  readonly file: Pick<OutgoingFile, 'size' | 'open'>;
  readonly fileName?: string;
  readonly mediaType?: string;
}

/** A multipart/form-data body, written here independently of the product's own writer, streamed, of known length. */
export function wireMultipart(parts: readonly WirePart[], style: FileNameStyle, boundary: string): OutgoingSubmission {
  const heads = parts.map((part) => Buffer.from(headOf(part, style, boundary), 'utf8'));
  const tail = Buffer.from(`--${boundary}--\r\n`);
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    length: parts.reduce((sum, part, index) => sum + (heads[index]?.length ?? 0) + part.file.size + 2, tail.length),
    bytes: async function* bytes() {
      for (const [index, part] of parts.entries()) {
        yield heads[index] ?? Buffer.alloc(0);
        yield* part.file.open();
        yield Buffer.from('\r\n');
      }
      yield tail;
    },
  };
}

function headOf(part: WirePart, style: FileNameStyle, boundary: string): string {
  const { fileName } = part;
  const disposition = [`form-data; name="${quoted(part.name)}"`];
  if (fileName !== undefined && style === 'utf8') disposition.push(`filename="${quoted(fileName)}"`);
  if (fileName !== undefined && style === 'rfc8187') {
    disposition.push(`filename="${quoted(fileName.replace(/[^\x20-\x7e]/g, '_'))}"`);
    if (/[^\x20-\x7e]/.test(fileName)) disposition.push(`filename*=UTF-8''${encodeURIComponent(fileName).replace(/['()*]/g, percent)}`);
  }
  const mediaType = part.mediaType === undefined ? '' : `Content-Type: ${part.mediaType}\r\n`;
  return `--${boundary}\r\nContent-Disposition: ${disposition.join('; ')}\r\n${mediaType}\r\n`;
}

function quoted(text: string): string {
  return text.replace(/["\r\n]/g, percent);
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
