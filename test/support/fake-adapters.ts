// SPDX-License-Identifier: EUPL-1.2
import {
  type ApplicationDraft,
  defineAdapter,
  type DeliveryContext,
  DmsPort,
  type FilingPreview,
  type FilingReceipt,
  type FilingRequest,
  FormsPort,
  type Found,
  type PaymentOpened,
  type PaymentOrder,
  PaymentPort,
  type PaymentReport,
  type ProbeReport,
  StatusPort,
  type StatusReceipt,
  type StatusUpdate,
} from '@amtsbote/adapter-kit';
import { z } from 'zod';

/*
 * Ports whose behaviour a test sets, for tests of the core: they implement the port and nothing else. What adapters do with real systems is
 * the contract suites' business.
 */

const PROBE: ProbeReport = { ok: true, checks: [] };

/** A DMS that remembers what was filed; `act` and `look` may be replaced. */
export class FakeDms extends DmsPort {
  /** Application ids in the order of filing; a second effect for one application shows here. */
  readonly filed: string[] = [];
  act: (request: FilingRequest, ctx: DeliveryContext) => Promise<FilingReceipt> = async (request, ctx) =>
    ctx.once<Receipt>('vorgang', {
      act: async () => {
        this.filed.push(request.application.id);
        return receiptFor(request);
      },
      find: async () => (this.filed.includes(request.application.id) ? { found: receiptFor(request) } : 'absent'),
    });
  look: (request: FilingRequest) => Promise<Found<FilingReceipt>> = async (request) =>
    this.filed.includes(request.application.id) ? { found: receiptFor(request) } : 'absent';

  override file(request: FilingRequest, ctx: DeliveryContext): Promise<FilingReceipt> {
    return this.act(request, ctx);
  }
  override find(request: FilingRequest): Promise<Found<FilingReceipt>> {
    return this.look(request);
  }
  override preview({ application, place }: FilingRequest): FilingPreview {
    const shown = (key: string, title: string) => ({ key, title, class: '', properties: [] });
    const akte = shown(place?.akte.key ?? 'A-1', place?.akte.title ?? 'Akte');
    return { cabinet: place?.cabinet ?? '', akte, vorgang: shown(application.id, application.reference), documents: [] };
  }
  override describeTarget(): string {
    return 'a DMS of a test';
  }
  override async probe(): Promise<ProbeReport> {
    return PROBE;
  }
  override async close(): Promise<void> {}
}

/** As a type, not an interface, it is a JsonValue. */
export type Receipt = {
  akte: { id: string; title: string };
  vorgang: { id: string; title: string };
  documents: { key: string; id: string }[];
};

/** The receipt {@link FakeDms} gives for an application. */
export function receiptFor({ application }: Pick<FilingRequest, 'application'>): Receipt {
  return { akte: { id: 'A-1', title: 'Akte' }, vorgang: { id: `V-${application.id}`, title: application.reference }, documents: [] };
}

/** A payment provider whose books are one report for everybody. */
export class FakePayment extends PaymentPort {
  opened = 0;
  report: PaymentReport = { state: 'open', cents: 2_600 };
  openIt: (order: PaymentOrder) => Promise<PaymentOpened> = async (order) => {
    this.opened += 1;
    return { transactionId: `T-${order.requestId}`, payUrl: 'https://pay.example.org/1' };
  };
  look: () => Promise<Found<PaymentOpened>> = async () => 'absent';
  ask: () => Promise<PaymentReport> = async () => this.report;

  override open(order: PaymentOrder): Promise<PaymentOpened> {
    return this.openIt(order);
  }
  override find(): Promise<Found<PaymentOpened>> {
    return this.look();
  }
  override status(): Promise<PaymentReport> {
    return this.ask();
  }
  override describeTarget(): string {
    return 'a payment provider of a test';
  }
  override async probe(): Promise<ProbeReport> {
    return PROBE;
  }
  override async close(): Promise<void> {}
}

/** A portal that takes every update. */
export class FakePortal extends StatusPort {
  readonly updates: StatusUpdate[] = [];

  override async report(update: StatusUpdate): Promise<StatusReceipt> {
    this.updates.push(update);
    return { acceptedAt: update.changedAt.toISOString() };
  }
  override describeTarget(): string {
    return 'a portal of a test';
  }
  override async probe(): Promise<ProbeReport> {
    return PROBE;
  }
  override async close(): Promise<void> {}
}

/** A form server whose next submission the test decides. */
export class FakeForms extends FormsPort {
  draft: ApplicationDraft | undefined;
  override readonly body = { form: 'bytes', mediaTypes: ['application/json'] } as const;

  override verify(): void {}
  override translate(): ApplicationDraft {
    if (this.draft === undefined) throw new Error('the test has to set the draft');
    return this.draft;
  }
  override describeTarget(): string {
    return 'a form server of a test';
  }
  override async probe(): Promise<ProbeReport> {
    return PROBE;
  }
  override async close(): Promise<void> {}
}

/** The other sides of one test, shared by all its processes. */
export class FakeTargets {
  readonly dms = new FakeDms();
  readonly payment = new FakePayment();
  readonly portal = new FakePortal();
  readonly forms = new FakeForms();

  /** Adapters that hand out these very ports. */
  adapters() {
    const options = z.strictObject({});
    return {
      dms: defineAdapter({ type: 'dms-fake', kind: 'dms', title: 'test', options, create: () => this.dms }),
      payment: defineAdapter({ type: 'payment-fake', kind: 'payment', title: 'test', options, create: () => this.payment }),
      portal: defineAdapter({ type: 'status-fake', kind: 'status', title: 'test', options, create: () => this.portal }),
      forms: defineAdapter({ type: 'forms-fake', kind: 'forms', title: 'test', options, create: () => this.forms }),
    };
  }
}
