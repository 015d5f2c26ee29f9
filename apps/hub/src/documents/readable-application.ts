// SPDX-License-Identifier: EUPL-1.2
import type { Applicant, Application, Attachment, Payment, PaymentDemand, Place } from '@amtsbote/canonical';

import { formatBytes, formatDay, formatInstant, formatMoney, formatNumber } from './german-format.js';
import { APPLICANT_KIND, ATTACHMENT_PURPOSE, GEOMETRY, PAYMENT_STATE, RELATION, SCAN_STATE } from './german-texts.js';
import { type Block, type Row } from './pdf/blocks.js';
import { readableForm } from './readable-form.js';

/** Hex digits of a SHA-512 that are printed: enough to compare by eye, the whole value is in the data file. */
const CHECKSUM_DIGITS = 32;

/** What the readable document of an application is made of. */
export interface ReadableApplication {
  readonly application: Application;
  readonly payment?: Payment;
  /** Name of the municipality for the reader. */
  readonly tenantName?: string;
}

/** Everything an application says, in the order a clerk reads it. Nothing is left out, except what only machines need (payment link). */
export function* readableApplication({ application, payment, tenantName }: ReadableApplication): Generator<Block> {
  yield { kind: 'title', overline: `Antrag ${application.reference}`, text: serviceName(application) };
  if (application.test) {
    yield { kind: 'alarm', text: 'Testantrag: Dieser Antrag dient nur der Erprobung und darf nicht bearbeitet werden.' };
  }
  yield* receipt(application, tenantName);
  yield* section('Antragstellende Person oder Organisation', applicantRows(application.applicant));
  yield* readableForm(application.form);
  const demand = payment?.demand ?? application.payment;
  if (demand !== undefined) yield* section('Zahlung', paymentRows(demand, payment));
  yield* section('Anlagen', application.attachments.map(attachmentRow), 'Dem Antrag liegen keine Anlagen bei.');
  yield* section(
    'Einwilligungen und Erklärungen',
    application.consents.map(({ purpose, given }) => row(purpose, given ? 'erteilt' : 'nicht erteilt')),
  );
  yield* section('Orte', application.places.map(placeRow));
  yield* section(
    'Fristen',
    application.deadlines.map(({ name, at }) => row(name, instant(at))),
  );
  yield* section(
    'Zusammenhang mit anderen Anträgen',
    application.relations.map(({ kind, target }) => row(RELATION[kind], target)),
  );
  yield* unmapped(application);
}

/** Name of the public service, also where the sender gave none. */
export function serviceName(application: Application): string {
  const name = application.publicService.name.trim();
  return name === '' ? 'Antrag ohne Bezeichnung der Leistung' : name;
}

/** A moment for reading; as it is when it cannot be read as one. */
export function instant(at: string): string {
  return formatInstant(at) ?? at;
}

function* receipt(application: Application, tenantName: string | undefined): Generator<Block> {
  const { origin, publicService } = application;
  const form = [origin.formId, origin.formVersion === undefined ? undefined : `Fassung ${origin.formVersion}`];
  yield* section('Eingang', [
    row('Vorgangsnummer', application.reference),
    row('Eingegangen am', instant(application.receivedAt)),
    row('Kommune', tenantName, `Regionalschlüssel ${application.tenant}`),
    row('Leistungsschlüssel (LeiKa)', publicService.leikaKeys.join(', ')),
    row('Stand des Leistungskatalogs', publicService.catalogueVersion),
    row('Zuständige Stelle laut Absender', origin.authorityId),
    row('Formular', form.filter((part) => part !== undefined).join(', ')),
    row('Eingangsweg', `${origin.endpoint} (${origin.system})`),
    row('Kennung beim Absender', origin.submissionId),
  ]);
}

function applicantRows(applicant: Applicant): (Row | null)[] {
  const { address, identity, mailbox } = applicant;
  const street = [address?.street, address?.houseNumber].filter(isGiven).join(' ');
  const city = [address?.postalCode, address?.city].filter(isGiven).join(' ');
  return [
    row('Art', APPLICANT_KIND[applicant.kind]),
    row('Organisation', applicant.organisationName),
    row('Name', applicant.familyName),
    row('Vorname', applicant.givenName),
    row('Geburtsdatum', applicant.dateOfBirth === undefined ? undefined : (formatDay(applicant.dateOfBirth) ?? applicant.dateOfBirth)),
    row('Anschrift', [street, city, address?.country].filter(isGiven).join('\n')),
    row('E-Mail', applicant.email),
    row('Telefon', applicant.phone),
    row('Identität bestätigt durch', identity?.provider ?? 'nicht bestätigt'),
    identity === undefined ? null : row('Vertrauensniveau', identity.trustLevel ?? 'nicht angegeben'),
    row('Postfach', mailbox?.handle, [mailbox?.type, mailbox?.system].filter(isGiven).join(', ')),
  ];
}

function paymentRows(demand: PaymentDemand, payment: Payment | undefined): (Row | null)[] {
  return [
    row('Betrag', formatMoney(demand.amount)),
    row('Stand der Zahlung', payment === undefined ? 'noch nicht eröffnet' : PAYMENT_STATE[payment.state]),
    row('Bezahlt am', payment?.paidAt === undefined ? undefined : instant(payment.paidAt)),
    row('Kassenzeichen', payment?.kassenzeichen),
    row('Verwendungszweck', demand.purpose),
    row('Beschreibung', demand.description),
    row('Zahlungsvorgang', payment?.requestId, payment?.transactionId === undefined ? '' : `Transaktion ${payment.transactionId}`),
    ...demand.items.map(({ reference, description, amount, quantity, bookingData }, index) => {
      const booking = Object.entries(bookingData)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => `${key}: ${value}`);
      const price = `${quantity === 1 ? '' : `${formatNumber(quantity)} × `}${formatMoney(amount)}`;
      return row(`Position ${index + 1}`, `${description}: ${price}`, [reference, ...booking].filter(isGiven).join(' · '));
    }),
  ];
}

function attachmentRow(attachment: Attachment, index: number): Row {
  const size = attachment.state === 'stored' ? formatBytes(attachment.size) : 'noch nicht abgeholt';
  const details = [ATTACHMENT_PURPOSE[attachment.purpose], attachment.mediaType, size, SCAN_STATE[attachment.scan]]
    .filter(isGiven)
    .join(' · ');
  const checksum = attachment.state === 'stored' ? `\nSHA-512 ${attachment.sha512.slice(0, CHECKSUM_DIGITS)}…` : '';
  const sentAs = attachment.originalName === attachment.name ? '' : `\nUrsprünglicher Name: ${attachment.originalName}`;
  return { kind: 'row', label: `Anlage ${index + 1}`, value: attachment.name, detail: `${details}${checksum}${sentAs}` };
}

function placeRow({ label, geometry }: Place): Row {
  const [longitude, latitude] = geometry.coordinates;
  const point = geometry.type === 'Point' && typeof longitude === 'number' && typeof latitude === 'number';
  const value = point ? `${degrees(latitude, 'N', 'S')}, ${degrees(longitude, 'O', 'W')}` : JSON.stringify(geometry.coordinates);
  return {
    kind: 'row',
    label: label === '' ? 'Ort' : label,
    value,
    detail: `${GEOMETRY[geometry.type]}, WGS 84${point ? '' : ' (Länge, Breite)'}`,
  };
}

function degrees(value: number, positive: string, negative: string): string {
  return `${formatNumber(Math.abs(value))}°\u00a0${value < 0 ? negative : positive}`;
}

function* unmapped({ unmapped: entries }: Application): Generator<Block> {
  if (entries.length === 0) return;
  yield { kind: 'section', text: 'Nicht zugeordnete Angaben' };
  const count = entries.length === 1 ? 'Eine übermittelte Angabe hat' : `${formatNumber(entries.length)} übermittelte Angaben haben`;
  yield { kind: 'paragraph', text: `${count} im Formular keinen festen Platz. Hier steht alles so, wie es gesendet wurde.` };
  for (const { path, value } of entries) {
    const shown = typeof value === 'string' ? value : JSON.stringify(value);
    yield { kind: 'row', label: path, value: shown.trim() === '' ? '(leer)' : shown, faint: shown.trim() === '' };
  }
}

function* section(text: string, rows: readonly (Row | null)[], none?: string): Generator<Block> {
  const shown = rows.filter((candidate) => candidate !== null);
  if (shown.length === 0 && none === undefined) return;
  yield { kind: 'section', text };
  if (shown.length === 0 && none !== undefined) yield { kind: 'paragraph', text: none };
  yield* shown;
}

/** A row of the frame data, or none when there is nothing to say. Answers of the form never come through here: they all get a row. */
function row(label: string, value: string | undefined, detail = ''): Row | null {
  if (!isGiven(value)) return detail === '' ? null : { kind: 'row', label, value: detail };
  return detail === '' ? { kind: 'row', label, value } : { kind: 'row', label, value, detail };
}

function isGiven(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== '';
}
