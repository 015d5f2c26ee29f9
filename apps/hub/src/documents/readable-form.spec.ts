// SPDX-License-Identifier: EUPL-1.2
import { type FormItem } from '@amtsbote/canonical';
import { describe, expect, it } from '@jest/globals';

import { readableForm } from './readable-form.js';
import { aField } from './test/samples.js';

const group = (label: string, items: FormItem[] = [], name = label): FormItem => ({ kind: 'group', name, label, items });
/** Blocks in short: `# section`, `## group`, `label: value`, indented by depth. */
const shown = (...form: FormItem[]): string[] =>
  [...readableForm(form)].map((block) => {
    if (block.kind === 'section') return `# ${block.text}`;
    if (block.kind === 'group') return `${' '.repeat(block.depth)}## ${block.text}`;
    if (block.kind === 'row')
      return `${' '.repeat(block.depth ?? 0)}${block.label}: ${block.value}${block.faint === true ? ' (faint)' : ''}`;
    return block.kind === 'paragraph' ? block.text : block.kind;
  });

describe('the readable form', () => {
  it('makes sections of groups, headings of deeper groups and a row of every field, in order', () => {
    expect(
      shown(group('Person', [aField('n', 'Müller', 'Name'), group('Anschrift', [aField('o', 'Ort X', 'Ort')]), aField('a', 7, 'Alter')])),
    ).toEqual(['# Person', 'Name: Müller', '## Anschrift', ' Ort: Ort X', 'Alter: 7']);
  });

  it('puts fields outside every group under a heading of their own', () => {
    expect(shown(aField('a', 'x'), aField('b', 'y'), group('G', [aField('c', 'z')]), aField('d', true))).toEqual([
      '# Angaben', 'a: x', 'b: y', '# G', 'c: z', '# Angaben', 'd: ja',
    ]); // prettier-ignore
  });

  it('counts repeated rows, but not groups that the form names apart', () => {
    const row = (label: string): FormItem => group(label, [aField('x', 1)], 'kind');
    expect(shown(group('Kinder', [row('Kind'), row('Kind'), row('Kind')])).filter((line) => line.startsWith('##'))).toEqual([
      '## Kind (1 von 3)',
      '## Kind (2 von 3)',
      '## Kind (3 von 3)',
    ]);
    expect(shown(group('Kinder', [row('Kind 1'), row('Kind 2')])).filter((line) => line.startsWith('##'))).toEqual([
      '## Kind 1',
      '## Kind 2',
    ]);
  });

  it('shows empty groups, unanswered questions and fields without a label', () => {
    expect(shown(group('Leer'), group('G', [aField('q', null, 'Frage'), aField('name_ohne_label', 'x', ' ')]))).toEqual([
      '# Leer',
      ': keine Angaben (faint)',
      '# G',
      'Frage: keine Angabe (faint)',
      'name_ohne_label: x',
    ]);
  });

  it('says when the form is empty', () => {
    expect(shown()).toEqual(['# Angaben', 'Das Formular enthält keine Angaben.']);
  });
});
