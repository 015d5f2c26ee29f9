// SPDX-License-Identifier: EUPL-1.2
import type { Application, Decision } from '@amtsbote/canonical';

import type { DeliveryContext } from '../context.js';
import type { DeliverableDocument } from '../documents.js';
import type { FilingPlace } from '../filing-place.js';
import type { Found } from '../found.js';
import { Port } from './port.js';

/** What has to be in the file (Akte > Vorgang > documents) when it is done. */
export interface FilingRequest {
  readonly application: Application;
  /** Set when the decision is filed, after the application itself: same Akte, same Vorgang, more documents. */
  readonly decision?: Decision;
  /** All documents of this act, in order. */
  readonly documents: readonly DeliverableDocument[];
  /** By a rule of the Aktenplan; absent: the instance's options say where it goes. The same for everything of one application. */
  readonly place?: FilingPlace;
  /** The application whose Akte and Vorgang this one's documents join: they were handed in later. */
  readonly joins?: Application;
  /**
   * Key of an earlier act of this application whose documents (of the same keys) have become out of date: their present content is put in place
   * as a new version, where the DMS keeps none beside the old one. What is there already is compared byte by byte, not by length.
   */
  readonly refreshes?: string;
}

/** The application that Akte and Vorgang are of. */
export function filedFor({ application, joins }: Pick<FilingRequest, 'application' | 'joins'>): Application {
  return joins ?? application;
}

/** Under which act's key documents are found: that of the act that first filed them. */
export function filedUnder({ refreshes }: Pick<FilingRequest, 'refreshes'>, actKey: string): string {
  return refreshes ?? actKey;
}

/** An object as it would be, in the DMS' own words. */
export interface PreviewedObject {
  /** Under which it would be found again. */
  readonly key: string;
  readonly title: string;
  /** Object class, category or type; empty where there is none. */
  readonly class: string;
  /** Index data, in order. */
  readonly properties: readonly { readonly name: string; readonly values: readonly string[] }[];
}

/** What filing would do, worked out without the DMS. */
export interface FilingPreview {
  /** Where a new Akte would be made: a path, a number; empty where there is only one place. */
  readonly cabinet: string;
  readonly akte: PreviewedObject;
  readonly vorgang: PreviewedObject;
  readonly documents: readonly (PreviewedObject & { readonly document: string })[];
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
   * @returns undefined where this DMS cannot be asked, or is not asked, what it holds.
   * @throws DeliveryError kind `unavailable` when it cannot be asked now.
   */
  async readBack(_request: FilingRequest, _receipt: FilingReceipt, _ctx: DeliveryContext): Promise<readonly HeldDocument[] | undefined> {
    return undefined;
  }
  /**
   * What `file` would do for this request and the key of an act, as far as it can be told without asking the DMS. Pure.
   * @throws DeliveryError when the request cannot be filed as it is.
   */
  abstract preview(request: FilingRequest, actKey: string): FilingPreview;
}
