// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

import type { Applicant, Application, FormItem, PaymentDemand, StoredAttachment } from '@amtsbote/canonical';

import type { DeliverableDocument } from '../../src/index.js';

/** A document held in memory, for tests. */
export function aDocument(
  fileName: string,
  content: string | Buffer = `content of ${fileName}`,
  more: Partial<DeliverableDocument> = {},
): DeliverableDocument {
  const bytes = Buffer.from(content as string);
  return {
    key: `doc-${createHash('sha256').update(fileName).digest('hex').slice(0, 12)}`,
    role: 'attachment',
    fileName: fileName.normalize('NFC'),
    originalName: fileName,
    mediaType: 'application/pdf',
    size: bytes.length,
    sha512: createHash('sha512').update(bytes).digest('hex'),
    open: async () => Readable.from([bytes]),
    ...more,
  };
}

/** What of an applicant must not be seen in errors and logs. */
export function personalParts({ familyName, email, address }: Applicant): string[] {
  return [familyName, email, address?.street].filter((part) => part !== undefined);
}

/** A complete, synthetic application; override what the test is about. */
export function anApplication(overrides: Partial<Application> = {}): Application {
  return {
    id: '0192f0a0-0000-7000-8000-000000000001',
    tenant: '057110000000',
    reference: '7KQ4-M2XD-P',
    receivedAt: '2026-01-31T10:00:00.000Z',
    test: false,
    publicService: { leikaKeys: ['99050012104000'], name: 'Gewerbeanmeldung' },
    origin: {
      system: 'forms-ozg-cloud',
      endpoint: 'gewerbe',
      formId: 'Gewerbeanmeldung',
      submissionId: '6f1d0c52-3f0a-4b57-9f0e-1c2a7d5b8e11',
    },
    applicant: {
      kind: 'person',
      familyName: 'Mustermann',
      givenName: 'Erika',
      email: 'muster@example.org',
      address: { street: 'Musterstraße', houseNumber: '12 a', postalCode: '01234', city: 'Musterstadt' },
      identity: { provider: 'OSI', trustLevel: 'STORK-QAA-Level-1' },
      mailbox: { handle: '0b9a4c1e-7d33-4e0a-8a52-5f6c3e9d2b70' },
    },
    form: aForm(),
    attachments: [],
    places: [],
    consents: [],
    deadlines: [],
    relations: [],
    unmapped: [],
    ...overrides,
  };
}

/** A small form tree with every value type, umlauts and a repeated row. */
export function aForm(): FormItem[] {
  return [
    {
      kind: 'group',
      name: 'betrieb',
      label: 'Betriebsdaten',
      items: [
        { kind: 'field', name: 'bezeichnung', label: 'Geschäftsbezeichnung', type: 'text', value: 'Käse & Söhne <Beispiel>' },
        { kind: 'field', name: 'beschaeftigte', label: 'Beschäftigte', type: 'number', value: 3 },
        { kind: 'field', name: 'beginn', label: 'Beginn', type: 'date', value: '2026-02-01' },
        { kind: 'field', name: 'richtig', label: 'Richtigkeit bestätigt', type: 'boolean', value: true },
      ],
    },
  ];
}

/** A demand of one item. */
export function aPaymentDemand(cents = 2_600): PaymentDemand {
  const amount = { cents, currency: 'EUR' } as const;
  return {
    amount,
    purpose: 'Gewerbeanmeldung 7KQ4M2XDP'.slice(0, 27),
    description: 'Gebühr Gewerbeanmeldung',
    items: [{ reference: 'gebuehr', description: 'Gebühr', amount, quantity: 1, bookingData: { haushaltsstelle: '1220.100' } }],
  };
}

/** The canonical description of a stored attachment. */
export function anAttachment(name: string, content = `content of ${name}`): StoredAttachment {
  return {
    id: `0192f0a0-0000-7000-8000-${createHash('sha256').update(name).digest('hex').slice(0, 12)}`,
    state: 'stored',
    name: name.normalize('NFC'),
    originalName: name,
    mediaType: 'application/pdf',
    purpose: 'attachment',
    scan: 'notScanned',
    size: Buffer.byteLength(content),
    sha512: createHash('sha512').update(content).digest('hex'),
  };
}
