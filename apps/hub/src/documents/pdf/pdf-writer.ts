// SPDX-License-Identifier: EUPL-1.2
import { setImmediate as nextTurn } from 'node:timers/promises';

import PDFDocument from 'pdfkit';

import { type Block, type DocumentFrame, type Fragment, type Page, type PlacedText, type TextStyle } from './blocks.js';
import { includeCommon, writePacked } from './common-glyphs.js';
import { type Typefaces, typefaces } from './font-program.js';
import { PageComposer } from './page-composer.js';
import { COLORS, CONTENT_WIDTH, PAPER, STYLES } from './page-style.js';
import { printable } from './printable-text.js';

/** After this many blocks or pages other work gets its turn: a form may have thousands of fields. */
const BLOCKS_PER_TURN = 50;
const PAGES_PER_TURN = 4;

/**
 * Makes a PDF/A-2b (ISO 19005-2), tagged, with embedded fonts, of what a document says. Equal blocks and frame give equal bytes, at any time
 * and in any order of documents.
 * @param closing blocks for the end, told how many characters had to be replaced because the font lacks them
 */
export async function renderPdf(
  frame: DocumentFrame,
  blocks: Iterable<Block>,
  closing: (replaced: number) => readonly Block[],
): Promise<Buffer> {
  const fonts = typefaces();
  const composer = new PageComposer(fonts);
  let sinceTurn = 0;
  for (const block of blocks) {
    composer.add(block);
    sinceTurn += 1;
    if (sinceTurn % BLOCKS_PER_TURN === 0) await nextTurn();
  }
  for (const block of closing(composer.replaced)) composer.add(block);
  return new PdfWriter(frame, fonts, composer.end()).write();
}

type StructureElement = ReturnType<PDFKit.PDFDocument['struct']>;

/** Draws composed pages; each page is finished before the next begins, so that memory holds one page of drawing instructions. */
class PdfWriter {
  private readonly chunks: Buffer[] = [];
  private readonly document: PDFKit.PDFDocument;
  private readonly root: StructureElement;
  private color = '';
  private open: { block: number; element: StructureElement } | undefined;

  constructor(
    private readonly frame: DocumentFrame,
    private readonly fonts: Typefaces,
    private readonly pages: readonly Page[],
  ) {
    this.document = emptyDocument(frame);
    for (const face of ['regular', 'bold'] as const) {
      this.document.registerFont(face, fonts[face].program as unknown as string);
      this.document.font(face);
      includeCommon(this.document);
    }
    this.root = this.document.struct('Document');
    this.document.addStructure(this.root);
  }

  async write(): Promise<Buffer> {
    const ended = new Promise<void>((resolve, reject) => {
      this.document.on('data', (chunk: Buffer) => this.chunks.push(chunk));
      this.document.on('end', resolve);
      this.document.on('error', reject);
    });
    for (const [index, page] of this.pages.entries()) {
      this.document.addPage();
      this.color = '';
      this.artifacts(page, index + 1);
      for (const fragment of page.fragments) this.fragment(fragment);
      if (index % PAGES_PER_TURN === PAGES_PER_TURN - 1) await nextTurn();
    }
    this.open?.element.end();
    this.root.end();
    this.document.end();
    await ended;
    return Buffer.concat(this.chunks);
  }

  /** Content of the document, in the structure tree. */
  private fragment(fragment: Fragment): void {
    const texts = fragment.texts.filter(({ text }) => text.trim() !== '');
    if (texts.length === 0) return;
    const element = this.elementOf(fragment);
    element.add(() => {
      for (const text of texts) this.text(text);
    });
    if (fragment.bookmark !== undefined)
      this.document.outline.addItem(printable(fragment.bookmark, this.fonts.bold).text.replaceAll('\n', ' '));
  }

  private elementOf({ block, tag }: Fragment): StructureElement {
    if (this.open?.block === block) return this.open.element;
    this.open?.element.end();
    const element = this.document.struct(tag);
    this.root.add(element);
    this.open = { block, element };
    return element;
  }

  /** What screen readers skip: header, footer, lines and boxes. */
  private artifacts(page: Page, pageNumber: number): void {
    this.document.markContent('Artifact', { type: 'Layout' });
    for (const { x, y, width, height, fill, stroke } of page.shapes) {
      this.document.rect(x, y, width, height);
      if (fill !== undefined && stroke !== undefined) this.document.lineWidth(0.8).fillAndStroke(fill, stroke);
      else this.document.fill(fill ?? stroke ?? COLORS.hairline);
    }
    this.document.endMarkedContent();
    this.document.markContent('Artifact', { type: 'Pagination' });
    const top = PAPER.top - 42;
    const bottom = PAPER.height - PAPER.bottom + 22;
    this.split(this.frame.headerLeft, this.frame.headerRight, top);
    this.document.rect(PAPER.left, top + 14, CONTENT_WIDTH, 0.5).fill(COLORS.hairline);
    this.document.rect(PAPER.left, bottom - 6, CONTENT_WIDTH, 0.5).fill(COLORS.hairline);
    this.color = '';
    this.split(this.frame.footerLeft, `Seite ${pageNumber} von ${this.pages.length}`, bottom);
    this.document.endMarkedContent();
  }

  /** Two texts of the frame, left and right; the left one is cut where the right one begins. */
  private split(left: string, right: string, y: number): void {
    const style = STYLES.frame;
    const face = this.fonts[style.face];
    const rightText = fitted(printable(right, face).text, CONTENT_WIDTH / 2, (text) => face.widthOf(text, style.size));
    const rightWidth = face.widthOf(rightText, style.size);
    const leftText = fitted(printable(left, face).text, CONTENT_WIDTH - rightWidth - 16, (text) => face.widthOf(text, style.size));
    this.text({ x: PAPER.left, y, text: leftText, style });
    this.text({ x: PAPER.left + CONTENT_WIDTH - rightWidth, y, text: rightText, style });
  }

  private text({ x, y, text, style }: PlacedText): void {
    this.applyStyle(style);
    // Naming features, even none, makes pdfkit lay out the line at once instead of word by word.
    this.document.text(text, x, y, { lineBreak: false, features: [] });
  }

  private applyStyle(style: TextStyle): void {
    this.document.font(style.face, style.size);
    if (style.color === this.color) return;
    this.document.fillColor(style.color);
    this.color = style.color;
  }
}

function emptyDocument(frame: DocumentFrame): PDFKit.PDFDocument {
  const document = new PDFDocument({
    size: [PAPER.width, PAPER.height],
    margin: 0,
    pdfVersion: '1.7',
    subset: 'PDF/A-2b',
    tagged: true,
    lang: 'de-DE',
    displayTitle: true,
    autoFirstPage: false,
    // Empty: no standard font, PDF/A wants all fonts embedded.
    font: '',
    // pdfkit makes the file ID of these, and writes them into the XMP unescaped: keep markup characters out.
    info: { Title: frame.title, Creator: 'Amtsbote', Producer: 'PDFKit', Keywords: frame.subjectId, CreationDate: frame.createdAt },
  });
  writePacked(document);
  // Lines are placed by us; pdfkit would measure each of them twice for nothing.
  document.widthOfString = () => 0;
  return document;
}

function fitted(text: string, width: number, measure: (text: string) => number): string {
  const line = text.replaceAll('\n', ' ');
  if (measure(line) <= width) return line;
  const letters = Array.from(line.slice(0, 400));
  while (letters.length > 0 && measure(`${letters.join('')}…`) > width) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}
