// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError, ExpressionError, speaksOfVirus } from '@amtsbote/adapter-kit';

/** Type of the adapter, first part of all its error codes. */
export const ADAPTER_TYPE = 'dms-nscale';

/** nscale answered, and not with a success. Carries no text of the answer: it may quote index data. */
export class NscaleFailure extends Error {
  override readonly name = 'NscaleFailure';
  constructor(
    readonly status: number,
    /** nscale's own code, or a word of ours for answers without one. */
    readonly code: string,
    /** It asked to come back after this time. */
    readonly retryAfterMs?: number,
  ) {
    super(`status ${status}, ${code}`);
  }
}

/** An answer that is not in nscale's language: a proxy's page, half a body. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
}

/** The index mapping gives a value that nscale cannot take. Names the setting, not the value. */
export class MappingError extends Error {
  override readonly name = 'MappingError';
}

/** An object with this key exists already; only where nscale enforces uniqueness. */
export function isNotUnique(error: unknown): boolean {
  return error instanceof NscaleFailure && error.code === 'PropertyNotUnique';
}

type Kind = 'misconfigured' | 'refused' | 'untransferable' | 'unavailable';
type Verdict = readonly [Kind, code: string, message: string, hintKey?: string];

/** nscale's code → what it means to the house. */
const BY_CODE: Readonly<Record<string, Verdict>> = {
  UnknownObjectclass: ['misconfigured', 'unknown-object-class', 'nscale does not know a configured object class.', 'dmsType'],
  UnknownIndexingProperty: ['misconfigured', 'unknown-property', 'nscale does not know a configured indexing property.', 'dmsProperty'],
  ChildObjectclassNotAllowed: [
    'misconfigured',
    'class-not-allowed',
    'A configured object class is not allowed in its parent folder.',
    'dmsType',
  ],
  InvalidQuery: ['misconfigured', 'query-not-understood', 'nscale does not understand the search.', 'dmsProperty'],
  ResourceNotFound: ['misconfigured', 'folder-missing', 'A folder that has to be there is not, or may not be seen.', 'dmsMissing'],
  LoginRefused: ['misconfigured', 'login-refused', 'nscale does not accept the user name and password.', 'dmsLogin'],
  ResourceLocked: ['unavailable', 'object-locked', 'Somebody has locked the Akte or Vorgang.', 'dmsLocked'],
  FolderClosed: ['refused', 'akte-closed', 'The Akte is closed and takes no more documents.', 'dmsRefused'],
  ContentRefused: ['refused', 'content-refused', 'nscale refuses the content of a document.', 'dmsRefused'],
  ContentTooLarge: ['refused', 'content-too-large', 'A document is larger than nscale accepts.', 'dmsTooLarge'],
  RepositoryReadOnly: ['unavailable', 'read-only', 'nscale takes no changes now.', 'dmsReadOnly'],
  StorageFull: ['unavailable', 'storage-full', 'nscale cannot store: its disk or quota is full.', 'dmsStorage'],
  PropertyValueTooLong: ['untransferable', 'value-too-long', 'A value is longer than its indexing property.', 'dmsValueTooLong'],
};

const VIRUS: Verdict = ['refused', 'virus-refused', 'The virus scanner of nscale refuses a document.', 'dmsVirus'];

/** Answers without a code that is known. */
function byStatus(status: number): Verdict {
  if (status === 401) return ['misconfigured', 'session-refused', 'nscale does not accept a session it has just given.', 'dmsLogin'];
  if (status === 403) return ['misconfigured', 'access-denied', 'The user may not do this in nscale.', 'dmsRights'];
  if (status === 404) return ['misconfigured', 'not-there', 'nscale has nothing under this address.', 'dmsMissing'];
  if (status === 413) return ['refused', 'content-too-large', 'A document is larger than nscale accepts.', 'dmsTooLarge'];
  if (status === 409 || status === 412)
    return ['unavailable', 'update-conflict', 'Somebody else has just changed the object.', 'dmsLocked'];
  if (status === 415 || status === 422) return ['refused', 'content-refused', 'nscale refuses the content of a document.', 'dmsRefused'];
  if (status === 423) return ['unavailable', 'object-locked', 'Somebody has locked the Akte or Vorgang.', 'dmsLocked'];
  if (status === 507) return ['unavailable', 'storage-full', 'nscale cannot store: its disk or quota is full.', 'dmsStorage'];
  if (status >= 300 && status < 400)
    return ['misconfigured', 'redirected', 'nscale sends to another address; it is never followed.', 'dmsElsewhere'];
  if (status === 429) return ['unavailable', 'throttled', 'nscale asks to come back later.'];
  if (status >= 500) return ['unavailable', 'server-error', 'nscale failed.'];
  return ['refused', 'refused', 'nscale refuses for a reason this adapter does not know.', 'dmsRefused'];
}

/** Every failure in the words of the house. Bugs of ours come back unchanged. `repeatable` = doing the call again cannot harm. */
export function asDeliveryError(error: unknown, call: { repeatable: boolean; signal: AbortSignal }): unknown {
  if (error instanceof DeliveryError) return error;
  if (call.signal.aborted && error === call.signal.reason) {
    return DeliveryError.unavailable(`${ADAPTER_TYPE}/aborted`, 'The attempt was ended before nscale was reached.', { cause: error });
  }
  if (error instanceof ExpressionError || error instanceof MappingError) {
    return DeliveryError.untransferable(`${ADAPTER_TYPE}/not-mappable`, `The index data of this application: ${error.message}`, {
      cause: error,
    });
  }
  if (error instanceof UnreadableAnswer) {
    return call.repeatable
      ? DeliveryError.unavailable(`${ADAPTER_TYPE}/unreadable-answer`, 'The answer is not one of nscale.', { cause: error })
      : DeliveryError.outcomeUnknown(`${ADAPTER_TYPE}/unreadable-answer`, 'The answer is not one of nscale.', { cause: error });
  }
  if (!(error instanceof NscaleFailure)) return DeliveryError.ofTransport(error, ADAPTER_TYPE, call);
  if ((error.status === 502 || error.status === 504) && !call.repeatable) {
    return DeliveryError.outcomeUnknown(`${ADAPTER_TYPE}/gateway`, 'A gateway lost the answer of nscale.', { cause: error });
  }
  const [kind, code, message, hintKey] = speaksOfVirus(error.code) ? VIRUS : (BY_CODE[error.code] ?? byStatus(error.status));
  const pause = error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs };
  return DeliveryError[kind](`${ADAPTER_TYPE}/${code}`, message, { cause: error, ...pause, ...(hintKey === undefined ? {} : { hintKey }) });
}

/** More than one object has the key: which one is meant, a person has to say. */
export function ambiguous(): DeliveryError {
  return DeliveryError.refused(
    `${ADAPTER_TYPE}/ambiguous`,
    'nscale has more than one object with the key of this Akte, Vorgang or document.',
  );
}

/** nscale says the key is taken, and does not show by whom. */
export function takenButHidden(): DeliveryError {
  return DeliveryError.misconfigured(`${ADAPTER_TYPE}/taken-but-hidden`, 'The key is taken by an object that the user may not see.', {
    hintKey: 'dmsRights',
  });
}

/** nscale kept fewer or other bytes than it was sent. */
export function contentIncomplete(): DeliveryError {
  return DeliveryError.unavailable(`${ADAPTER_TYPE}/content-incomplete`, 'nscale did not keep a document as it was sent.');
}

/** A document above the configured limit. */
export function documentTooLarge(): DeliveryError {
  return DeliveryError.untransferable(`${ADAPTER_TYPE}/document-too-large`, 'A document is larger than limits.documentBytesMax.', {
    hintKey: 'dmsTooLarge',
  });
}

/** There is nothing under a resource key any more. */
export function isGone(error: unknown): boolean {
  return error instanceof NscaleFailure && (error.status === 404 || error.code === 'ResourceNotFound');
}

/** An answer is one document: which of its contents the applicant is to get, a person has to say. */
export function severalItems(): DeliveryError {
  return DeliveryError.refused(
    `${ADAPTER_TYPE}/several-contents`,
    'The answer holds several contents: put each into a document of its own.',
  );
}
