// SPDX-License-Identifier: EUPL-1.2
import type { SimulatedPayment } from './payments.js';

const STATES: Readonly<Record<SimulatedPayment['status'], string>> = {
  INITIAL: 'offen',
  PAYED: 'bezahlt',
  FAILED: 'fehlgeschlagen',
  CANCELED: 'abgebrochen',
};

/** What the citizen sees under the payment link: amount, purpose and, while the payment is open, three buttons. */
export function paymentPage(payment: SimulatedPayment): string {
  const { request, status, transactionId } = payment;
  const amount = new Intl.NumberFormat('de-DE', { style: 'currency', currency: request.currency }).format(payment.grosAmount);
  const button = (outcome: string, label: string): string =>
    `<form method="post" action="?outcome=${outcome}"><button>${label}</button></form>`;
  const buttons = [button('paid', 'Jetzt bezahlen'), button('failed', 'Zahlung scheitern lassen'), button('cancelled', 'Abbrechen')];
  return [
    '<!doctype html><html lang="de"><head><meta charset="utf-8"><title>Bezahlseite (Simulation)</title></head><body>',
    `<h1>Bezahlseite (Simulation)</h1><p>Es fließt kein Geld.</p>`,
    `<dl><dt>Betrag</dt><dd>${escaped(amount)}</dd><dt>Verwendungszweck</dt><dd>${escaped(request.purpose)}</dd>`,
    `<dt>Vorgang</dt><dd>${escaped(transactionId)}</dd><dt>Stand</dt><dd>${STATES[status]}</dd></dl>`,
    ...(status === 'PAYED' ? [] : buttons),
    '</body></html>',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
