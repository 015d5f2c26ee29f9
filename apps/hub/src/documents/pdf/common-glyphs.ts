// SPDX-License-Identifier: EUPL-1.2
import { deflateSync } from 'node:zlib';

import type PDFDocument from 'pdfkit';

/** What German documents are written with: every one of ours embeds these, in this order, whether it uses all of them or not. */
const COMMON =
  ' !"#$%&\'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~ÄÖÜäöüß§€°²³µ·×–—‘’‚“”„…•ÀÁÂÇÈÉÊËÍÓÔàáâçèéêëíîïñóôøúû\u00a0';

/** What pdfkit asks of the part of a font that goes into a document (fontkit's object). */
export interface FontSubset {
  readonly glyphs: readonly number[];
  includeGlyph(glyph: number): number;
  encode(): Uint8Array;
}

/** Font files that many documents share, with their compressed form. */
const packed = new WeakMap<Uint8Array, Buffer>();

/**
 * Makes subsets of one font. Cutting a font and compressing what is left was much of what a document took; documents without rare letters all get
 * the same bytes, which are made once.
 */
export function sharingSubsets(createSubset: () => FontSubset, glyphOf: (codePoint: number) => number): () => FontSubset {
  let common: Uint8Array | undefined;
  return () => {
    const subset = createSubset();
    for (const letter of COMMON) subset.includeGlyph(glyphOf(letter.codePointAt(0) ?? 0));
    const glyphs = subset.glyphs.length;
    const encode = subset.encode.bind(subset);
    subset.encode = () => {
      if (subset.glyphs.length > glyphs) return encode();
      common ??= packing(encode());
      return common;
    };
    return subset;
  };
}

/** Tells the font that the document has chosen of the widths and characters of the common letters, which its subset has. */
export function includeCommon(document: PDFKit.PDFDocument): void {
  const { _font: font } = document as unknown as { readonly _font: { encode(text: string, features: readonly string[]): unknown } };
  font.encode(COMMON, []);
}

/** Lets the document write font files that were compressed before as they are. */
export function writePacked(document: InstanceType<typeof PDFDocument>): void {
  const ref = document.ref.bind(document);
  document.ref = (data) => {
    const reference = ref(data) as PDFKit.PDFKitReference & { compress: boolean };
    const end = reference.end.bind(reference) as (chunk?: unknown) => void;
    reference.end = (chunk?: unknown): void => {
      const ready = chunk instanceof Uint8Array ? packed.get(chunk) : undefined;
      if (ready === undefined) {
        end(chunk);
        return;
      }
      reference.compress = false;
      Object.assign(reference.data, { Filter: 'FlateDecode' });
      end(ready);
    };
    return reference;
  };
}

function packing(bytes: Uint8Array): Uint8Array {
  packed.set(bytes, deflateSync(bytes));
  return bytes;
}
