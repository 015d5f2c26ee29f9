// SPDX-License-Identifier: EUPL-1.2
import { aPdf, aPerson, picker } from '@amtsbote/adapter-kit/testing';
import type { JsonValue } from '@amtsbote/canonical';

/** A JSON object as it goes into the body. */
export type JsonObject = { [key: string]: JsonValue };

/** One event: the id stays equal over retries. */
export interface WebhookSubmission {
  /** Goes out as `webhook-id`. */
  readonly id: string;
  readonly body: JsonObject;
}

/** The mapping that fits the made-up submissions: part of an endpoint's options. */
export const SAMPLE_MAPPING = {
  submissionId: '/data/submission/id',
  formId: '/data/submission/form/id',
  formVersion: '/data/submission/form/version',
  serviceName: '/data/submission/service/name',
  leikaKeys: '/data/submission/service/leikaKeys',
  authorityId: '/data/submission/authority',
  test: '/data/submission/test',
  form: '/data/answers',
  attachments: ['/data/files'],
  representation: '/data/pdf',
  applicant: {
    familyName: '/data/applicant/lastName',
    givenName: '/data/applicant/firstName',
    organisationName: '/data/applicant/company',
    dateOfBirth: '/data/applicant/born',
    email: '/data/applicant/email',
    phone: '/data/applicant/phone',
    street: '/data/applicant/address/street',
    houseNumber: '/data/applicant/address/number',
    postalCode: '/data/applicant/address/zip',
    city: '/data/applicant/address/city',
    identityProvider: '/data/applicant/account/provider',
    trustLevel: '/data/applicant/account/level',
    mailboxHandle: '/data/applicant/account/mailbox',
  },
  payment: {
    amount: '/data/payment/amount',
    unit: 'decimal',
    currency: '/data/payment/currency',
    purpose: '/data/payment/purpose',
    description: '/data/payment/description',
    bookingData: '/data/payment/booking',
    unless: { pointer: '/data/payment/status', values: ['PAYED'] },
  },
  places: '/data/places',
  consents: '/data/consents',
  relations: '/data/relations',
} as const;

/** Labels for the made-up answers: part of an endpoint's options. */
export const SAMPLE_LABELS = {
  aufstellung: 'Aufstellung',
  groesse_m3: 'Größe in m³',
  von: 'Von',
  bis: 'Bis',
  halteverbot: 'Halteverbot gewünscht',
  container: 'Container',
  bemerkung: 'Bemerkung',
} as const;

/** Which submissions to make up. */
export interface WebhookSubmissionsRequest {
  readonly count: number;
  /** Same seed, same submissions. */
  readonly seed?: number;
  /** Inline uploads per submission; default 1. */
  readonly uploads?: number;
  /** Base address under which one further upload is linked. */
  readonly linkBase?: string;
  readonly test?: boolean;
}

/** Made-up applications to put a skip on the street (Sondernutzung), each with its own ids. */
export function webhookSubmissions(request: WebhookSubmissionsRequest): WebhookSubmission[] {
  return Array.from({ length: request.count }, (_, index) => submissionOf(request, request.seed ?? 1, index));
}

function submissionOf(request: WebhookSubmissionsRequest, seed: number, index: number): WebhookSubmission {
  const pick = picker(seed, index + 2_000_000);
  const id = pick.uuid();
  const names = Array.from({ length: request.uploads ?? 1 }, (_, upload) => `Lageplan ${upload + 1}.pdf`);
  const inline = names.map((name): JsonObject => ({ name, contentType: 'application/pdf', base64: aPdf([name]).toString('base64') }));
  const linked: JsonObject[] =
    request.linkBase === undefined ? [] : [{ filename: 'Foto.jpg', mediaType: 'image/jpeg', url: `${request.linkBase}/${id}.jpg` }];
  const body: JsonObject = {
    type: 'submission.created',
    timestamp: '2026-01-31T09:59:58Z',
    data: {
      submission: {
        id,
        test: request.test ?? false,
        form: { id: 'container-aufstellen', version: '3' },
        service: { name: 'Sondernutzung öffentlicher Straßen', leikaKeys: ['99108008016000'] },
        authority: '100002',
      },
      applicant: applicantOf(seed, index, pick),
      answers: answersOf(pick),
      files: [...inline, ...linked],
      places: [placeOf(pick)],
      consents: [{ purpose: 'Verarbeitung zur Erteilung der Erlaubnis', given: true }],
      payment: {
        amount: pick(['26.00', '52.50']),
        currency: 'EUR',
        purpose: 'Sondernutzung',
        description: 'Gebühr für die Sondernutzung',
        status: 'INITIAL',
        booking: { haushaltsstelle: '6300.100' },
      },
    },
  };
  return { id: `msg_${id.replaceAll('-', '')}`, body };
}

function applicantOf(seed: number, index: number, pick: ReturnType<typeof picker>): JsonObject {
  const person = aPerson(seed, index);
  return {
    lastName: person.familyName,
    firstName: person.givenName,
    born: person.dateOfBirth,
    email: person.email,
    phone: person.phone,
    address: { street: person.street, number: person.houseNumber, zip: person.postalCode, city: person.city },
    account: { provider: 'BundID', level: pick(['STORK-QAA-Level-1', 'substanziell']), mailbox: pick.uuid() },
  };
}

function answersOf(pick: ReturnType<typeof picker>): JsonObject {
  const day = 1 + pick.number(20);
  const date = (value: number): string => `2026-03-${String(value).padStart(2, '0')}`;
  return {
    aufstellung: { von: date(day), bis: date(day + 7), halteverbot: pick([true, false]) },
    container: Array.from({ length: 1 + pick.number(2) }, () => ({ groesse_m3: 3 + pick.number(15) / 2 })),
    bemerkung: pick(['vor Hausnummer 5; & gegenüber', '', 'Zufahrt über den Hof']),
  };
}

function placeOf(pick: ReturnType<typeof picker>): JsonObject {
  const coordinates = [8.5 + pick.number(1_000) / 10_000, 52 + pick.number(1_000) / 10_000];
  return { label: 'Stellplatz', geometry: { type: 'Point', coordinates } };
}
