// SPDX-License-Identifier: EUPL-1.2
import type { Application, Payment } from '@amtsbote/canonical';

import type { DeliveryContext } from '../context.js';
import type { DeliverableDocument } from '../documents.js';
import type { Found } from '../found.js';
import { Port } from './port.js';

/** What the Fachverfahren gets. */
export interface ExportRequest {
  readonly application: Application;
  readonly payment?: Payment;
  readonly documents: readonly DeliverableDocument[];
}

/** Proof of hand-over. */
export interface ExportReceipt {
  /** The target's id or the path under which it lies there. */
  readonly id: string;
}

/** Out: hands an application over to a Fachverfahren that takes pushes or file drops. (Those that poll use the hub's own pickup queues.) */
export abstract class ExportPort extends Port {
  /** Delivers once; the same `ctx.key` again returns the same receipt. @throws DeliveryError */
  abstract deliver(request: ExportRequest, ctx: DeliveryContext): Promise<ExportReceipt>;
  /** Whether it is completely there already; reads only. */
  abstract find(request: ExportRequest, ctx: DeliveryContext): Promise<Found<ExportReceipt>>;
}
