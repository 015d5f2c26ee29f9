// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError, ExpressionError } from '@amtsbote/adapter-kit';
import { HttpFailure } from '@amtsbote/platform';

/** Type of the adapter, first part of all its error codes. */
export const ADAPTER_TYPE = 'dms-dvelop';

/** What a call was for: the same status means different things. */
export type Purpose = 'look' | 'repository' | 'upload' | 'create' | 'update' | 'delete';

/** The server answered, and not with a success. Carries no text of the answer: it may quote index data. */
export class DvelopFailure extends Error {
  override readonly name = 'DvelopFailure';
  constructor(
    readonly status: number,
    readonly purpose: Purpose,
    readonly details: {
      /** Its reason speaks of a virus. */
      readonly isVirus?: boolean;
      /** It asked to come back after this time. */
      readonly retryAfterMs?: number | undefined;
    } = {},
  ) {
    super(`status ${status} to ${purpose}`);
  }
}

/** An answer that is not in d.velop's language: a proxy's page, half a body. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
}

/** A relation that is necessary now and that the server does not offer: HAL's way to say "not you" or "not now". */
export class LinkMissing extends Error {
  override readonly name = 'LinkMissing';
  constructor(readonly relation: string) {
    super(`no link ${relation}`);
  }
}

type Kind = 'misconfigured' | 'refused' | 'untransferable' | 'unavailable';
type Verdict = readonly [Kind, code: string, message: string, hintKey?: string | undefined];

/** Configuration and source do not fit, or this application does not fit the source. Names settings and properties, never values. */
export class Unfit extends Error {
  override readonly name = 'Unfit';
  constructor(
    readonly kind: 'misconfigured' | 'untransferable',
    readonly code: string,
    message: string,
    readonly hintKey?: string,
  ) {
    super(message);
  }
}

/** Two objects cannot be one: only where an administrator made a property unique. What is there has to be looked at. */
export function mayBeTaken(error: unknown): boolean {
  return error instanceof DvelopFailure && error.purpose === 'create' && error.status === 409;
}
/** What was asked for is not there. */
export function isNotFound(error: unknown): boolean {
  return error instanceof DvelopFailure && (error.status === 404 || error.status === 410);
}

const VIRUS: Verdict = ['refused', 'virus-refused', 'The virus scanner of the DMS refuses a document.', 'dmsVirus'];
/** Where the purpose makes the difference. */
const BY_PURPOSE: Readonly<Record<string, Verdict>> = {
  'repository 404': ['misconfigured', 'repository-missing', 'There is no such repository, or the user may not see it.', 'dmsMissing'],
  'create 400': ['misconfigured', 'creation-not-understood', 'The DMS does not take a category, a property or a value.', 'dmsProperty'],
  'create 404': ['misconfigured', 'category-or-dossier-missing', 'The DMS does not know a category, or the dossier above.', 'dmsType'],
  'create 409': ['refused', 'constraint', 'The DMS refuses by a rule of its own.', 'dmsRefused'],
  'update 403': ['unavailable', 'locked', 'Somebody is processing the document.', 'dmsLocked'],
};
/** [D] 401, 403 and 406 are generic; the others are HTTP's and WebDAV's meaning [I]. */
const BY_STATUS: Readonly<Record<number, Verdict>> = {
  400: ['misconfigured', 'request-not-understood', 'The DMS does not understand a request.', 'dmsProperty'],
  401: ['misconfigured', 'login-refused', 'The DMS does not accept the API key.', 'dmsLogin'],
  403: ['misconfigured', 'permission-denied', 'The user may not do this in the DMS.', 'dmsRights'],
  404: ['misconfigured', 'not-there', 'Something that has to be in the DMS is not, or may not be seen.', 'dmsMissing'],
  405: ['misconfigured', 'not-supported', 'The address does not offer a necessary operation.', 'dmsMissing'],
  406: ['misconfigured', 'not-supported', 'The address does not speak HAL.', 'dmsMissing'],
  409: ['unavailable', 'update-conflict', 'Somebody else has just changed the object.', 'dmsLocked'],
  412: ['unavailable', 'update-conflict', 'Somebody else has just changed the object.', 'dmsLocked'],
  413: ['refused', 'content-too-large', 'A document is larger than the DMS accepts.', 'dmsTooLarge'],
  415: ['refused', 'content-refused', 'The DMS refuses the content of a document.', 'dmsRefused'],
  422: ['refused', 'content-refused', 'The DMS refuses the content of a document.', 'dmsRefused'],
  423: ['unavailable', 'locked', 'Somebody has locked the object.', 'dmsLocked'],
  429: ['unavailable', 'throttled', 'The DMS asks to come back later.'],
  507: ['unavailable', 'storage-full', 'The DMS cannot store: its disk or quota is full.', 'dmsStorage'],
};
const REDIRECTED: Verdict = ['misconfigured', 'redirected', 'The DMS sends to another address; it is never followed.', 'dmsElsewhere'];
const ELSEWHERE: Verdict = [
  'misconfigured',
  'links-elsewhere',
  'A link of the DMS leads away from baseUrl; it is not followed.',
  'dmsElsewhere',
];
const FAILED: Verdict = ['unavailable', 'server-error', 'The DMS failed.'];
const UNKNOWN: Verdict = ['refused', 'refused', 'The DMS refuses for a reason this adapter does not know.', 'dmsRefused'];

function verdictOn({ status, purpose, details }: DvelopFailure): Verdict {
  if (details.isVirus === true && (purpose === 'upload' || purpose === 'create' || purpose === 'update')) return VIRUS;
  const known = BY_PURPOSE[`${purpose} ${status}`] ?? BY_STATUS[status];
  if (known !== undefined) return known;
  if (status >= 300 && status < 400) return REDIRECTED;
  return status >= 500 ? FAILED : UNKNOWN;
}

/** Without a link for writing the repository is read-only for now, or for this user; without one for a document somebody has it. */
function onMissingLink(relation: string): Verdict {
  if (relation === 'updateWithContent')
    return ['unavailable', 'locked', 'The document cannot be changed now: somebody is processing it.', 'dmsLocked'];
  if (relation === 'chunkedupload' || relation === 'dmsobjectwithmapping') {
    return ['unavailable', 'read-only', `The repository offers no ${relation}: it is read-only.`, 'dmsReadOnly'];
  }
  return ['misconfigured', 'not-supported', `The DMS offers no ${relation}.`, 'dmsMissing'];
}

/** 503 and 507 are said instead of acting; other failures inside the server may come after it. */
function isLostInside(status: number): boolean {
  return status >= 500 && status !== 503 && status !== 507;
}

/** Every failure in the words of the house. Bugs of ours come back unchanged. `repeatable` = doing the call again cannot harm. */
export function asDeliveryError(error: unknown, call: { readonly repeatable: boolean; readonly signal: AbortSignal }): unknown {
  if (error instanceof DeliveryError) return error;
  if (call.signal.aborted && error === call.signal.reason) {
    return DeliveryError.unavailable(`${ADAPTER_TYPE}/aborted`, 'The attempt was ended before the DMS was reached.', { cause: error });
  }
  if (error instanceof Unfit) return verdict([error.kind, error.code, error.message, error.hintKey], error);
  if (error instanceof ExpressionError) {
    return verdict(['untransferable', 'not-mappable', `The index data of this application: ${error.message}`, 'dmsMapping'], error);
  }
  if (error instanceof LinkMissing) return verdict(onMissingLink(error.relation), error);
  if (error instanceof HttpFailure && error.code === 'redirect-refused') return verdict(ELSEWHERE, error);
  if (error instanceof UnreadableAnswer) {
    const failure = call.repeatable ? 'unavailable' : 'outcomeUnknown';
    return DeliveryError[failure](`${ADAPTER_TYPE}/unreadable-answer`, 'The answer is not one of d.velop documents.', { cause: error });
  }
  if (!(error instanceof DvelopFailure)) return DeliveryError.ofTransport(error, ADAPTER_TYPE, call);
  if (isLostInside(error.status) && !call.repeatable) {
    return DeliveryError.outcomeUnknown(`${ADAPTER_TYPE}/failed-inside`, 'The DMS failed while it acted.', { cause: error });
  }
  return verdict(verdictOn(error), error, error.details.retryAfterMs);
}

function verdict([kind, code, message, hintKey]: Verdict, cause: unknown, retryAfterMs?: number): DeliveryError {
  return DeliveryError[kind](`${ADAPTER_TYPE}/${code}`, message, {
    cause,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(hintKey === undefined ? {} : { hintKey }),
  });
}

/** More than one object has the key: which one is meant, a person has to say. */
export function ambiguous(): DeliveryError {
  const message = 'More than one object has the key of this Akte, Vorgang or document.';
  return verdict(['refused', 'ambiguous', message, 'dmsAmbiguous'], undefined);
}
/** The DMS says that there is such an object, and does not show it. */
export function takenButHidden(): DeliveryError {
  return verdict(['refused', 'constraint', 'The DMS refuses by a rule of its own.', 'dmsRefused'], undefined);
}
/** The DMS kept fewer or other bytes than it was sent. */
export function contentIncomplete(): DeliveryError {
  return verdict(['unavailable', 'content-incomplete', 'The DMS did not keep a document as it was sent.'], undefined);
}
/** A document above the configured limit. */
export function documentTooLarge(): DeliveryError {
  return verdict(['untransferable', 'document-too-large', 'A document is larger than limits.documentBytesMax.', 'dmsTooLarge'], undefined);
}
