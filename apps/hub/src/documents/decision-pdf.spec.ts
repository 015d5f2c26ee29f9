// SPDX-License-Identifier: EUPL-1.2
import { anApplication } from '@amtsbote/adapter-kit/testing';
import { DecisionOutcome } from '@amtsbote/canonical';
import { describe, expect, it } from '@jest/globals';

import { renderDecisionPdf } from './decision-pdf.js';
import { OUTCOME } from './german-texts.js';
import { PdfProbe } from './test/pdf-probe.js';
import { aDecision } from './test/samples.js';

describe('the decision PDF', () => {
  it.each(DecisionOutcome.options)('says in German that the outcome is %s', async (outcome) => {
    const probe = new PdfProbe(await renderDecisionPdf({ application: anApplication(), decision: aDecision({ outcome }) }));
    expect(probe.text).toContain(OUTCOME[outcome]);
  });

  it('is PDF/A-2b and repeatable, with the time of the decision as creation date', async () => {
    const render = async (): Promise<Buffer> => renderDecisionPdf({ application: anApplication(), decision: aDecision() });
    const first = await render();
    expect((await render()).equals(first)).toBe(true);
    expect(new PdfProbe(first).xmp).toContain('<pdfaid:conformance>B</pdfaid:conformance>');
    expect(new PdfProbe(first).xmp).toContain('<xmp:CreateDate>2026-02-03T08:15:00Z</xmp:CreateDate>');
  });

  it('keeps the paragraphs of a long text over several pages', async () => {
    const text = Array.from({ length: 200 }, (_, index) => `Absatz ${index}.`).join('\n\n');
    const { pages, text: shown } = new PdfProbe(await renderDecisionPdf({ application: anApplication(), decision: aDecision({ text }) }));
    expect(pages.length).toBeGreaterThan(5);
    expect(shown.split('\n').filter((line) => line.startsWith('Absatz'))).toEqual(text.split('\n\n'));
  });

  it('says when there is no text', async () => {
    const probe = new PdfProbe(await renderDecisionPdf({ application: anApplication(), decision: aDecision({ text: ' ' }) }));
    expect(probe.text).toContain('Zu dieser Entscheidung wurde kein Text übermittelt.');
  });
});
