// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError, ExpressionError } from '@amtsbote/adapter-kit';
import { TokenFailure } from '@amtsbote/platform';

/** Type of the adapter, first part of all its error codes. */
export const ADAPTER_TYPE = 'dms-cmis';

/** The repository answered, and not with a success. Carries no text of the answer: it may quote index data. */
export class CmisFailure extends Error {
  override readonly name = 'CmisFailure';
  constructor(
    readonly status: number,
    /** `exception` of the answer; `none` for answers that are not CMIS'. */
    readonly exception: string,
    /** It asked to come back after this time. */
    readonly retryAfterMs?: number,
  ) {
    super(`status ${status}, ${exception}`);
  }
}

/** An answer that is not in the language of CMIS: a proxy's page, half a body. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
}

type Kind = 'misconfigured' | 'refused' | 'untransferable' | 'unavailable';
type Verdict = readonly [Kind, code: string, message: string, hintKey?: string | undefined];

/** Configuration and repository do not fit, or this application does not fit the types. Names settings and properties, never values. */
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

/** What a failed call was for. */
export interface Call {
  /** Doing it again cannot harm. */
  readonly repeatable: boolean;
  readonly signal: AbortSignal;
  /** `query`: a search; `create`: an object is made. */
  readonly during?: 'query' | 'create';
}

/** The name is taken, by whomever; without a word of CMIS a 409 may mean that too. To be decided by what lies at the path. */
export function mayBeTaken(error: unknown): boolean {
  if (!(error instanceof CmisFailure)) return false;
  return error.exception === 'nameConstraintViolation' || (error.status === 409 && error.exception === 'none');
}

/** The repository says in so many words that the name is taken. */
export function saysTaken(error: unknown): boolean {
  return error instanceof CmisFailure && error.exception === 'nameConstraintViolation';
}

/** There is nothing: for looks at what may be absent. */
export function isNotFound(error: unknown): boolean {
  return error instanceof CmisFailure && (error.exception === 'objectNotFound' || (error.status === 404 && error.exception === 'none'));
}

/** Exception → what it means to the house. The status says less: 409 is five exceptions, 403 two, 500 two. */
const BY_EXCEPTION: Readonly<Record<string, Verdict>> = {
  invalidArgument: ['refused', 'invalid-argument', 'The repository does not take a name or a value.'],
  objectNotFound: ['misconfigured', 'not-there', 'Something that has to be in the repository is not, or may not be seen.', 'dmsMissing'],
  nameConstraintViolation: ['refused', 'name-taken', 'Another object has the name of this one.', 'dmsNameTaken'],
  constraint: ['refused', 'constraint', 'The repository refuses by a rule of its own.', 'dmsRefused'],
  versioning: ['unavailable', 'checked-out', 'Somebody has checked the document out.', 'dmsLocked'],
  updateConflict: ['unavailable', 'update-conflict', 'Somebody else has just changed the object.'],
  contentAlreadyExists: ['refused', 'content-exists', 'The document has content that the repository does not let go.', 'dmsRefused'],
  permissionDenied: ['misconfigured', 'permission-denied', 'The user may not do this in the repository.', 'dmsRights'],
  storage: ['unavailable', 'storage-full', 'The repository cannot store: its disk or quota is full.', 'dmsStorage'],
  streamNotSupported: ['misconfigured', 'content-not-allowed', 'The type of documents takes no content.', 'dmsType'],
  notSupported: ['misconfigured', 'not-supported', 'The repository does not support a necessary operation.'],
  filterNotValid: ['misconfigured', 'not-supported', 'The repository does not support a necessary operation.'],
  tooManyRequests: ['unavailable', 'throttled', 'The repository asks to come back later.'],
  serviceUnavailable: ['unavailable', 'server-error', 'The repository is not available.'],
};

/** Answers that are not CMIS': of the container, of a proxy. */
const BY_STATUS: Readonly<Record<number, Verdict>> = {
  401: ['misconfigured', 'login-refused', 'The repository does not accept the credentials.', 'dmsLogin'],
  403: ['misconfigured', 'permission-denied', 'The user may not do this in the repository.', 'dmsRights'],
  404: ['misconfigured', 'not-there', 'There is no CMIS under this address.', 'dmsMissing'],
  405: ['misconfigured', 'not-supported', 'The address does not offer the browser binding.'],
  409: ['refused', 'constraint', 'The repository refuses by a rule of its own.', 'dmsRefused'],
  412: ['unavailable', 'update-conflict', 'Somebody else has just changed the object.'],
  413: ['refused', 'content-too-large', 'A document is larger than the repository accepts.', 'dmsTooLarge'],
  415: ['refused', 'content-refused', 'The repository refuses the content of a document.', 'dmsRefused'],
  422: ['refused', 'content-refused', 'The repository refuses the content of a document.', 'dmsRefused'],
  423: ['unavailable', 'locked', 'Somebody has locked the object.', 'dmsLocked'],
  429: ['unavailable', 'throttled', 'The repository asks to come back later.'],
  507: ['unavailable', 'storage-full', 'The repository cannot store: its disk or quota is full.', 'dmsStorage'],
};

const REDIRECTED: Verdict = [
  'misconfigured',
  'redirected',
  'The repository sends to another address; it is never followed.',
  'dmsElsewhere',
];
const FAILED: Verdict = ['unavailable', 'server-error', 'The repository failed.'];
const UNKNOWN: Verdict = ['refused', 'refused', 'The repository refuses for a reason this adapter does not know.', 'dmsRefused'];
const QUERY: Verdict = ['misconfigured', 'query-not-understood', 'The repository does not understand the search for a key property.'];
const CREATE: Verdict = [
  'misconfigured',
  'type-or-folder-missing',
  'The repository does not know a type, or the folder something is created in.',
  'dmsType',
];

function verdictOn({ status, exception }: CmisFailure, during: Call['during']): Verdict {
  if (during === 'query' && exception === 'invalidArgument') return QUERY;
  // 404 on a creation is the configuration's fault (type id) or the folder's: not retryable.
  if (during === 'create' && exception === 'objectNotFound') return CREATE;
  const known = BY_EXCEPTION[exception] ?? BY_STATUS[status];
  if (known !== undefined) return known;
  if (status >= 300 && status < 400) return REDIRECTED;
  return status >= 500 ? FAILED : UNKNOWN;
}

/** 503, 507 and `storage` are said instead of acting; other failures inside the server may come after it. */
function isLostInside({ status, exception }: CmisFailure): boolean {
  return status >= 500 && status !== 503 && status !== 507 && !(exception in BY_EXCEPTION);
}

/** Every failure in the words of the house. Bugs of ours come back unchanged. */
export function asDeliveryError(error: unknown, call: Call): unknown {
  if (error instanceof DeliveryError) return error;
  if (call.signal.aborted && error === call.signal.reason) {
    return DeliveryError.unavailable(`${ADAPTER_TYPE}/aborted`, 'The attempt was ended before the repository was reached.', {
      cause: error,
    });
  }
  if (error instanceof Unfit) return verdict([error.kind, error.code, error.message, error.hintKey], error);
  if (error instanceof ExpressionError) {
    return verdict(['untransferable', 'not-mappable', `The index data of this application: ${error.message}`, 'dmsMapping'], error);
  }
  if (error instanceof TokenFailure) return ofToken(error);
  if (error instanceof UnreadableAnswer) {
    const failure = call.repeatable ? 'unavailable' : 'outcomeUnknown';
    return DeliveryError[failure](`${ADAPTER_TYPE}/unreadable-answer`, 'The answer is not one of CMIS.', { cause: error });
  }
  if (!(error instanceof CmisFailure)) return DeliveryError.ofTransport(error, ADAPTER_TYPE, call);
  if (isLostInside(error) && !call.repeatable) {
    return DeliveryError.outcomeUnknown(`${ADAPTER_TYPE}/failed-inside`, 'The repository failed while it acted.', { cause: error });
  }
  return verdict(verdictOn(error, call.during), error, error.retryAfterMs);
}

function verdict([kind, code, message, hintKey]: Verdict, cause: unknown, retryAfterMs?: number): DeliveryError {
  return DeliveryError[kind](`${ADAPTER_TYPE}/${code}`, message, {
    cause,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(hintKey === undefined ? {} : { hintKey }),
  });
}

/** Nothing of the call was sent yet: without a token there is no call. */
function ofToken(error: TokenFailure): DeliveryError {
  if (error.isRefusal)
    return verdict(['misconfigured', 'token-refused', 'The token endpoint does not accept the client.', 'dmsLogin'], error);
  return verdict(['unavailable', 'token-unavailable', 'The token endpoint gives no token now.'], error, error.retryAfterMs);
}

/** More than one object has the key: which one is meant, a person has to say. */
export function ambiguous(): DeliveryError {
  return verdict(
    ['refused', 'ambiguous', 'More than one object has the key of this Akte, Vorgang or document.', 'dmsAmbiguous'],
    undefined,
  );
}
/** The name is taken by an object that is not this one, also with the code of this one behind it. */
export function nameTaken(): DeliveryError {
  return verdict(BY_EXCEPTION['nameConstraintViolation'] ?? UNKNOWN, undefined);
}
/** The repository says that a name is taken, and does not show by whom. */
export function takenButHidden(): DeliveryError {
  return verdict(['misconfigured', 'taken-but-hidden', 'A name is taken by an object that the user may not see.', 'dmsRights'], undefined);
}
/** The document is checked out by somebody. */
export function checkedOut(): DeliveryError {
  return verdict(BY_EXCEPTION['versioning'] ?? UNKNOWN, undefined);
}
/** The repository kept fewer or other bytes than it was sent. */
export function contentIncomplete(): DeliveryError {
  return verdict(['unavailable', 'content-incomplete', 'The repository did not keep a document as it was sent.'], undefined);
}
/** A document above the configured limit. */
export function documentTooLarge(): DeliveryError {
  return verdict(['untransferable', 'document-too-large', 'A document is larger than limits.documentBytesMax.', 'dmsTooLarge'], undefined);
}
