// SPDX-License-Identifier: EUPL-1.2
import {
  type AdapterEnvironment,
  defineAdapter,
  type DeliveryContext,
  DeliveryError,
  type Found,
  type PaymentOpened,
  type PaymentOrder,
  PaymentPort,
  type PaymentReport,
  type ProbeReport,
} from '@amtsbote/adapter-kit';

import { XbezahldiensteClient } from './xbezahldienste.client.js';
import { ADAPTER_TYPE } from './xbezahldienste.errors.js';
import { openedFor, reportFor, toPaymentRequest } from './xbezahldienste.mapping.js';
import { XbezahldiensteOptions } from './xbezahldienste.options.js';

/** The receipt as plain data, for the memory of effects. */
type Opened = { transactionId: string; payUrl?: string };

const LOOKUP_NOT_UNDERSTOOD: ReadonlySet<string> = new Set([`${ADAPTER_TYPE}/validation-error`, `${ADAPTER_TYPE}/refused`]);

/** Payments at a provider that speaks XBezahldienste 1.0.0. The standard knows no push: the state is always asked for. */
class XbezahldienstePayments extends PaymentPort {
  private readonly client: XbezahldiensteClient;

  constructor(
    private readonly options: XbezahldiensteOptions,
    private readonly environment: AdapterEnvironment,
  ) {
    super();
    this.client = new XbezahldiensteClient(options, environment.clock);
  }

  describeTarget(): string {
    const { originatorId, endPointId, baseUrl, auth } = this.options;
    return `${this.environment.instance}: XBezahldienste 1.0.0 at ${baseUrl}, originator ${originatorId}, end point ${endPointId} (${auth.kind})`;
  }

  async open(order: PaymentOrder, ctx: DeliveryContext): Promise<PaymentOpened> {
    const request = toPaymentRequest(order, this.options);
    return ctx.once<Opened>('payment', {
      act: async () => {
        const created = await this.client.create(request, ctx.signal);
        const transaction = 'transaction' in created ? created.transaction : await this.existing(order, created.transactionId, ctx.signal);
        return openedFor(transaction, order);
      },
      find: () => this.lookUp(order, ctx.signal),
    });
  }

  async find(order: PaymentOrder, ctx: DeliveryContext): Promise<Found<PaymentOpened>> {
    return this.lookUp(order, ctx.signal);
  }

  async status(order: PaymentOrder, opened: PaymentOpened, ctx: DeliveryContext): Promise<PaymentReport> {
    const transaction = await this.client.read(opened.transactionId, ctx.signal);
    if (transaction === undefined)
      throw DeliveryError.refused(`${ADAPTER_TYPE}/unknown-transaction`, 'The provider does not know the transaction it gave us.');
    return reportFor(transaction, order);
  }

  async probe(signal: AbortSignal): Promise<ProbeReport> {
    const checks: { name: string; ok: boolean; detail: string }[] = [];
    try {
      const { status, functionalCode } = await this.client.systemStatus(signal);
      const isRefused = status === 401 || status === 403 || functionalCode === 'FORBIDDEN';
      const isKnown = functionalCode?.startsWith('NO_VALID_ORIGINATOR') !== true;
      const isServing = status >= 200 && status < 300;
      checks.push({ name: 'reachability', ok: true, detail: `answers with HTTP ${status}` });
      checks.push({ name: 'credentials', ok: !isRefused, detail: isRefused ? 'not accepted' : 'accepted' });
      checks.push({ name: 'originator and end point', ok: isKnown, detail: isKnown ? 'not contradicted' : 'not known to the provider' });
      checks.push({
        name: 'service',
        ok: isServing,
        detail: isServing ? 'available' : 'the status operation does not answer with success',
      });
    } catch (error) {
      const detail = error instanceof DeliveryError ? error.message : 'the probe failed inside the hub';
      checks.push({ name: 'reachability', ok: false, detail });
    }
    return { ok: checks.every(({ ok }) => ok), checks };
  }

  async close(): Promise<void> {
    this.client.close();
  }

  /** Reads only. The standard names no way to search by request id; see `lookupByRequestId`. */
  private async lookUp(order: PaymentOrder, signal: AbortSignal): Promise<Found<Opened>> {
    if (!this.options.lookupByRequestId) return 'cannotTell';
    try {
      const transaction = await this.client.read(order.requestId, signal);
      return transaction === undefined ? 'absent' : { found: openedFor(transaction, order) };
    } catch (error) {
      // A provider that calls the question itself wrong has not said that nothing is there.
      if (error instanceof DeliveryError && LOOKUP_NOT_UNDERSTOOD.has(error.code)) return 'cannotTell';
      throw error;
    }
  }

  /** After PAYMENT_EXISTS: under the id the provider named, else under our request id; else nobody but a person can tell. */
  private async existing(order: PaymentOrder, transactionId: string | undefined, signal: AbortSignal) {
    const id = transactionId ?? (this.options.lookupByRequestId ? order.requestId : undefined);
    const transaction = id === undefined ? undefined : await this.client.read(id, signal);
    if (transaction === undefined)
      throw DeliveryError.outcomeUnknown(
        `${ADAPTER_TYPE}/cannot-tell`,
        'The provider says that the payment exists already, but does not show it under the request id.',
      );
    return transaction;
  }
}

/** XBezahldienste 1.0.0 (FITKO): ePayBL, pmPayment, epay21, GiroCheckout and others behind one interface. */
export const adapter = defineAdapter({
  type: ADAPTER_TYPE,
  kind: 'payment',
  title: 'XBezahldienste 1.0.0 (FITKO)',
  options: XbezahldiensteOptions,
  create: (options, environment) => new XbezahldienstePayments(options, environment),
});
