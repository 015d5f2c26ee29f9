// SPDX-License-Identifier: EUPL-1.2
import type { RequestBody } from './request-rules.js';

/** The standard's states. */
export type ProviderStatus = 'INITIAL' | 'PAYED' | 'FAILED' | 'CANCELED';

/** One payment on the simulated provider's books. */
export interface SimulatedPayment {
  readonly transactionId: string;
  readonly request: RequestBody;
  status: ProviderStatus;
  /** What the provider has booked; differs from the request only when a test says so. */
  grosAmount: number;
  /** Set with the booking: the bookkeeping reference (Kassenzeichen) and the moment. */
  transactionReference?: string;
  transactionTimestamp?: string;
  /** Becomes PAYED after FAILED was read this many times more. */
  payAfterReads?: number;
}

/** The books of the simulated provider, counted so that doubled effects show. */
export class PaymentBooks {
  private readonly byTransaction = new Map<string, SimulatedPayment>();
  private readonly created = new Map<string, number>();
  private readonly paid = new Map<string, number>();
  /** Called with a payment whenever it was opened, paid or ended, before that is answered: books on disk. */
  onChange: (payment: SimulatedPayment) => void = () => undefined;

  /** Opens a payment. The caller has checked that none exists for the request. */
  open(request: RequestBody): SimulatedPayment {
    const number = this.byTransaction.size + 1;
    const payment: SimulatedPayment = {
      transactionId: `tx-${String(number).padStart(6, '0')}`,
      request,
      status: 'INITIAL',
      grosAmount: request.grosAmount,
    };
    this.byTransaction.set(payment.transactionId, payment);
    count(this.created, request.requestId);
    this.onChange(payment);
    return payment;
  }

  get(transactionId: string): SimulatedPayment {
    const payment = this.byTransaction.get(transactionId);
    if (payment === undefined) throw new Error(`the provider has no transaction ${transactionId}`);
    return payment;
  }
  find(transactionId: string): SimulatedPayment | undefined {
    return this.byTransaction.get(transactionId);
  }
  findByRequest(requestId: string): SimulatedPayment | undefined {
    return this.all().find(({ request }) => request.requestId === requestId);
  }
  all(): SimulatedPayment[] {
    return [...this.byTransaction.values()];
  }

  /** Books money in. Paying what is paid changes nothing and counts nothing. */
  pay(transactionId: string): void {
    const payment = this.get(transactionId);
    if (payment.status === 'PAYED') return;
    payment.status = 'PAYED';
    payment.transactionReference = `KZ${transactionId.replace(/\D/g, '')}`;
    payment.transactionTimestamp = new Date().toISOString();
    delete payment.payAfterReads;
    count(this.paid, payment.request.requestId);
    this.onChange(payment);
  }

  /** Ends without money; a paid payment stays paid. */
  end(transactionId: string, status: 'FAILED' | 'CANCELED'): void {
    const payment = this.get(transactionId);
    if (payment.status === 'PAYED') return;
    payment.status = status;
    this.onChange(payment);
  }

  /** A payment from the books of an earlier run, as it was last; payments come in the order in which they were opened. */
  remember(payment: SimulatedPayment): void {
    this.byTransaction.set(payment.transactionId, payment);
    count(this.created, payment.request.requestId);
    if (payment.status === 'PAYED') count(this.paid, payment.request.requestId);
  }

  /** Payments opened for one request id: more than one is a doubled effect. */
  createdFor(requestId: string): number {
    return this.created.get(requestId) ?? 0;
  }
  /** Times money was booked for one request id: more than one is a citizen who paid twice. */
  paidFor(requestId: string): number {
    return this.paid.get(requestId) ?? 0;
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
