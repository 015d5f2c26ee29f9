// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { type Block, type Page } from './blocks.js';
import { typefaces } from './font-program.js';
import { PageComposer } from './page-composer.js';
import { CONTENT_END, CONTENT_WIDTH, PAPER } from './page-style.js';

function composed(...blocks: Block[]): readonly Page[] {
  const composer = new PageComposer(typefaces());
  for (const block of blocks) composer.add(block);
  return composer.end();
}

const rows = (count: number, more: Partial<Extract<Block, { kind: 'row' }>> = {}): Block[] =>
  Array.from({ length: count }, (_, index) => ({ kind: 'row', label: `Frage ${index}`, value: `Antwort ${index}`, ...more }));
const textsOf = (page: Page | undefined): string[] => page?.fragments.flatMap(({ texts }) => texts.map(({ text }) => text)) ?? [];

describe('PageComposer', () => {
  it('keeps every text and shape inside the margins', () => {
    const deep = Array.from({ length: 12 }, (_, depth): Block => ({ kind: 'group', text: 'Gruppe '.repeat(30), depth }));
    const long: Block = { kind: 'row', label: 'L'.repeat(130), value: 'W'.repeat(3_000), detail: 'd'.repeat(500), depth: 12 };
    const pages = composed({ kind: 'title', overline: 'Antrag', text: 'T'.repeat(300) }, ...deep, long, ...rows(100), {
      kind: 'alarm',
      text: 'A'.repeat(200),
    });
    expect(pages.length).toBeGreaterThan(3);
    for (const { fragments, shapes } of pages) {
      for (const { x, y, text, style } of fragments.flatMap(({ texts }) => texts)) {
        expect(x).toBeGreaterThanOrEqual(PAPER.left);
        expect(x + typefaces()[style.face].widthOf(text.trimEnd(), style.size)).toBeLessThanOrEqual(PAPER.left + CONTENT_WIDTH + 0.01);
        expect(y).toBeGreaterThanOrEqual(PAPER.top);
        expect(y + style.size).toBeLessThanOrEqual(CONTENT_END + 2);
      }
      for (const { y, height } of shapes) expect(y + height).toBeLessThanOrEqual(CONTENT_END + 5);
    }
  });

  it('does not leave a heading alone at the foot of a page', () => {
    for (let count = 20; count < 45; count += 1) {
      const pages = composed(
        ...rows(count),
        { kind: 'section', text: 'Abschnitt' },
        { kind: 'group', text: 'Gruppe', depth: 0 },
        ...rows(1, { value: 'eins\nzwei\ndrei\nvier' }),
      );
      const page = pages.find((candidate) => textsOf(candidate).includes('Abschnitt'));
      expect(textsOf(page).slice(-7)).toEqual(['Abschnitt', 'Gruppe', 'Frage 0', 'eins', 'zwei', 'drei', 'vier']);
    }
  });

  it('keeps a short row on one page', () => {
    const lines = Array.from({ length: 8 }, (_, index) => `Zeile ${index}`).join('\n');
    for (let count = 20; count < 45; count += 1) {
      const pages = composed(...rows(count), { kind: 'row', label: 'Adresse', value: lines });
      expect(pages.filter((page) => textsOf(page).some((text) => text.startsWith('Zeile')))).toHaveLength(1);
    }
  });

  it('continues a long row on the next pages as the same element of the structure', () => {
    const value = Array.from({ length: 150 }, (_, index) => `Zeile ${index}`).join('\n');
    const pages = composed({ kind: 'row', label: 'Beschreibung', value });
    expect(pages).toHaveLength(3);
    expect(pages.flatMap(textsOf)).toEqual(['Beschreibung', ...value.split('\n')]);
    expect(new Set(pages.flatMap(({ fragments }) => fragments.map(({ block }) => block))).size).toBe(1);
  });

  it('puts a very long label above its value', () => {
    const [page] = composed({ kind: 'row', label: 'Ich versichere '.repeat(20), value: 'ja' });
    const texts = page?.fragments.flatMap((fragment) => fragment.texts) ?? [];
    expect(texts.at(-1)?.text).toBe('ja');
    expect(texts.at(-1)?.y).toBeGreaterThan(Math.max(...texts.slice(0, -1).map(({ y }) => y)));
  });

  it('counts what it had to replace', () => {
    const composer = new PageComposer(typefaces());
    composer.add({ kind: 'row', label: '張', value: '偉 ok' });
    composer.add({ kind: 'section', text: '\u0000' });
    expect(composer.replaced).toBe(3);
  });
});
