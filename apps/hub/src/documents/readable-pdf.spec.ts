// SPDX-License-Identifier: EUPL-1.2
import { aForm, anApplication, anAttachment } from '@amtsbote/adapter-kit/testing';
import { type Application } from '@amtsbote/canonical';
import { describe, expect, it } from '@jest/globals';

import { renderReadablePdf } from './readable-pdf.js';
import { PdfProbe } from './test/pdf-probe.js';
import { aField, aFullApplication, aPayment, HOSTILE_TEXTS } from './test/samples.js';

const rendered = async (overrides: Partial<Application> = {}): Promise<PdfProbe> =>
  new PdfProbe(await renderReadablePdf({ application: anApplication(overrides) }));

describe('the readable PDF as PDF/A', () => {
  it('declares PDF/A-2b in its metadata', async () => {
    const { xmp, header } = await rendered();
    expect(header).toBe('%PDF-1.7');
    expect(xmp).toContain('<pdfaid:part>2</pdfaid:part>');
    expect(xmp).toContain('<pdfaid:conformance>B</pdfaid:conformance>');
  });

  it('gives the time of receipt as creation date, equal in metadata and document information', async () => {
    const probe = await rendered({ receivedAt: '2026-01-31T10:00:00.000Z' });
    expect(probe.xmp).toContain('<xmp:CreateDate>2026-01-31T10:00:00Z</xmp:CreateDate>');
    expect(probe.follow(probe.follow(probe.trailer, 'Info').dictionary, 'CreationDate').dictionary).toBe('(D:20260131100000Z)');
  });

  it('has an output intent with an embedded sRGB profile', async () => {
    const probe = await rendered();
    const intent = probe.follow(probe.catalog, 'OutputIntents').dictionary;
    expect(intent).toContain('/S /GTS_PDFA1');
    const profile = probe.follow(intent, 'DestOutputProfile').stream;
    // ICC.1: signature "acsp" at byte 36, colour space at byte 16.
    expect(profile?.toString('latin1', 36, 40)).toBe('acsp');
    expect(profile?.toString('latin1', 16, 20)).toBe('RGB ');
  });

  it('embeds all fonts as subsets with a map to Unicode', async () => {
    const probe = await rendered();
    const fonts = probe.dictionaries('/Type /Font\n');
    expect(fonts.filter((font) => font.includes('/Subtype /Type0'))).toHaveLength(2);
    expect(fonts.filter((font) => font.includes('/Subtype /CIDFontType2'))).toHaveLength(2);
    expect(fonts).toHaveLength(4);
    for (const font of fonts.filter((candidate) => candidate.includes('/Type0'))) {
      const program = probe.follow(
        probe.follow(probe.follow(font, 'DescendantFonts').dictionary, 'FontDescriptor').dictionary,
        'FontFile2',
      );
      expect(program.stream?.toString('latin1', 0, 4)).toBe('true');
      expect(probe.follow(font, 'ToUnicode').stream?.length).toBeGreaterThan(0);
      expect(font).toMatch(/\/BaseFont \/[A-Z]{6}\+DejaVuSansCondensed/);
    }
  });

  it('has a file ID and neither encryption, scripts, files, forms nor transparency', async () => {
    const probe = await rendered();
    expect(probe.trailer).toMatch(/\/ID \[<[0-9a-f]{32}> <[0-9a-f]{32}>\]/);
    expect(probe.trailer).not.toContain('/Encrypt');
    for (const forbidden of ['/JavaScript', '/JS', '/EmbeddedFile', '/AcroForm', '/ExtGState', '/SMask', '/Launch', '/URI']) {
      expect(probe.dictionaries(forbidden)).toEqual([]);
    }
  });

  it('is tagged German text, every drawing either in the structure tree or an artifact', async () => {
    const probe = await rendered();
    expect(probe.catalog).toContain('/Lang (de-DE)');
    expect(probe.follow(probe.catalog, 'MarkInfo').dictionary).toContain('/Marked true');
    for (const type of ['Document', 'H1', 'H2', 'P']) expect(probe.dictionaries(`/S /${type}\n`).length).toBeGreaterThan(0);
    for (const page of probe.instructions) {
      let open = 0;
      for (const line of page.split('\n')) {
        if (/ (BDC|BMC)$/.test(line)) open += 1;
        if (line === 'EMC') open -= 1;
        if (/ TJ$| re$|^[fBS]$/.test(line)) expect(open).toBe(1);
      }
      expect(open).toBe(0);
    }
  });

  it('never shows the glyph that stands for a missing one', async () => {
    const probe = await rendered({ form: HOSTILE_TEXTS.map((text, index) => aField(`feld-${index}`, text, text)) });
    for (const page of probe.instructions) {
      const codes = [...page.matchAll(/<([0-9a-f]+)>/g)].flatMap(([, hex]) => hex?.match(/.{4}/g) ?? []);
      expect(codes.length).toBeGreaterThan(100);
      expect(codes).not.toContain('0000');
    }
  });

  it('keeps markup in names out of the metadata', async () => {
    const { xmp } = await rendered({ publicService: { leikaKeys: [], name: 'Käse & <Söhne>' } });
    expect(xmp).not.toContain('Söhne');
    expect(xmp).not.toMatch(/&(?!amp;|lt;|gt;)/);
  });
});

describe('the readable PDF as a repeatable document', () => {
  it('has the same bytes when it is made again, whatever was made in between', async () => {
    const application = aFullApplication();
    const first = await renderReadablePdf({ application, payment: aPayment(), tenantName: 'Stadt Musterstadt' });
    await renderReadablePdf({
      application: anApplication({ form: HOSTILE_TEXTS.map((text, index) => aField(`andere-${index}`, text, text)) }),
    });
    const again = await renderReadablePdf({ application, payment: aPayment(), tenantName: 'Stadt Musterstadt' });
    expect(again.equals(first)).toBe(true);
  });

  it('keeps apart texts that share a glyph, in documents of either order', async () => {
    // The combining mark sends the first word through the shaping engine, which joins f and i into the glyph of the ligature character.
    const [letters, ligature] = ['fiq\u0323', '\ufb01q\u0323'];
    const textOf = async (value: string): Promise<string> => (await rendered({ form: [aField('x', value)] })).text;
    const texts = [await textOf(ligature), await textOf(letters), await textOf(ligature)];
    expect(texts.map((text) => [text.includes('\nfiq'), text.includes('\n\ufb01q')])).toEqual([
      [false, true],
      [true, false],
      [false, true],
    ]);
  });

  it('differs when the payment has moved on', async () => {
    const application = anApplication();
    const open = await renderReadablePdf({ application, payment: aPayment({ state: 'open' }) });
    const paid = await renderReadablePdf({ application, payment: aPayment() });
    expect(new PdfProbe(open).text).toContain('offen');
    expect(new PdfProbe(paid).text).toContain('bezahlt');
  });

  it('does not change with a fresh payment link', async () => {
    const application = anApplication();
    const renderWith = async (payUrl: string): Promise<Buffer> => renderReadablePdf({ application, payment: aPayment({ payUrl }) });
    expect((await renderWith('https://pay.example.org/1')).equals(await renderWith('https://pay.example.org/2'))).toBe(true);
  });
});

describe('the readable PDF as a text for clerks', () => {
  it('shows everything an application says', async () => {
    const bytes = await renderReadablePdf({ application: aFullApplication(), payment: aPayment(), tenantName: 'Stadt Musterstadt' });
    const text = new PdfProbe(bytes).text.replaceAll('\u00a0', ' ');
    const expected = [
      'Gewerbeanmeldung', '7KQ4-M2XD-P', '31.01.2026, 11:00 Uhr', 'Stadt Musterstadt', 'Regionalschlüssel 057110000000',
      '99050012104000, 99050012104001', 'Ordnungsamt 32.1', 'Gewerbeanmeldung, Fassung 1.3', 'gewerbe (forms-ozg-cloud)',
      '6f1d0c52-3f0a-4b57-9f0e-1c2a7d5b8e11', 'Natürliche Person', 'Käse & Söhne GbR', 'Mustermann', 'Erika', '29.02.1980',
      'Musterstraße 12 a', '01234 Musterstadt', 'muster@example.org', '+49 521 000000', 'BundID', 'STORK-QAA-Level-3',
      '0b9a4c1e-7d33-4e0a-8a52-5f6c3e9d2b70', 'OSI, Servicekonto', 'Betriebsdaten', 'Käse & Söhne <Beispiel>', '01.02.2026', 'ja', 'nein',
      'Gesellschafterin oder Gesellschafter (1 von 2)', 'Gesellschafterin oder Gesellschafter (2 von 2)', 'Şahin', 'Anschrift',
      '125.000,5', 'keine Angabe', '(leer)', 'Zahlung', '26,00 €', 'bezahlt', '31.01.2026, 11:04 Uhr', '4711.0815.2026',
      'Gebühr: 26,00 €', 'gebuehr · haushaltsstelle: 1220.100', 'Anlage 1', 'Lageplan; Erdgeschoß & Keller.pdf', 'Fotos.zip',
      'Ursprünglicher Name: C:\\Users\\erika\\Fotos.zip', 'erteilt', 'nicht erteilt', '52,0215° N, 8,5325° O', 'Genehmigungsfiktion',
      '30.04.2026, 23:59 Uhr', 'Folgeantrag zu', '3M8T-Q0ZB-9', 'Nicht zugeordnete Angaben', 'formData.intern.session',
      '{"step":3,"flags":["a","b"]}', 'Serviceportal',
    ]; // prettier-ignore
    expect(expected.filter((phrase) => !text.split('\n').includes(phrase) && !text.includes(phrase))).toEqual([]);
    expect(text).toMatch(/SHA-512 [0-9a-f]{32}…/);
    expect(text).not.toContain('secret');
  });

  it('repeats the reference and counts the pages on every page', async () => {
    const { pages } = new PdfProbe(await renderReadablePdf({ application: aFullApplication(), payment: aPayment() }));
    expect(pages.length).toBe(3);
    for (const [index, page] of pages.entries()) {
      expect(page).toContain('7KQ4-M2XD-P');
      expect(page).toContain(`Seite ${index + 1} von 3`);
    }
  });

  it('warns of a test application on its first page and in every header', async () => {
    const probe = await rendered({ test: true });
    expect(probe.text).toContain('Testantrag: Dieser Antrag dient nur der Erprobung');
    expect(probe.text).toContain('TEST · 7KQ4-M2XD-P');
    expect((await rendered()).text).not.toMatch(/test/i);
  });

  it('replaces characters without a glyph visibly and says how many and where they are kept', async () => {
    const { text } = await rendered({ form: [aField('name', '張偉 Müller')] });
    expect(text).toContain('\ufffd\ufffd Müller');
    expect(text).toContain('2 Zeichen können in der Schrift dieses Dokuments nicht dargestellt werden');
    expect(text).toContain('Antrag_7KQ4-M2XD-P.json');
    expect((await rendered()).text).not.toContain('Hinweis zur Darstellung');
  });

  it.each(HOSTILE_TEXTS.map((text, index) => [index, text] as const))('survives hostile text %i everywhere', async (_index, text) => {
    const application = anApplication({
      publicService: { leikaKeys: [], name: text },
      applicant: { kind: 'person', familyName: text, address: { city: text }, mailbox: { handle: text } },
      form: [{ kind: 'group', name: text, label: text, items: [aField(text, text), { kind: 'group', name: 'x', label: text, items: [] }] }],
      attachments: [{ ...anAttachment('a.pdf'), name: `${text}.pdf`, originalName: text, mediaType: text }],
      consents: [{ purpose: text, given: true }],
      unmapped: [{ path: text, value: { [text]: text } }],
    });
    const probe = new PdfProbe(await renderReadablePdf({ application, payment: aPayment({ kassenzeichen: text }), tenantName: text }));
    expect(probe.text).toContain('Seite 1 von');
    expect(probe.text).not.toContain('[no unicode');
  });

  it('shows an application that says almost nothing', async () => {
    const { text } = await rendered({
      publicService: { leikaKeys: [], name: '' },
      applicant: { kind: 'unknown' },
      form: [],
      attachments: [],
    });
    expect(text).toContain('Antrag ohne Bezeichnung der Leistung');
    expect(text).toContain('Das Formular enthält keine Angaben.');
    expect(text).toContain('Dem Antrag liegen keine Anlagen bei.');
    expect(text).toContain('nicht bestätigt');
  });
});

describe('the readable PDF of a very large form', () => {
  it('holds 5,000 fields and lets other work run meanwhile', async () => {
    const form = Array.from({ length: 5_000 }, (_, index) => aField(`feld${index}`, `Wert ${index}`, `Frage Nummer ${index}`));
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    const probe = await rendered({ form: [...aForm(), ...form] }).finally(() => {
      clearInterval(timer);
    });
    expect(probe.text).toContain('Frage Nummer 0');
    expect(probe.text).toContain('Wert 4999');
    expect(turns).toBeGreaterThan(20);
  });

  it('spreads a value of 2,000 characters without a single space over lines and pages', async () => {
    const value = 'abcdefghij'.repeat(200);
    const form = Array.from({ length: 20 }, (_, index) => aField(`feld${index}`, value));
    const { text, pages } = await rendered({ form });
    expect(pages.length).toBeGreaterThan(3);
    const letters = text.replace(/[^a-j]/g, '');
    expect(letters.split('abcdefghij').length - 1).toBeGreaterThanOrEqual(20 * 200 - 20 * 40);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(130);
  });
});
