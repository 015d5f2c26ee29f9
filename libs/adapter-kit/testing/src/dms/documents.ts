// SPDX-License-Identifier: EUPL-1.2
import { safeFileName } from '@amtsbote/canonical';

import { aDocument } from '../builders.js';
import { EffectMemory, TestDelivery } from '../delivery-context.js';
import { describe, expect, it } from '../jest.js';
import { aFiling, aLargeDocument, DmsBench } from './bench.js';
import type { DmsContractFixture } from './fixture.js';

/** Legal names that have broken interfaces before; the longest has 255 bytes of UTF-8. */
const NAMES = [
  'Übersicht Größe.pdf',
  'Fußgängerübergang ẞ €.pdf',
  'Müller; Söhne & Töchter.pdf',
  `it's "100 %" [neu] (2) #+~=,@.pdf`,
  'Zeugnis.PDF.txt.',
  'ü'.repeat(125) + 'x.pdf',
];

/** Documents arrive as they were sent: every byte, every name. */
export function documentTests(fixture: DmsContractFixture): void {
  describe('documents', () => {
    const bench = new DmsBench(fixture);

    it.each(NAMES)('keeps the name %p', async (name) => {
      const request = aFiling(1, [aDocument(name)]);
      await bench.expectFiledOnce(request, await bench.file(request, new TestDelivery('filing-1')));
    });

    it('keeps the decomposed (NFD) name of the sender beside the composed one', async () => {
      const document = aDocument('Übergröße.pdf'.normalize('NFD'));
      expect(document.originalName).not.toBe(document.fileName);
      const request = aFiling(1, [document]);
      await bench.expectFiledOnce(request, await bench.file(request, new TestDelivery('filing-1')));
    });

    it('keeps the soft hyphens and direction marks of the sender’s name, which no stored name has', async () => {
      const originalName = 'Über\u00adsicht \u202eGröße.pdf';
      const request = aFiling(1, [aDocument(safeFileName(originalName), 'a plan', { originalName })]);
      await bench.expectFiledOnce(request, await bench.file(request, new TestDelivery('filing-1')));
    });

    it('files an empty document', async () => {
      const request = aFiling(1, [aDocument('leer.txt', '', { mediaType: 'text/plain' })]);
      await bench.expectFiledOnce(request, await bench.file(request, new TestDelivery('filing-1')));
    });

    it('files bytes that look like the protocol', async () => {
      const request = aFiling(1, [
        aDocument('roh.bin', '\r\n--boundary--\r\n\r\n{"a":"\\u0000"}\r\n', { mediaType: 'application/octet-stream' }),
      ]);
      await bench.expectFiledOnce(request, await bench.file(request, new TestDelivery('filing-1')));
    });

    it('files two documents of equal content as two', async () => {
      const request = aFiling(1, [aDocument('a.pdf', 'same'), aDocument('b.pdf', 'same')]);
      await bench.expectFiledOnce(request, await bench.file(request, new TestDelivery('filing-1')));
    });

    it('files a document of several megabytes byte for byte', async () => {
      const request = aFiling(1, [aLargeDocument('Bauplan.pdf', 5 * 1024 * 1024 + 17)]);
      await bench.expectFiledOnce(request, await bench.file(request, new TestDelivery('filing-1')));
    });

    if (fixture.impossible?.storesShort === undefined) {
      it.each([100, 3 * 1024 * 1024])('does not call it success when fewer than the %i bytes sent are stored', async (size) => {
        const request = aFiling(1, [aLargeDocument('Bauplan.pdf', size)]);
        const memory = new EffectMemory();
        bench.target.misbehave('storesShort');
        const error = await bench.failureOf(bench.file(request, new TestDelivery('filing-1', memory)));
        expect(error.kind).not.toBe('misconfigured');
        await expect(bench.port().find(request, new TestDelivery('filing-1'))).resolves.not.toHaveProperty('found');
        bench.target.heal();
        await bench.expectFiledOnce(request, await bench.resume(request, 'filing-1', memory));
      });
    }
  });
}
