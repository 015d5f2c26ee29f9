// SPDX-License-Identifier: EUPL-1.2
import { type Block, type Fragment, type Page, type PlacedText, type Row, type TextStyle } from './blocks.js';
import { type Typefaces } from './font-program.js';
import { breakLines } from './line-breaking.js';
import { COLORS, CONTENT_END, CONTENT_WIDTH, PAPER, ROW, STYLES } from './page-style.js';
import { printable } from './printable-text.js';

/** A line that still needs its height on the page. */
interface Line {
  readonly x: number;
  readonly text: string;
  readonly style: TextStyle;
}

interface Heading {
  readonly tag: string;
  readonly bookmark?: string;
  readonly lines: readonly Line[];
  /** Empty space above and below, in points. */
  readonly before: number;
  readonly after: number;
}

/** At a page break at least so many lines of a paragraph or long row stay together. */
const LINES_TOGETHER = 3;

/** Puts blocks on pages, top to bottom. Headings stay with what follows, short rows stay in one piece. */
export class PageComposer {
  /** Characters that had no glyph and were replaced visibly. */
  replaced = 0;
  private readonly pages: Page[] = [{ fragments: [], shapes: [] }];
  /** Headings wait for the first text below them: they stay together. */
  private readonly headings: Heading[] = [];
  private y: number = PAPER.top;
  private blocks = 0;

  constructor(private readonly fonts: Typefaces) {}

  add(block: Block): void {
    if (block.kind === 'section' || block.kind === 'group') {
      this.headings.push(this.heading(block));
      return;
    }
    if (block.kind === 'row') this.row(block);
    else if (block.kind === 'title') this.title(block.overline, block.text);
    else if (block.kind === 'alarm') this.alarm(block.text);
    else this.paragraph(block.text);
  }

  /** The pages, when all blocks are added. */
  end(): readonly Page[] {
    this.begin(0);
    return this.pages;
  }

  private title(overline: string, text: string): void {
    const above = this.broken(overline, STYLES.overline, PAPER.left, CONTENT_WIDTH);
    const lines = this.broken(text, STYLES.title, PAPER.left, CONTENT_WIDTH);
    this.begin(0);
    this.lines(this.fragment('P'), above);
    this.lines(this.fragment('H1', text), lines);
    this.y += 10;
  }

  private alarm(text: string): void {
    const lines = this.broken(text, STYLES.alarm, PAPER.left + 10, CONTENT_WIDTH - 20);
    const height = heightOf(lines) + 12;
    this.begin(height);
    this.page.shapes.push({ x: PAPER.left, y: this.y, width: CONTENT_WIDTH, height, fill: COLORS.alarmFill, stroke: COLORS.alarm });
    this.y += 6;
    this.lines(this.fragment('P'), lines);
    this.y += 10;
  }

  private paragraph(text: string): void {
    const lines = this.broken(text, STYLES.paragraph, PAPER.left, CONTENT_WIDTH);
    this.begin(heightOf(lines.slice(0, LINES_TOGETHER)));
    this.lines(this.fragment('P'), lines);
    this.y += 4;
  }

  private heading(block: Extract<Block, { kind: 'section' | 'group' }>): Heading {
    const section = block.kind === 'section';
    const indent = section ? 0 : indentOf(block.depth);
    const lines = this.broken(block.text, section ? STYLES.section : STYLES.group, PAPER.left + indent, CONTENT_WIDTH - indent);
    return section
      ? { tag: 'H2', bookmark: block.text, lines, before: 12, after: 6 }
      : { tag: `H${Math.min(3 + block.depth, 6)}`, lines, before: 6, after: 2 };
  }

  /** Makes sure that this much height is left below the waiting headings, on a new page if need be, and places the headings. */
  private begin(height: number): void {
    const needed = this.headings.reduce((sum, { lines, before, after }) => sum + before + heightOf(lines) + after, height);
    if (this.y + needed > CONTENT_END && this.y > PAPER.top) this.newPage();
    for (const { tag, bookmark, lines, before, after } of this.headings.splice(0)) {
      if (this.y > PAPER.top) this.y += before;
      this.lines(this.fragment(tag, bookmark), lines);
      this.y += after;
      if (tag !== 'H2') continue;
      this.page.shapes.push({ x: PAPER.left, y: this.y - after + 1, width: CONTENT_WIDTH, height: 1, fill: COLORS.accent });
    }
  }

  private row(row: Row): void {
    const indent = indentOf(row.depth ?? 0);
    const left = PAPER.left + indent;
    const valueStyle = row.faint === true ? STYLES.faint : STYLES.value;
    const above = row.label.length > ROW.sideLabelMax;
    const labelWidth = above ? CONTENT_WIDTH - indent : ROW.valueX - ROW.gap - left;
    const labels = this.broken(row.label, STYLES.label, left, labelWidth);
    const valueX = above ? left + ROW.indent : Math.max(ROW.valueX, left + 60);
    const valueWidth = PAPER.left + CONTENT_WIDTH - valueX;
    const values = this.broken(row.value, valueStyle, valueX, valueWidth);
    if (row.detail !== undefined) values.push(...this.broken(row.detail, STYLES.detail, valueX, valueWidth));
    const height = above ? heightOf(labels) + heightOf(values) : Math.max(heightOf(labels), heightOf(values));
    const together = height <= ROW.keepTogether ? height : LINES_TOGETHER * STYLES.value.leading;
    this.begin(together + 2 * ROW.padding);
    this.y += ROW.padding;
    const fragment = this.fragment('P');
    if (above) this.lines(this.lines(fragment, labels), values);
    else this.sideBySide(fragment, labels, values);
    this.y += ROW.padding;
    this.page.shapes.push({ x: left, y: this.y, width: CONTENT_WIDTH - indent, height: 0.5, fill: COLORS.hairline });
    this.y += 0.5;
  }

  /** Two columns that start at the same height; after a page break both go on at the top of the next page. */
  private sideBySide(fragment: Fragment, labels: readonly Line[], values: readonly Line[]): void {
    let current = fragment;
    let labelIndex = 0;
    let valueIndex = 0;
    while (labelIndex < labels.length || valueIndex < values.length) {
      current = this.roomFor(STYLES.value.leading, current);
      const room = CONTENT_END - this.y;
      const label = this.column(current, labels.slice(labelIndex), room);
      const value = this.column(current, values.slice(valueIndex), room);
      labelIndex += label.count;
      valueIndex += value.count;
      this.y += Math.max(label.height, value.height);
    }
  }

  /** Places as many lines as fit into `room` below the current height, without moving it. */
  private column(fragment: Fragment, lines: readonly Line[], room: number): { count: number; height: number } {
    let height = 0;
    let count = 0;
    for (const line of lines) {
      if (height + line.style.leading > room) break;
      fragment.texts.push(this.placed(line, this.y + height));
      height += line.style.leading;
      count += 1;
    }
    return { count, height };
  }

  private lines(fragment: Fragment, lines: readonly Line[]): Fragment {
    let current = fragment;
    for (const line of lines) {
      current = this.roomFor(line.style.leading, current);
      current.texts.push(this.placed(line, this.y));
      this.y += line.style.leading;
    }
    return current;
  }

  /** All styles of one height share one baseline: smaller letters go down by the difference to the largest of the line. */
  private placed(line: Line, y: number): PlacedText {
    const { style } = line;
    const slack = (style.leading - this.fonts[style.face].ascent(style.size)) / 2;
    const baseline =
      style === STYLES.label || style === STYLES.faint ? this.baselineOfValues() : slack + this.fonts[style.face].ascent(style.size);
    return { x: line.x, y: y + baseline - this.fonts[style.face].ascent(style.size), text: line.text, style };
  }

  private baselineOfValues(): number {
    const ascent = this.fonts.regular.ascent(STYLES.value.size);
    return (STYLES.value.leading - ascent) / 2 + ascent;
  }

  private broken(original: string, style: TextStyle, x: number, width: number): Line[] {
    const typeface = this.fonts[style.face];
    const { text, replaced } = printable(original, typeface);
    this.replaced += replaced;
    return breakLines(text, typeface, style.size, width).map((line) => ({ x, text: line, style }));
  }

  /** Begins a new element of the structure. */
  private fragment(tag: string, bookmark?: string): Fragment {
    this.blocks += 1;
    const fragment = { block: this.blocks, tag, texts: [], ...(bookmark === undefined ? {} : { bookmark }) };
    this.page.fragments.push(fragment);
    return fragment;
  }

  /** The fragment itself when a line of this height fits, or its continuation on a new page. */
  private roomFor(height: number, fragment: Fragment): Fragment {
    if (this.y + height <= CONTENT_END) return fragment;
    this.newPage();
    const continuation: Fragment = { block: fragment.block, tag: fragment.tag, texts: [] };
    this.page.fragments.push(continuation);
    return continuation;
  }

  private newPage(): void {
    this.pages.push({ fragments: [], shapes: [] });
    this.y = PAPER.top;
  }

  private get page(): Page {
    const page = this.pages.at(-1);
    if (page === undefined) throw new Error('a document has at least one page');
    return page;
  }
}

function indentOf(depth: number): number {
  return Math.min(depth, ROW.indentMax) * ROW.indent;
}

function heightOf(lines: readonly Line[]): number {
  return lines.reduce((height, { style }) => height + style.leading, 0);
}
