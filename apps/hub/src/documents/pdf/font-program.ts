// SPDX-License-Identifier: EUPL-1.2
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { type FontSubset, sharingSubsets } from './common-glyphs.js';

const require = createRequire(import.meta.url);

/** What we use of a parsed font (fontkit's object, which pdfkit takes in place of a file). */
export interface FontProgram {
  readonly unitsPerEm: number;
  /** Height above the baseline in font units. */
  readonly ascent: number;
  readonly postscriptName: string;
  layout(text: string): GlyphRun;
  getGlyph(id: number, codePoints?: readonly number[]): Glyph;
  glyphForCodePoint(codePoint: number): Glyph;
  hasGlyphForCodePoint(codePoint: number): boolean;
  createSubset(): FontSubset;
}
interface Glyph {
  readonly id: number;
  readonly advanceWidth: number;
  readonly codePoints: readonly number[];
}
interface GlyphPosition {
  xAdvance: number;
  yAdvance: number;
  xOffset: number;
  yOffset: number;
}
interface GlyphRun {
  readonly glyphs: readonly Glyph[];
  readonly positions: readonly GlyphPosition[];
  readonly advanceWidth: number;
}

/** Scripts whose letters stand one after the other: Latin, Greek, Cyrillic, punctuation, currency, arrows, signs; no combining marks. */
const ONE_GLYPH_PER_LETTER =
  /^[\u0020-\u02ff\u0370-\u0482\u048a-\u052f\u1e00-\u1fff\u2010-\u2027\u2030-\u205f\u2070-\u20bf\u2100-\u2bff\ufffd]*$/;

/** One of the two fonts of our documents, parsed once per process. */
export class Typeface {
  private readonly widths = new Map<number, number>();
  private readonly unitsPerEm: number;
  private readonly ascentUnits: number;

  private constructor(
    readonly name: string,
    readonly program: FontProgram,
  ) {
    this.unitsPerEm = program.unitsPerEm;
    this.ascentUnits = program.ascent;
  }

  /** Reads and parses a font of the package dejavu-fonts-ttf (about 5 ms). */
  static load(name: string): Typeface {
    const file = require.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`);
    return new Typeface(name, repeatable(parserOfPdfkit().create(readFileSync(file))));
  }

  /** Whether the font has a glyph for this character. */
  covers(codePoint: number): boolean {
    return this.program.hasGlyphForCodePoint(codePoint);
  }

  /** Height above the baseline at this size, in points. */
  ascent(size: number): number {
    return (this.ascentUnits / this.unitsPerEm) * size;
  }

  /** Width of a text without line breaks at this size, in points. */
  widthOf(text: string, size: number): number {
    const scale = size / this.unitsPerEm;
    if (!ONE_GLYPH_PER_LETTER.test(text)) return this.program.layout(text).advanceWidth * scale;
    let width = 0;
    for (let index = 0; index < text.length; index += 1) width += this.letterWidth(text.charCodeAt(index));
    return width * scale;
  }

  private letterWidth(codePoint: number): number {
    const known = this.widths.get(codePoint);
    if (known !== undefined) return known;
    const width = this.program.glyphForCodePoint(codePoint).advanceWidth;
    this.widths.set(codePoint, width);
    return width;
  }
}

/** The parser that pdfkit itself brings and uses, so that both speak of the same objects. */
function parserOfPdfkit(): { create(bytes: Buffer): FontProgram } {
  return createRequire(require.resolve('pdfkit'))('fontkit') as { create(bytes: Buffer): FontProgram };
}

/**
 * A view of a parsed font that many documents can share and that gives each of them the same bytes. The parser remembers with each glyph the
 * characters it was *first* used for in the life of the process; a glyph the shaping engine makes of "fi" is also that of the ligature
 * character, so what an earlier document held would show up in the text layer of a later one. Here every run carries its own characters.
 * Ordinary scripts also skip the shaping engine (60 µs a word); kerning and ligatures are given up for it, which keeps words searchable.
 */
function repeatable(parsed: FontProgram): FontProgram {
  const view = Object.create(parsed) as FontProgram;
  const letters = new Map<number, Glyph>();
  const letter = (codePoint: number): Glyph => {
    const known = letters.get(codePoint);
    if (known !== undefined) return known;
    const { id, advanceWidth } = parsed.glyphForCodePoint(codePoint);
    const glyph = { id, advanceWidth, codePoints: [codePoint] };
    letters.set(codePoint, glyph);
    return glyph;
  };
  const getGlyph = (id: number, codePoints: readonly number[] = []): Glyph =>
    Object.create(parsed.getGlyph(id), { codePoints: { value: codePoints } }) as Glyph;
  // Word by word: the shaping engine takes a whole text for one script and would turn Latin words beside Arabic ones around.
  const word = (text: string): GlyphRun => (ONE_GLYPH_PER_LETTER.test(text) ? plain(text) : parsed.layout.call(view, text));
  const plain = (text: string): GlyphRun => PlacedRun.of(Array.from(text, (character) => letter(character.codePointAt(0) ?? 0)));
  const layout = (text: string): GlyphRun => {
    if (ONE_GLYPH_PER_LETTER.test(text)) return plain(text);
    const runs = (text.match(/ +|[^ ]+/g) ?? []).map(word);
    return new PlacedRun(
      runs.flatMap(({ glyphs }) => glyphs),
      runs.flatMap(({ positions }) => positions),
    );
  };
  const createSubset = sharingSubsets(
    () => parsed.createSubset(),
    (codePoint) => letter(codePoint).id,
  );
  return Object.assign(view, { getGlyph, layout, createSubset });
}

/** A run as the shaping engine gives it; pdfkit scales the positions in place. */
class PlacedRun implements GlyphRun {
  constructor(
    readonly glyphs: readonly Glyph[],
    readonly positions: readonly GlyphPosition[],
  ) {}

  /** A run of letters that do not influence each other. */
  static of(glyphs: readonly Glyph[]): PlacedRun {
    return new PlacedRun(
      glyphs,
      glyphs.map(({ advanceWidth }) => ({ xAdvance: advanceWidth, yAdvance: 0, xOffset: 0, yOffset: 0 })),
    );
  }

  get advanceWidth(): number {
    return this.positions.reduce((sum, { xAdvance }) => sum + xAdvance, 0);
  }
}

/** The fonts of our documents. Condensed: forms have long labels. */
export interface Typefaces {
  readonly regular: Typeface;
  readonly bold: Typeface;
}

let loaded: Typefaces | undefined;

/** The fonts, parsed on first use and shared by all documents of the process. */
export function typefaces(): Typefaces {
  loaded ??= { regular: Typeface.load('DejaVuSansCondensed'), bold: Typeface.load('DejaVuSansCondensed-Bold') };
  return loaded;
}
