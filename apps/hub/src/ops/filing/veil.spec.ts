// SPDX-License-Identifier: EUPL-1.2
import { anApplication, anAttachment } from '@amtsbote/adapter-kit/testing';
import { Application } from '@amtsbote/canonical';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { exchanged, shownOf, veiled } from './veil.js';

describe('a veiled application', () => {
  const application = anApplication({ attachments: [anAttachment('Lageplan Mustermann.pdf')] });

  it('is still one, with the keys of business as they were', () => {
    const other = Application.parse(veiled(application));
    const { id, tenant, reference, receivedAt, publicService, origin } = application;
    expect(other).toMatchObject({ id, tenant, reference, receivedAt, publicService, origin });
  });

  it('holds nothing of its people, form and files', () => {
    const text = JSON.stringify(veiled(application));
    for (const word of ['Mustermann', 'Erika', 'muster@example.org', 'Käse', 'Lageplan', '2026-02-01', '0b9a4c1e']) {
      expect(JSON.stringify(application)).toContain(word);
      expect(text).not.toContain(word);
    }
  });

  it('has another value in every place, of the same length', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ minLength: 1 }), fc.integer(), fc.boolean(), fc.constantFrom('2026-01-05', '2031-03-06T10:00:00Z')),
        (value) => {
          const other = exchanged(value);
          expect(other).not.toEqual(value);
          if (typeof value === 'string') expect(other).toHaveLength(value.length);
        },
      ),
    );
  });
});

describe('what is shown of a preview', () => {
  const object = (title: string, values: string[]) => ({ key: 'k', title, class: 'C', properties: [{ name: 'p', values }] });
  const preview = (title: string, ...values: string[]) => ({
    ...{ cabinet: 'c', akte: object(title, values), vorgang: object('V', []) },
    documents: [{ ...object('Antrag.pdf', []), document: 'd' }],
  });

  it('is what does not depend on personal data', () => {
    const shown = shownOf(preview('Akte Mustermann', '7KQ4', 'Erika'), preview('Akte xxxxxxxxxx', '7KQ4', 'xxxxx'));
    expect(shown.akte).toEqual({
      ...{ key: 'k', title: '(personal, 15 characters)', class: 'C' },
      properties: [{ name: 'p', values: ['7KQ4', '(personal, 5 characters)'] }],
    });
    expect(shown.documents[0]?.title).toBe('Antrag.pdf');
  });

  it('is nothing but names where that could not be found out', () => {
    expect(JSON.stringify(shownOf(preview('Akte', 'x'), undefined))).not.toMatch(/Akte"|"x"|Antrag/);
  });
});
