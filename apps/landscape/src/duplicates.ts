// SPDX-License-Identifier: EUPL-1.2
import type { Town } from './town.js';

/** The systems whose books are compared. */
type Books = Pick<Town, 'payment' | 'dms' | 'portal' | 'fachverfahren'>;

/**
 * Effects that happened more than once, one line each, read from the systems' own books: payments opened or booked twice for one application,
 * Vorgänge and documents filed twice, applications taken into the register twice, updates the citizen's mailbox shows twice. A message that
 * merely arrived again is allowed by its contract and no effect.
 */
export function duplicatesOf(books: Books): string[] {
  return [...doublePayments(books), ...doubleFilings(books), ...doubleCases(books), ...doubleUpdates(books)];
}

function doublePayments({ payment, portal }: Books): string[] {
  const all = payment.books.all();
  const perRequest = all.flatMap(({ request: { requestId } }) => [
    ...repeats(payment.books.createdFor(requestId), `payment opened for request ${requestId}`),
    ...repeats(payment.books.paidFor(requestId), `money booked for request ${requestId}`),
  ]);
  // A second request id for the same application is a second demand: the purpose on the bank statement carries the reference.
  const paid = all.filter(({ status }) => status === 'PAYED').map(({ request }) => compact(request.purpose));
  const perApplication = portal.cases.all().flatMap(({ updates }) => {
    const reference = updates[0]?.data.reference;
    if (reference === undefined) return [];
    return repeats(paid.filter((purpose) => purpose.includes(compact(reference))).length, `payment of ${reference}`);
  });
  return [...new Set(perRequest), ...perApplication];
}

function doubleFilings({ dms }: Books): string[] {
  const vorgaenge = dms.contents().akten.flatMap((akte) => akte.vorgaenge);
  const numbers = counts(vorgaenge.flatMap(({ properties }) => properties['vorgangsnummer'] ?? []));
  const documents = vorgaenge.flatMap(({ id, documents: filed }) =>
    [...counts(filed.map(({ fileName, sha512 }) => `${fileName} ${sha512}`))].flatMap(([, times]) => repeats(times, `document in ${id}`)),
  );
  return [...dms.books().duplicates, ...[...numbers].flatMap(([number, times]) => repeats(times, `Vorgang of ${number}`)), ...documents];
}

function doubleCases({ fachverfahren }: Books): string[] {
  return [...(fachverfahren?.cases.values() ?? [])].flatMap(({ reference, taken }) => repeats(taken, `register entry of ${reference}`));
}

function doubleUpdates({ portal }: Books): string[] {
  return portal.cases.all().flatMap(({ applicationId, updates }) => {
    const sequences = counts(updates.map(({ data }) => String(data.sequence)));
    return [...sequences].flatMap(([sequence, times]) => repeats(times, `update ${sequence} of ${applicationId}`));
  });
}

/** One line for every time after the first. */
function repeats(times: number, what: string): string[] {
  return Array.from({ length: Math.max(0, times - 1) }, (_, index) => `${what}, time ${index + 2}`);
}

function counts(items: readonly string[]): Map<string, number> {
  const counted = new Map<string, number>();
  for (const item of items) counted.set(item, (counted.get(item) ?? 0) + 1);
  return counted;
}

function compact(text: string): string {
  return text.replace(/[^A-Za-z0-9]/g, '').toUpperCase();
}
