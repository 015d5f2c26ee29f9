// SPDX-License-Identifier: EUPL-1.2
import { aForm, anApplication, anAttachment, aPaymentDemand } from '@amtsbote/adapter-kit/testing';
import type { Application, Attachment, Decision, FormItem, Payment } from '@amtsbote/canonical';

/** A field of a form. */
export function aField(name: string, value: string | number | boolean | null, label = name): FormItem {
  const type = typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'text';
  return { kind: 'field', name, label, type, value };
}

/** An application that uses every optional part of the canonical model. */
export function aFullApplication(overrides: Partial<Application> = {}): Application {
  return anApplication({
    publicService: { leikaKeys: ['99050012104000', '99050012104001'], name: 'Gewerbeanmeldung', catalogueVersion: '2026-01-15' },
    origin: {
      system: 'forms-ozg-cloud',
      endpoint: 'gewerbe',
      formId: 'Gewerbeanmeldung',
      formVersion: '1.3',
      submissionId: '6f1d0c52-3f0a-4b57-9f0e-1c2a7d5b8e11',
      authorityId: 'Ordnungsamt 32.1',
    },
    applicant: {
      kind: 'person',
      familyName: 'Mustermann',
      givenName: 'Erika',
      organisationName: 'Käse & Söhne GbR',
      dateOfBirth: '1980-02-29',
      email: 'muster@example.org',
      phone: '+49 521 000000',
      address: { street: 'Musterstraße', houseNumber: '12 a', postalCode: '01234', city: 'Musterstadt', country: 'Deutschland' },
      identity: { provider: 'BundID', trustLevel: 'STORK-QAA-Level-3' },
      mailbox: { handle: '0b9a4c1e-7d33-4e0a-8a52-5f6c3e9d2b70', type: 'OSI', system: 'Servicekonto' },
    },
    form: [...aForm(), ...aLargerForm()],
    attachments: [anAttachment('Lageplan; Erdgeschoß & Keller.pdf'), anAttachment('Führungszeugnis.pdf'), aLinkedAttachment()],
    places: [
      { label: 'Standort des Betriebs', geometry: { type: 'Point', coordinates: [8.5325, 52.0215] } },
      { label: 'Lagerfläche', geometry: { type: 'Polygon', coordinates: [[8.53, 52.02], [8.54, 52.02], [8.54, 52.03], [8.53, 52.02]] } }, // prettier-ignore
    ],
    consents: [
      { purpose: 'Weitergabe der Daten an die Industrie- und Handelskammer', given: true },
      { purpose: 'Benachrichtigung per E-Mail', given: false },
    ],
    payment: aPaymentDemand(),
    deadlines: [{ name: 'Genehmigungsfiktion', at: '2026-04-30T21:59:59.000Z' }],
    relations: [{ kind: 'followUpOf', target: '3M8T-Q0ZB-9' }],
    unmapped: [
      { path: 'formData.intern.session', value: { step: 3, flags: ['a', 'b'] } },
      { path: 'formData.herkunft', value: 'Serviceportal' },
    ],
    ...overrides,
  });
}

/** Sections with nested groups, repeated rows, a long answer and an unanswered question. */
export function aLargerForm(): FormItem[] {
  const partner = (familyName: string, share: number): FormItem => ({
    kind: 'group',
    name: 'gesellschafter',
    label: 'Gesellschafterin oder Gesellschafter',
    items: [
      aField('familienname', familyName, 'Familienname'),
      aField('anteil', share, 'Anteil in Prozent'),
      { kind: 'field', name: 'geburtsdatum', label: 'Geburtsdatum', type: 'date', value: '1975-11-03' },
      { kind: 'group', name: 'anschrift', label: 'Anschrift', items: [aField('ort', 'Musterstadt', 'Ort')] },
    ],
  });
  const activity =
    'Herstellung und Verkauf von Käse, Joghurt und anderen Milchprodukten aus eigener Erzeugung. '.repeat(6) +
    '\nDaneben Veranstaltungen auf dem Hof, im Jahr höchstens zwölf.';
  return [
    {
      kind: 'group',
      name: 'personen',
      label: 'Gesellschafterinnen und Gesellschafter',
      items: [partner('Şahin', 60), partner('Müller-Lüdenscheidt', 40)],
    },
    {
      kind: 'group',
      name: 'taetigkeit',
      label: 'Angemeldete Tätigkeit',
      items: [
        aField('beschreibung', activity, 'Genaue Beschreibung der Tätigkeit (z. B. Herstellung von Möbeln, Elektroinstallationen)'),
        aField('nebenerwerb', false, 'Wird die Tätigkeit im Nebenerwerb betrieben?'),
        aField('umsatz', 125_000.5, 'Erwarteter Umsatz im ersten Jahr in Euro'),
        aField('filialen', null, 'Anzahl der Zweigniederlassungen'),
        aField('leer', '', 'Abweichende Betriebsstätte'),
        aField(
          'erklaerung',
          true,
          'Ich versichere, dass meine Angaben vollständig und richtig sind, und nehme zur Kenntnis, dass unrichtige oder unvollständige Angaben als Ordnungswidrigkeit geahndet werden können (§ 146 Absatz 2 der Gewerbeordnung).',
        ),
      ],
    },
  ];
}

/** An attachment that has not been collected yet. */
export function aLinkedAttachment(): Attachment {
  return {
    id: '0192f0a0-0000-7000-8000-00000000aaaa',
    state: 'linked',
    name: 'Fotos.zip',
    originalName: 'C:\\Users\\erika\\Fotos.zip',
    mediaType: 'application/zip',
    purpose: 'attachment',
    scan: 'notScanned',
    link: 'https://portal.example.org/files/1?token=secret',
  };
}

/** A payment that is done. */
export function aPayment(overrides: Partial<Payment> = {}): Payment {
  return {
    state: 'paid',
    demand: aPaymentDemand(),
    requestId: '0192f0a0-0000-7000-8000-00000000bbbb',
    transactionId: 'T-2026-000017',
    kassenzeichen: '4711.0815.2026',
    payUrl: 'https://pay.example.org/t/17?token=secret',
    paidAt: '2026-01-31T10:04:30.000Z',
    ...overrides,
  };
}

/** A decision with a text and no document. */
export function aDecision(overrides: Partial<Decision> = {}): Decision {
  return {
    id: '0192f0a0-0000-7000-8000-00000000cccc',
    outcome: 'granted',
    text: 'Sehr geehrte Frau Mustermann,\n\nIhr Gewerbe ist eingetragen.\n\nMit freundlichen Grüßen\nOrdnungsamt',
    documents: [],
    decidedAt: '2026-02-03T08:15:00.000Z',
    ...overrides,
  };
}

/** Text that breaks careless writers: markup, quotes, controls, lone surrogates, direction overrides, scripts without glyphs. */
export const HOSTILE_TEXTS: readonly string[] = [
  '<script>alert(1)</script> & "quoted" \'single\' ]]> --> <!-- <?pi?>',
  '&lt; &amp;amp; &nbsp; &#0; &#x1F; &unknown; &',
  'null\u0000 bell\u0007 escape\u001b[31m vertical\u000b form\u000c delete\u007f c1\u0085\u009f',
  'lone \ud800 surrogates \udc00 swapped \udc00\ud800 end',
  'not characters \ufffe \uffff private \ue000',
  ' leading and trailing\t\ttabs \n\n lines \r\n windows \r mac \u2028 separator \u2029 ',
  'direction \u202eFDP.exe\u202c zero\u200bwidth soft\u00adhyphen bom\ufeff',
  '張偉 😀👩‍👩‍👧 עברית العربية ไทย देवनागरी',
  'C̨̆ k̀ L̥̄ ŋ́ Ĵ̌ Ș ẞ ſ µ μ Ω Ω A\u0308',
  'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'.repeat(4),
  '(]){}\\(\\)) %PDF-1.7 endstream endobj trailer << /JS (app.alert) >>',
  '   ',
  '',
];
