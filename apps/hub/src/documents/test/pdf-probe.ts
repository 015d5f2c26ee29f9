// SPDX-License-Identifier: EUPL-1.2
import { inflateSync } from 'node:zlib';

interface PdfObject {
  readonly dictionary: string;
  readonly stream: Buffer | null;
}

/** Reads just enough of a PDF (classic cross-reference table) to judge its structure and to extract its text as a reader would. */
export class PdfProbe {
  readonly header: string;
  readonly trailer: string;
  private readonly objects = new Map<number, PdfObject>();

  constructor(bytes: Buffer) {
    const text = bytes.toString('latin1');
    this.header = text.slice(0, 8);
    this.trailer = text.slice(text.lastIndexOf('trailer'));
    const table = text.slice(Number(/startxref\s+(\d+)/.exec(this.trailer)?.[1]));
    const offsets = [...table.matchAll(/^(\d{10}) 00000 n $/gm)].map(([, offset]) => Number(offset));
    for (const [index, offset] of offsets.entries()) {
      const start = `${index + 1} 0 obj\n`;
      if (!text.startsWith(start, offset)) throw new Error(`object ${index + 1} is not where the table says`);
      this.objects.set(index + 1, readObject(bytes, text, offset + start.length));
    }
  }

  get size(): number {
    return this.objects.size;
  }

  object(id: number): PdfObject {
    const object = this.objects.get(id);
    if (object === undefined) throw new Error(`no object ${id}`);
    return object;
  }

  /** Dictionaries that contain this text. */
  dictionaries(containing: string): readonly string[] {
    return [...this.objects.values()].map(({ dictionary }) => dictionary).filter((dictionary) => dictionary.includes(containing));
  }

  /** Follows `/Name 12 0 R` in a dictionary. */
  follow(dictionary: string, name: string): PdfObject {
    const id = new RegExp(`/${name} \\[?(\\d+) 0 R`).exec(dictionary)?.[1];
    if (id === undefined) throw new Error(`no reference /${name}`);
    return this.object(Number(id));
  }

  get catalog(): string {
    return this.follow(this.trailer, 'Root').dictionary;
  }

  /** The XMP packet. */
  get xmp(): string {
    return this.follow(this.catalog, 'Metadata').stream?.toString('utf8') ?? '';
  }

  /** Text of each page: the strings it shows, one per line, decoded with the fonts' ToUnicode maps. */
  get pages(): readonly string[] {
    const kids = /\/Kids \[([^\]]*)\]/.exec(this.follow(this.catalog, 'Pages').dictionary)?.[1] ?? '';
    return [...kids.matchAll(/(\d+) 0 R/g)].map(([, id]) => this.pageText(this.object(Number(id)).dictionary));
  }

  get text(): string {
    return this.pages.join('\n');
  }

  /** Drawing instructions of all pages. */
  get instructions(): readonly string[] {
    const kids = /\/Kids \[([^\]]*)\]/.exec(this.follow(this.catalog, 'Pages').dictionary)?.[1] ?? '';
    return [...kids.matchAll(/(\d+) 0 R/g)].map(([, id]) =>
      String(this.follow(this.object(Number(id)).dictionary, 'Contents').stream?.toString('latin1')),
    );
  }

  private pageText(page: string): string {
    const fonts = new Map<string, Map<string, string>>();
    for (const [, name, id] of this.follow(page, 'Resources').dictionary.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      const map = this.follow(this.object(Number(id)).dictionary, 'ToUnicode').stream?.toString('latin1') ?? '';
      fonts.set(String(name), unicodeOf(map));
    }
    let font = new Map<string, string>();
    const lines: string[] = [];
    for (const line of (this.follow(page, 'Contents').stream?.toString('latin1') ?? '').split('\n')) {
      const name = /^\/(F\d+) [\d.]+ Tf$/.exec(line)?.[1];
      if (name !== undefined) font = fonts.get(name) ?? new Map<string, string>();
      if (!line.endsWith('] TJ')) continue;
      const codes = [...line.matchAll(/<([0-9a-f]+)>/g)].flatMap(([, hex]) => hex?.match(/.{4}/g) ?? []);
      lines.push(codes.map((code) => font.get(code) ?? `[no unicode for ${code}]`).join(''));
    }
    return lines.join('\n');
  }
}

function readObject(bytes: Buffer, text: string, start: number): PdfObject {
  const end = text.indexOf('\nendobj', start);
  const streamAt = text.indexOf('\nstream\n', start);
  if (streamAt < 0 || streamAt > end) return { dictionary: text.slice(start, end), stream: null };
  const dictionary = text.slice(start, streamAt);
  const from = streamAt + '\nstream\n'.length;
  const raw = bytes.subarray(from, from + Number(/\/Length (\d+)/.exec(dictionary)?.[1]));
  return { dictionary, stream: dictionary.includes('/FlateDecode') ? inflateSync(raw) : raw };
}

function unicodeOf(cmap: string): Map<string, string> {
  const map = new Map<string, string>();
  for (const [, first, targets] of cmap.matchAll(/<([0-9a-f]+)> <[0-9a-f]+> \[([^\]]*)\]/g)) {
    const start = Number.parseInt(first ?? '', 16);
    for (const [offset, [, target]] of [...(targets ?? '').matchAll(/<([^>]*)>/g)].entries()) {
      const units = (target ?? '').split(' ').filter((unit) => unit !== '').map((unit) => Number.parseInt(unit, 16)); // prettier-ignore
      map.set((start + offset).toString(16).padStart(4, '0'), String.fromCharCode(...units));
    }
  }
  return map;
}
