// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError, ExpressionError } from '@amtsbote/adapter-kit';

/** Type of the adapter, first part of all its error codes. */
export const ADAPTER_TYPE = 'dms-opentext';

/** What a call was for: the same status means different things. */
export type Purpose = 'login' | 'look' | 'create' | 'version';

/** The server answered, and not with a success. Carries no text of the answer: it may quote index data. */
export class OpentextFailure extends Error {
  override readonly name = 'OpentextFailure';
  constructor(
    readonly status: number,
    readonly purpose: Purpose,
    readonly details: {
      /** Its error speaks of a virus. */
      readonly isVirus?: boolean;
      /** It asked to come back after this time. */
      readonly retryAfterMs?: number | undefined;
    } = {},
  ) {
    super(`status ${status} to ${purpose}`);
  }
}

/** An answer that is not in Content Server's language: a proxy's page, half a body. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
}

type Kind = 'misconfigured' | 'refused' | 'untransferable' | 'unavailable';
type Verdict = readonly [Kind, code: string, message: string, hintKey?: string | undefined];

/** Configuration and server do not fit, or this application does not fit the configuration. Names settings and attributes, never values. */
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

/** The name may be taken: [I] Content Server says 400 to that as to much else. To be decided by what lies there. */
export function mayBeTaken(error: unknown): boolean {
  return error instanceof OpentextFailure && error.purpose === 'create' && (error.status === 400 || error.status === 409);
}

const VIRUS: Verdict = ['refused', 'virus-refused', 'The virus scanner of the DMS refuses a document.', 'dmsVirus'];
/** Where the purpose makes the difference. */
const BY_PURPOSE: Readonly<Record<string, Verdict>> = {
  'login 401': ['misconfigured', 'login-refused', 'Content Server does not accept the user name and password.', 'dmsLogin'],
  'login 400': ['misconfigured', 'login-refused', 'Content Server does not accept the user name and password.', 'dmsLogin'],
  'login 404': ['misconfigured', 'not-there', 'There is no Content Server under this address.', 'dmsMissing'],
  'create 400': [
    'misconfigured',
    'creation-not-understood',
    'Content Server does not take an attribute, a value or a name.',
    'dmsProperty',
  ],
  'create 404': ['misconfigured', 'folder-or-category-missing', 'Content Server does not know a category, or the folder above.', 'dmsType'],
  'create 409': ['refused', 'name-taken', 'Another object has the name of this one.', 'dmsNameTaken'],
  'version 400': ['unavailable', 'locked', 'Content Server takes no new version now: somebody has reserved the document.', 'dmsLocked'],
};
/** [I] HTTP's and WebDAV's meaning. */
const BY_STATUS: Readonly<Record<number, Verdict>> = {
  400: ['misconfigured', 'request-not-understood', 'Content Server does not understand a request.', 'dmsProperty'],
  401: ['misconfigured', 'ticket-refused', 'Content Server does not accept a ticket it has just given.', 'dmsLogin'],
  403: ['misconfigured', 'permission-denied', 'The user may not do this in Content Server.', 'dmsRights'],
  404: ['misconfigured', 'not-there', 'Something that has to be in Content Server is not, or may not be seen.', 'dmsMissing'],
  405: ['misconfigured', 'not-supported', 'The address does not offer a necessary operation.', 'dmsMissing'],
  409: ['unavailable', 'update-conflict', 'Somebody else has just changed the object.', 'dmsLocked'],
  412: ['unavailable', 'update-conflict', 'Somebody else has just changed the object.', 'dmsLocked'],
  413: ['refused', 'content-too-large', 'A document is larger than Content Server accepts.', 'dmsTooLarge'],
  415: ['refused', 'content-refused', 'Content Server refuses the content of a document.', 'dmsRefused'],
  422: ['refused', 'content-refused', 'Content Server refuses the content of a document.', 'dmsRefused'],
  423: ['unavailable', 'locked', 'Somebody has locked the object.', 'dmsLocked'],
  429: ['unavailable', 'throttled', 'Content Server asks to come back later.'],
  503: ['unavailable', 'read-only', 'Content Server is not available, or takes no changes now.', 'dmsReadOnly'],
  507: ['unavailable', 'storage-full', 'Content Server cannot store: its disk or quota is full.', 'dmsStorage'],
};
const REDIRECTED: Verdict = [
  'misconfigured',
  'redirected',
  'Content Server sends to another address; it is never followed.',
  'dmsElsewhere',
];
const FAILED: Verdict = ['unavailable', 'server-error', 'Content Server failed.'];
const UNKNOWN: Verdict = ['refused', 'refused', 'Content Server refuses for a reason this adapter does not know.', 'dmsRefused'];

function verdictOn({ status, purpose, details }: OpentextFailure): Verdict {
  if (details.isVirus === true && (purpose === 'create' || purpose === 'version')) return VIRUS;
  const known = BY_PURPOSE[`${purpose} ${status}`] ?? BY_STATUS[status];
  if (known !== undefined) return known;
  if (status >= 300 && status < 400) return REDIRECTED;
  return status >= 500 ? FAILED : UNKNOWN;
}

/** 503 and 507 are said instead of acting, a virus too; other failures inside the server may come after it. */
function isLostInside({ status, details }: OpentextFailure): boolean {
  return status >= 500 && status !== 503 && status !== 507 && details.isVirus !== true;
}

/** Every failure in the words of the house. Bugs of ours come back unchanged. `repeatable` = doing the call again cannot harm. */
export function asDeliveryError(error: unknown, call: { readonly repeatable: boolean; readonly signal: AbortSignal }): unknown {
  if (error instanceof DeliveryError) return error;
  if (call.signal.aborted && error === call.signal.reason) {
    return DeliveryError.unavailable(`${ADAPTER_TYPE}/aborted`, 'The attempt was ended before Content Server was reached.', {
      cause: error,
    });
  }
  if (error instanceof Unfit) return verdict([error.kind, error.code, error.message, error.hintKey], error);
  if (error instanceof ExpressionError) {
    return verdict(['untransferable', 'not-mappable', `The index data of this application: ${error.message}`, 'dmsMapping'], error);
  }
  if (error instanceof UnreadableAnswer) {
    const failure = call.repeatable ? 'unavailable' : 'outcomeUnknown';
    return DeliveryError[failure](`${ADAPTER_TYPE}/unreadable-answer`, 'The answer is not one of Content Server.', { cause: error });
  }
  if (!(error instanceof OpentextFailure)) return DeliveryError.ofTransport(error, ADAPTER_TYPE, call);
  if (isLostInside(error) && !call.repeatable) {
    return DeliveryError.outcomeUnknown(`${ADAPTER_TYPE}/failed-inside`, 'Content Server failed while it acted.', { cause: error });
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

/** More than one object has the name: which one is meant, a person has to say. */
export function ambiguous(): DeliveryError {
  const message = 'More than one object has the name of this Akte, Vorgang or document.';
  return verdict(['refused', 'ambiguous', message, 'dmsAmbiguous'], undefined);
}
/** An object of the name is there and is of another kind: a clerk's, or a shortcut. */
export function otherKind(): DeliveryError {
  return verdict(['refused', 'name-taken', 'Another object has the name of this one.', 'dmsNameTaken'], undefined);
}
/** The document is reserved by somebody. */
export function reserved(): DeliveryError {
  return verdict(['unavailable', 'locked', 'Somebody has reserved the document.', 'dmsLocked'], undefined);
}
/** Content Server kept fewer or other bytes than it was sent. */
export function contentIncomplete(): DeliveryError {
  return verdict(['unavailable', 'content-incomplete', 'Content Server did not keep a document as it was sent.'], undefined);
}
/** A document above the configured limit. */
export function documentTooLarge(): DeliveryError {
  return verdict(['untransferable', 'document-too-large', 'A document is larger than limits.documentBytesMax.', 'dmsTooLarge'], undefined);
}
