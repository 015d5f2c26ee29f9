// SPDX-License-Identifier: EUPL-1.2
import type { Application, Decision } from '@amtsbote/canonical';

import type { DeliveryContext } from '../context.js';
import type { DeliverableDocument } from '../documents.js';
import type { Found } from '../found.js';
import { Port } from './port.js';

/** What has to be in the file (Akte > Vorgang > documents) when it is done. */
export interface FilingRequest {
  readonly application: Application;
  /** Set when the decision is filed, after the application itself: same Akte, same Vorgang, more documents. */
  readonly decision?: Decision;
  /** All documents of this act, in order. */
  readonly documents: readonly DeliverableDocument[];
}

/** Proof of filing: the ids under which a clerk finds it. */
export interface FilingReceipt {
  readonly akte: { readonly id: string; readonly title: string };
  readonly vorgang: { readonly id: string; readonly title: string };
  readonly documents: readonly { readonly key: string; readonly id: string }[];
}

/** What a DMS itself says, or shows, that it holds of one document. */
export interface HeldDocument {
  readonly key: string;
  readonly id: string;
  /** Null = it is not there. */
  readonly content: {
    /** Bytes. */
    readonly size: number;
    /** Lower-case hex; absent where the DMS neither tells it nor gives the bytes. */
    readonly sha512?: string;
    /** As the DMS counts. */
    readonly version?: string;
  } | null;
}

/** Out: files an application, its attachments and its decision in the document management system. */
export abstract class DmsPort extends Port {
  /**
   * Finds or creates Akte and Vorgang and creates each document once. Calling again with the same `ctx.key` returns the same receipt and
   * creates nothing. Every create runs through `ctx.once`.
   * @throws DeliveryError
   */
  abstract file(request: FilingRequest, ctx: DeliveryContext): Promise<FilingReceipt>;
  /**
   * Looks for a *complete* earlier filing of this request; reads only. `absent` when anything is missing (the act then completes it).
   * @throws DeliveryError kind `unavailable` when the target cannot be asked now.
   */
  abstract find(request: FilingRequest, ctx: DeliveryContext): Promise<Found<FilingReceipt>>;
  /**
   * Looks at what is held of each document of a filing, for the filing proof: its length, and its SHA-512 where the DMS tells it or gives the
   * bytes (in constant memory). Reads only.
   * @returns undefined where this DMS cannot be asked what it holds: what was handed over is out of sight.
   * @throws DeliveryError kind `unavailable` when it cannot be asked now.
   */
  async readBack(_request: FilingRequest, _receipt: FilingReceipt, _ctx: DeliveryContext): Promise<readonly HeldDocument[] | undefined> {
    return undefined;
  }
}
