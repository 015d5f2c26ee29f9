// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { anApplication, anAttachment } from '@amtsbote/adapter-kit/testing';
import { describe, expect, it } from '@jest/globals';

import { type BlobSource, filingDocuments } from './filing-documents.js';
import { PdfProbe } from './test/pdf-probe.js';
import { aDecision, aLinkedAttachment, aPayment } from './test/samples.js';

/** Blobs of attachments made by `anAttachment(name)`; remembers what was opened. */
function blobsOf(...names: string[]): BlobSource & { readonly opened: string[] } {
  const contents = new Map(names.map((name) => [anAttachment(name).id, `content of ${name}`]));
  const opened: string[] = [];
  return {
    opened,
    open: async (id) => {
      opened.push(id);
      const content = contents.get(id);
      if (content === undefined) throw new Error('no such blob');
      return Readable.from([Buffer.from(content)]);
    },
  };
}

describe('the documents of a filing', () => {
  it('are the readable PDF, the data file and the attachments under their own names', async () => {
    const names = ['Lageplan.pdf', 'Führungszeugnis.pdf'];
    const application = anApplication({ attachments: names.map((name) => anAttachment(name)) });
    const documents = await filingDocuments({ application, payment: aPayment(), blobs: blobsOf(...names) });
    expect(documents.map(({ key, role, fileName, mediaType }) => [key, role, fileName, mediaType])).toEqual([
      ['readable', 'applicationReadable', 'Antrag_7KQ4-M2XD-P.pdf', 'application/pdf'],
      ['data', 'applicationData', 'Antrag_7KQ4-M2XD-P.json', 'application/json'],
      [anAttachment('Lageplan.pdf').id, 'attachment', 'Lageplan.pdf', 'application/pdf'],
      [anAttachment('Führungszeugnis.pdf').id, 'attachment', 'Führungszeugnis.pdf', 'application/pdf'],
    ]);
  });

  it('have the size and hash of their bytes, on every opening', async () => {
    const application = anApplication({ attachments: [anAttachment('a.pdf')] });
    for (const document of await filingDocuments({ application, blobs: blobsOf('a.pdf') })) {
      for (const bytes of [await buffer(await document.open()), await buffer(await document.open())]) {
        expect(bytes.length).toBe(document.size);
        expect(createHash('sha512').update(bytes).digest('hex')).toBe(document.sha512);
      }
    }
  });

  it('are the same after a restart: keys, names, sizes and hashes', async () => {
    const application = anApplication({ attachments: [anAttachment('a.pdf')] });
    const described = async (): Promise<unknown> =>
      (await filingDocuments({ application: structuredClone(application), payment: aPayment(), blobs: blobsOf('a.pdf') })).map(
        ({ key, fileName, size, sha512 }) => ({ key, fileName, size, sha512 }),
      );
    expect(await described()).toEqual(await described());
  });

  it('contain no PDF of ours when the form server sent its own', async () => {
    const representation = { ...anAttachment('Antrag_7KQ4-M2XD-P.pdf'), purpose: 'representation' as const };
    const documents = await filingDocuments({ application: anApplication({ attachments: [representation] }), blobs: blobsOf() });
    expect(documents.map(({ key, role, fileName }) => [key, role, fileName])).toEqual([
      ['data', 'applicationData', 'Antrag_7KQ4-M2XD-P.json'],
      [representation.id, 'representation', 'Antrag_7KQ4-M2XD-P.pdf'],
    ]);
  });

  it('have distinct and safe names, ours first', async () => {
    const attachments = ['scan.pdf', 'SCAN.pdf', 'antrag_7kq4-m2xd-p.json', '..'].map((name, index) => ({
      ...anAttachment(`${index}-${name}`),
      name,
      originalName: name,
    }));
    const documents = await filingDocuments({ application: anApplication({ attachments }), blobs: blobsOf() });
    expect(documents.map(({ fileName }) => fileName)).toEqual([
      'Antrag_7KQ4-M2XD-P.pdf',
      'Antrag_7KQ4-M2XD-P.json',
      'scan.pdf',
      'SCAN (2).pdf',
      'antrag_7kq4-m2xd-p (2).json',
      'unbenannt',
    ]);
    expect(documents.at(-1)?.originalName).toBe('..');
  });

  it('open no blob before it is read', async () => {
    const blobs = blobsOf('a.pdf', 'b.pdf');
    const application = anApplication({ attachments: [anAttachment('a.pdf'), anAttachment('b.pdf')] });
    const documents = await filingDocuments({ application, blobs });
    expect(blobs.opened).toEqual([]);
    await buffer(await (documents[3]?.open() ?? Promise.reject(new Error('no fourth document'))));
    expect(blobs.opened).toEqual([anAttachment('b.pdf').id]);
  });

  it('are refused while an attachment has not been collected: it would be lost', async () => {
    const application = anApplication({ attachments: [aLinkedAttachment()] });
    await expect(filingDocuments({ application, blobs: blobsOf() })).rejects.toThrow(/only linked/);
    await expect(filingDocuments({ application, blobs: blobsOf() })).rejects.not.toThrow(/secret|Fotos/);
  });
});

describe('the documents of a decision', () => {
  it('are a PDF of outcome and text, and the data, when the back office sent no document', async () => {
    const documents = await filingDocuments({
      application: anApplication(),
      decision: aDecision(),
      blobs: blobsOf(),
      tenantName: 'Stadt Musterstadt',
    });
    expect(documents.map(({ key, role, fileName }) => [key, role, fileName])).toEqual([
      ['decision-readable', 'decision', 'Bescheid_7KQ4-M2XD-P.pdf'],
      ['decision-data', 'applicationData', 'Bescheid_7KQ4-M2XD-P.json'],
    ]);
    const text = new PdfProbe(await buffer(await (documents[0]?.open() ?? Promise.reject(new Error('no document'))))).text;
    for (const phrase of [
      'Dem Antrag wurde entsprochen',
      '03.02.2026, 09:15 Uhr',
      'Ihr Gewerbe ist eingetragen.',
      'Erika Mustermann',
      'Stadt Musterstadt',
    ]) {
      expect(text).toContain(phrase);
    }
  });

  it('are the documents of the back office and the data, but not the attachments of the application', async () => {
    const decision = aDecision({ documents: [{ ...anAttachment('Erlaubnis.pdf'), purpose: 'decision' }] });
    const application = anApplication({ attachments: [anAttachment('Lageplan.pdf')] });
    const documents = await filingDocuments({ application, decision, blobs: blobsOf('Erlaubnis.pdf') });
    expect(documents.map(({ role, fileName }) => [role, fileName])).toEqual([
      ['applicationData', 'Bescheid_7KQ4-M2XD-P.json'],
      ['decision', 'Erlaubnis.pdf'],
    ]);
  });
});
