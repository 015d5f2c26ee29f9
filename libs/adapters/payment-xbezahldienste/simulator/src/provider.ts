// SPDX-License-Identifier: EUPL-1.2
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

import { type SimulatedAnswer, type SimulatedRequest, SimulatorServer } from '@amtsbote/adapter-kit/testing';

import { paymentPage } from './payment-page.js';
import { PaymentBooks, type ProviderStatus, type SimulatedPayment } from './payments.js';
import { addsUp, isEpay21, RequestBody } from './request-rules.js';

/** How the simulated provider is set up. */
export interface ProviderSettings {
  readonly originatorId: string;
  readonly endPointId: string;
  /** `none` for providers that know their clients by certificate (the connection does that, not this server). */
  readonly auth:
    | { readonly kind: 'none' }
    | { readonly kind: 'basic'; readonly username: string; readonly password: string }
    | { readonly kind: 'oauth2'; readonly clientId: string; readonly clientSecret: string; readonly tokenLifeS?: number };
  /** Whether GET finds a payment by request id, too. Default true. */
  readonly lookupByRequestId?: boolean;
  /** Whether PAYMENT_EXISTS names the transaction. Default false. */
  readonly existsNamesTransaction?: boolean;
  /** Refuses what epay21 refuses. Default false. */
  readonly epay21?: boolean;
  /** `bookingData` keys without which a request is refused. */
  readonly requiredBookingData?: readonly string[];
  /** Pays every new payment by itself after so many milliseconds. */
  readonly autoPayMs?: number;
}

/** An example set-up for demo and tests. */
const DEMO: ProviderSettings = {
  originatorId: 'gewerbe',
  endPointId: '05711000',
  auth: { kind: 'basic', username: 'amtsbote', password: 'simulator-password' },
};

const STATUS_OF_OUTCOME: Readonly<Record<string, ProviderStatus>> = { paid: 'PAYED', failed: 'FAILED', cancelled: 'CANCELED' };

/**
 * A payment provider that speaks XBezahldienste 1.0.0 under any base path, with OAuth2 token endpoint (`/oauth/token`), payment page
 * (`/pay/<transactionId>`) and inspection (`/_simulator/payments`).
 */
export class XbezahldiensteSimulator extends SimulatorServer {
  readonly books = new PaymentBooks();
  readonly settings: ProviderSettings;
  /** Tokens given out, valid until the moment in milliseconds. */
  private readonly tokens = new Map<string, number>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private refusals: string[] = [];

  constructor(settings: Partial<ProviderSettings> = {}) {
    super();
    this.settings = { ...DEMO, ...settings };
  }

  /** Token requests that arrived. */
  get tokenRequests(): number {
    return this.requests.filter((line) => line.startsWith('POST /oauth/token')).length;
  }

  /** The citizen pays. */
  pay(transactionId: string): void {
    this.books.pay(transactionId);
  }
  /** The payment fails; it may still be paid later. */
  failPayment(transactionId: string): void {
    this.books.end(transactionId, 'FAILED');
  }
  /** The citizen gives up; may still pay later. */
  cancel(transactionId: string): void {
    this.books.end(transactionId, 'CANCELED');
  }
  /** Fails now, is paid after the failure was read `reads` times: the late booking that hubs overlook. */
  failThenPay(transactionId: string, reads = 1): void {
    this.books.end(transactionId, 'FAILED');
    this.books.get(transactionId).payAfterReads = reads;
  }
  /** The provider books another amount than was asked for, in cents. */
  bookOtherAmount(transactionId: string, cents: number): void {
    this.books.get(transactionId).grosAmount = cents / 100;
  }
  /** The next payment request is refused with this functional code, or by plain HTTP status with `UNSPECIFIED`. */
  refuseNext(functionalCode: string): void {
    this.refusals.push(functionalCode);
  }
  /** All tokens become invalid, as after a restart of the provider. */
  forgetTokens(): void {
    this.tokens.clear();
  }

  override async stop(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    await super.stop();
  }

  protected handle(request: SimulatedRequest): SimulatedAnswer {
    const { pathname } = request.url;
    if (pathname === '/oauth/token') return this.token(request);
    if (pathname.startsWith('/pay/')) return this.page(request, decodeURIComponent(pathname.slice('/pay/'.length)));
    if (pathname === '/_simulator/payments')
      return json(
        200,
        this.books.all().map((payment) => this.inspected(payment)),
      );
    const match = /\/(paymenttransaction|status)\/([^/]+)\/([^/]+)(?:\/([^/]+))?$/.exec(pathname);
    if (match === null) return problem(404, 'UNSPECIFIED');
    if (!this.isAuthorised(request)) return problem(401, 'FORBIDDEN');
    if (match[2] !== this.settings.originatorId || match[3] !== this.settings.endPointId)
      return problem(400, 'NO_VALID_ORIGINATOR_OR_ENDPOINT');
    if (match[1] === 'status') return request.method === 'GET' ? problem(200, 'UNSPECIFIED') : problem(405, 'UNSPECIFIED');
    if (match[4] !== undefined) return request.method === 'GET' ? this.read(decodeURIComponent(match[4])) : problem(405, 'UNSPECIFIED');
    return request.method === 'POST' ? this.create(request) : problem(405, 'UNSPECIFIED');
  }

  private create(request: SimulatedRequest): SimulatedAnswer {
    const refusal = this.refusals.shift();
    if (refusal !== undefined) return problem(refusal === 'FORBIDDEN' ? 403 : 400, refusal);
    const raw = parsed(request.body);
    const body = RequestBody.safeParse(raw);
    if (!body.success || (this.settings.epay21 === true && !isEpay21(raw, body.data))) return problem(400, 'VALIDATION_ERROR');
    const existing = this.books.findByRequest(body.data.requestId);
    if (existing !== undefined) return this.exists(existing);
    if (!addsUp(body.data)) return problem(400, 'CALCULATION_ERROR');
    const required = this.settings.requiredBookingData ?? [];
    if (body.data.items.some(({ bookingData }) => required.some((key) => !Object.hasOwn(bookingData ?? {}, key))))
      return problem(400, 'BOOKING_DATA_MISSING');
    const payment = this.books.open(body.data);
    this.payLater(payment.transactionId);
    return json(200, this.transaction(payment));
  }

  private exists(payment: SimulatedPayment): SimulatedAnswer {
    return problem(409, 'PAYMENT_EXISTS', this.settings.existsNamesTransaction === true ? { transactionId: payment.transactionId } : {});
  }

  private read(id: string): SimulatedAnswer {
    const payment = this.books.find(id) ?? (this.settings.lookupByRequestId === false ? undefined : this.books.findByRequest(id));
    if (payment === undefined) return problem(404, 'UNSPECIFIED');
    const answer = json(200, this.transaction(payment));
    if (payment.payAfterReads !== undefined && (payment.payAfterReads -= 1) <= 0) this.books.pay(payment.transactionId);
    return answer;
  }

  private page(request: SimulatedRequest, transactionId: string): SimulatedAnswer {
    const payment = this.books.find(transactionId);
    if (payment === undefined) return { status: 404, headers: HTML, body: '<!doctype html><title>Unbekannt</title>' };
    const outcome = request.url.searchParams.get('outcome') ?? new URLSearchParams(request.body.toString()).get('outcome');
    const status = STATUS_OF_OUTCOME[outcome ?? ''];
    if (status === undefined) return { status: 200, headers: HTML, body: paymentPage(payment) };
    if (status === 'PAYED') this.books.pay(transactionId);
    else if (status !== 'INITIAL') this.books.end(transactionId, status);
    return { status: 303, headers: { location: payment.request.redirectUrl } };
  }

  private token(request: SimulatedRequest): SimulatedAnswer {
    const { auth } = this.settings;
    const form = new URLSearchParams(request.body.toString());
    const header = basicOf(request.headers.authorization);
    const id = header === undefined ? form.get('client_id') : decodeURIComponent(header.username);
    const secret = header === undefined ? form.get('client_secret') : decodeURIComponent(header.password);
    if (auth.kind !== 'oauth2' || request.method !== 'POST' || form.get('grant_type') !== 'client_credentials')
      return json(400, { error: 'unsupported_grant_type' });
    if (!isEqual(id, auth.clientId) || !isEqual(secret, auth.clientSecret)) return json(401, { error: 'invalid_client' });
    const token = randomBytes(24).toString('base64url');
    const lifeS = auth.tokenLifeS ?? 300;
    this.tokens.set(token, Date.now() + lifeS * 1_000);
    return json(200, { access_token: token, token_type: 'Bearer', expires_in: lifeS });
  }

  private isAuthorised({ headers }: SimulatedRequest): boolean {
    const { auth } = this.settings;
    switch (auth.kind) {
      case 'none':
        return true;
      case 'basic': {
        const given = basicOf(headers.authorization);
        return isEqual(given?.username, auth.username) && isEqual(given?.password, auth.password);
      }
      case 'oauth2':
        return (this.tokens.get(headers.authorization?.replace(/^Bearer /, '') ?? '') ?? 0) > Date.now();
    }
  }

  private payLater(transactionId: string): void {
    if (this.settings.autoPayMs === undefined) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.books.pay(transactionId);
    }, this.settings.autoPayMs);
    this.timers.add(timer);
  }

  private transaction(payment: SimulatedPayment): object {
    const { transactionId, status, transactionReference, transactionTimestamp } = payment;
    return {
      paymentInformation: {
        transactionUrl: `${this.url}/paymenttransaction/${this.settings.originatorId}/${this.settings.endPointId}/${transactionId}`,
        ...(status === 'INITIAL' ? { transactionRedirectUrl: `${this.url}/pay/${transactionId}` } : {}),
        transactionId,
        ...(status === 'PAYED' ? { transactionReference, transactionTimestamp, paymentMethod: 'OTHER', paymentMethodDetail: 'Wero' } : {}),
        status,
      },
      paymentRequest: { ...payment.request, grosAmount: payment.grosAmount },
    };
  }

  private inspected(payment: SimulatedPayment): object {
    const { requestId } = payment.request;
    return {
      ...this.transaction(payment),
      payUrl: `${this.url}/pay/${payment.transactionId}`,
      created: this.books.createdFor(requestId),
      paid: this.books.paidFor(requestId),
    };
  }
}

const HTML = { 'content-type': 'text/html; charset=utf-8' };

function json(status: number, body: unknown): SimulatedAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function problem(status: number, functionalCode: string, more: object = {}): SimulatedAnswer {
  const body = { type: 'about:blank', status, title: functionalCode, detail: 'Simulierte Antwort', functionalCode, ...more };
  return { status, headers: { 'content-type': 'application/problem+json' }, body: JSON.stringify(body) };
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function basicOf(header: string | undefined): { username: string; password: string } | undefined {
  const match = /^Basic (.+)$/.exec(header ?? '');
  if (match?.[1] === undefined) return undefined;
  const [username = '', ...rest] = Buffer.from(match[1], 'base64').toString('utf8').split(':');
  return { username, password: rest.join(':') };
}

function isEqual(given: string | null | undefined, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return given != null && timingSafeEqual(digest(given), digest(expected));
}
