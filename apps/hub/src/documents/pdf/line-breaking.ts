// SPDX-License-Identifier: EUPL-1.2
import { type Typeface } from './font-program.js';

/** A place in a long word after which a reader expects a break. */
const BREAK_AFTER = /[-‐–—/\\_.,;:@?&=+)\]}|]/;
/** Shortest part of a word that stays alone on a line when it is broken at a hyphen. */
const PART_MIN = 3;
/** Words come in pieces of at most this many characters (wider than any line), so that a value without a single space stays cheap. */
const PIECES = / +|[^ ]{1,300}/gu;

/** Breaks text into lines of at most `width` points; words that are longer than a line are broken, preferably after punctuation. */
export function breakLines(text: string, typeface: Typeface, size: number, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    const filler = new LineFiller(typeface, size, width, lines);
    let previous = ' ';
    for (const [piece] of paragraph.matchAll(PIECES)) {
      if (piece.startsWith(' ')) filler.space(piece);
      else if (previous.startsWith(' ')) filler.word(piece);
      else filler.fill(piece);
      previous = piece;
    }
    filler.newLine();
  }
  return lines;
}

/** Fills the lines of one paragraph. */
class LineFiller {
  private line = '';
  private used = 0;
  private pendingSpace = '';
  private pendingWidth = 0;

  constructor(
    private readonly typeface: Typeface,
    private readonly size: number,
    private readonly width: number,
    private readonly lines: string[],
  ) {}

  space(spaces: string): void {
    this.pendingSpace = spaces;
    this.pendingWidth = this.measure(spaces);
  }

  word(word: string): void {
    const width = this.measure(word);
    const left = this.width - this.used - this.pendingWidth;
    if (width <= left) {
      this.append(word, width);
      return;
    }
    const head = this.hyphenPrefix(word, left);
    if (head !== '') {
      this.append(head, this.measure(head));
      this.newLine();
      this.word(word.slice(head.length));
      return;
    }
    if (this.line !== '') this.newLine();
    // Spaces before the first word of a paragraph are indentation; they give way when the word needs the whole line.
    this.dropPendingSpace();
    if (width <= this.width) this.append(word, width);
    else this.fill(word);
  }

  /** Breaks a word wherever lines end: after its last punctuation when that is in the last third of the line, else between letters. */
  fill(word: string): void {
    for (const letter of lettersOf(word)) {
      const width = this.measure(letter);
      if (this.line !== '' && this.used + this.pendingWidth + width > this.width) this.newLineInsideWord();
      this.append(letter, width);
    }
  }

  newLine(): void {
    this.lines.push(this.line);
    this.line = '';
    this.used = 0;
    this.dropPendingSpace();
  }

  private newLineInsideWord(): void {
    let end = this.line.length;
    while (end > (this.line.length * 2) / 3 && !BREAK_AFTER.test(this.line.charAt(end - 1))) end -= 1;
    const tail = end > (this.line.length * 2) / 3 ? this.line.slice(end) : '';
    this.line = this.line.slice(0, this.line.length - tail.length);
    this.newLine();
    if (tail !== '') this.append(tail, this.measure(tail));
  }

  private append(text: string, width: number): void {
    this.line += this.pendingSpace + text;
    this.used += this.pendingWidth + width;
    this.dropPendingSpace();
  }

  private dropPendingSpace(): void {
    this.pendingSpace = '';
    this.pendingWidth = 0;
  }

  /** The longest beginning up to a hyphen or slash that fits, with enough letters on both sides; empty when there is none. */
  private hyphenPrefix(word: string, width: number): string {
    for (let end = word.length - PART_MIN; end > PART_MIN; end -= 1) {
      const character = word.charAt(end - 1);
      if (character !== '-' && character !== '/') continue;
      const head = word.slice(0, end);
      if (this.measure(head) <= width) return head;
    }
    return '';
  }

  private measure(text: string): number {
    return this.typeface.widthOf(text, this.size);
  }
}

/** Letters with the marks that stand on them: never torn apart. */
function lettersOf(word: string): readonly string[] {
  return word.match(/\P{M}\p{M}*|\p{M}+/gu) ?? [];
}
