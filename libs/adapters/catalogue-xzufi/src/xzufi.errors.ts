// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';
import { SchemaError } from '@amtsbote/adapter-kit/xsd';
import type { CatalogueFinding } from '@amtsbote/canonical';

import type { XmlFault } from './xzufi.limits.client.js';

/** Prefix of every code of this adapter. */
export const ADAPTER_TYPE = 'catalogue-xzufi';

/** The source answered, and not with what was asked for. Carries no text of the answer. */
export class SourceFailure extends Error {
  override readonly name = 'SourceFailure';
  readonly status: number;
  /** It asked to come back after this time. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, retryAfterMs?: number) {
    super(`status ${status}`);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

type Refusal =
  | 'index-empty'
  | 'index-malformed'
  | 'index-missing'
  | 'folder-empty'
  | 'empty'
  | 'answer-unreadable'
  | 'paging-stuck'
  | 'foreign-cursor'
  | 'next-elsewhere';

const REFUSALS: Readonly<Record<Refusal, string>> = {
  'index-empty': 'The index names no file: an empty index is not an empty catalogue.',
  'index-malformed': 'The index has a line that is no name of an XML file: it is cut off, or something else.',
  'index-missing': 'The source has no index under the configured name.',
  'folder-empty': 'The folder has no XML file: an empty folder is not an empty catalogue.',
  empty: 'The source has no objects: an empty snapshot is not taken.',
  'answer-unreadable': 'The answer is not one of the Bereitstelldienst.',
  'paging-stuck': 'The Bereitstelldienst does not come to an end: its next block is the one it has just given.',
  'foreign-cursor': 'The cursor does not belong to this source: read it from the beginning.',
  'next-elsewhere': 'The Bereitstelldienst refers to another host for its next block.',
};

/** The source cannot be taken as a catalogue. */
export function refused(what: Refusal, cause?: unknown): DeliveryError {
  return DeliveryError.refused(`${ADAPTER_TYPE}/${what}`, REFUSALS[what], { cause });
}

/** Nothing is configured to be read. */
export function noSource(): DeliveryError {
  return DeliveryError.misconfigured(`${ADAPTER_TYPE}/no-source`, 'This instance only takes documents that are brought: it has no source.');
}

/** A path of the configuration that leads nowhere. */
export function unreadablePath(cause: unknown): DeliveryError {
  return DeliveryError.misconfigured(`${ADAPTER_TYPE}/path-unreadable`, 'The configured path cannot be read.', { cause });
}

/** A document ended the run, by its operator's wish. */
export function documentRefused(fault: XmlFault, document: string): DeliveryError {
  const place = fault.line === undefined ? document : `${document}, line ${fault.line}`;
  return DeliveryError.refused(`${ADAPTER_TYPE}/${fault.code}`, `${place}: ${fault.message}`.slice(0, 1_000), { cause: fault });
}

/** A document that is left out, as a finding. */
export function documentFinding(fault: XmlFault, document: string): CatalogueFinding {
  const line = fault.line === undefined ? {} : { line: fault.line };
  return { severity: 'muss', code: `${ADAPTER_TYPE}/${fault.code}`, message: fault.message.slice(0, 1_000), document, ...line };
}

/** The bytes of a document ended early. */
export function brokenStream(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof DeliveryError) return error;
  if (signal.aborted) return aborted(error);
  return DeliveryError.unavailable(`${ADAPTER_TYPE}/interrupted`, 'The document ended before all of its bytes had come.', { cause: error });
}

/** The reader gave up. */
export function aborted(cause: unknown): DeliveryError {
  return DeliveryError.unavailable(`${ADAPTER_TYPE}/aborted`, 'Reading the catalogue was ended early.', { cause });
}

/** Every failure in the words of the house; reading may be repeated. Bugs of ours come back unchanged. */
export function asDeliveryError(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof DeliveryError) return error;
  if (signal.aborted) return aborted(error);
  if (error instanceof SchemaError) return DeliveryError.misconfigured(`${ADAPTER_TYPE}/schema-unusable`, error.message, { cause: error });
  if (!(error instanceof SourceFailure)) return DeliveryError.ofTransport(error, ADAPTER_TYPE, { repeatable: true });
  const { status, retryAfterMs } = error;
  const pause = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status === 401 || status === 403) {
    return DeliveryError.misconfigured(`${ADAPTER_TYPE}/access-denied`, 'The source does not accept the credentials.', { cause: error });
  }
  if (status === 429)
    return DeliveryError.unavailable(`${ADAPTER_TYPE}/throttled`, 'The source asks to come back later.', { cause: error, ...pause });
  if (status >= 500) return DeliveryError.unavailable(`${ADAPTER_TYPE}/server-error`, 'The source failed.', { cause: error, ...pause });
  return DeliveryError.misconfigured(`${ADAPTER_TYPE}/not-there`, `The source answers with status ${status}.`, { cause: error });
}
