// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { aDocument, anApplication } from '../testing/src/index.js';
import { compileCondition, compileText } from './expression.js';

describe('expressions in mappings of documents', () => {
  const application = anApplication();

  it('read what is known of the document', () => {
    const document = aDocument('Bescheid.pdf', 'four', { role: 'decision' });
    const text = compileText('document.role + " " + document.originalName + " " + text(document.size)');
    expect(text({ application, document })).toBe('decision Bescheid.pdf 4');
  });

  it('fail for this application, without a value in the message, where there is no document', () => {
    expect(() => compileText('document.role')({ application })).toThrow('cannot be evaluated for this application: document.role');
  });

  it('are ended when a pattern tries every way through a text', () => {
    const form = [{ kind: 'field', name: 'x', label: 'X', type: 'text', value: `${'a'.repeat(60)}b` }] as const;
    const subject = { application: { ...application, form: [...form] } };
    const condition = compileCondition('fields.x.matches("^(a+)+$")');
    expect(() => condition(subject)).toThrow('took longer than 200 ms and was ended: fields.x.matches');
  });
});
