// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError, ExpressionError, FolderUnnamed } from '@amtsbote/adapter-kit';

/** Type of the adapter, first part of all its error codes. */
export const ADAPTER_TYPE = 'dms-webdav';

/** The server answered, and not with what was hoped for. Carries no text of the answer: it may quote names of people. */
export class WebdavFailure extends Error {
  override readonly name = 'WebdavFailure';
  constructor(
    readonly status: number,
    /** It asked to come back after this time. */
    readonly retryAfterMs?: number,
  ) {
    super(`status ${status}`);
  }
}

/** An answer that is not WebDAV: a proxy's page, half a body. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
}

type Kind = 'misconfigured' | 'refused' | 'unavailable';

/** Status → what it means to the house. */
const BY_STATUS: Readonly<Record<number, readonly [Kind, string, string]>> = {
  401: ['misconfigured', 'login-refused', 'The server does not accept the user name and password.'],
  403: ['misconfigured', 'access-denied', 'The user may not do this in this folder, or the server is read-only.'],
  404: ['misconfigured', 'folder-missing', 'The folder for Akten is not there.'],
  405: ['misconfigured', 'not-webdav', 'The address does not offer WebDAV, or not this part of it.'],
  409: ['refused', 'folder-gone', 'The folder of the Akte or Vorgang is no longer there.'],
  412: ['refused', 'name-taken', 'Another file of this name lies in the folder of the Vorgang.'],
  413: ['refused', 'document-refused-by-size', 'The server does not take a document of this size.'],
  415: ['refused', 'document-refused', 'The server does not take the content of a document.'],
  423: ['unavailable', 'locked', 'Somebody has locked the folder or the file.'],
  429: ['unavailable', 'throttled', 'The server asks to come back later.'],
  507: ['unavailable', 'storage-full', 'The server has no room left for this user.'],
};

function byStatus(status: number): readonly [Kind, string, string] {
  if (status >= 300 && status < 400) return ['misconfigured', 'redirected', 'The server sends to another address; it is never followed.'];
  if (status >= 500) return ['unavailable', 'server-error', 'The server failed.'];
  return ['refused', 'refused', 'The server refuses for a reason this adapter does not know.'];
}

/** Every failure in the words of the house. Bugs of ours come back unchanged. `repeatable` = doing the call again cannot harm. */
export function asDeliveryError(error: unknown, call: { repeatable: boolean; signal: AbortSignal }): unknown {
  if (error instanceof DeliveryError) return error;
  if (call.signal.aborted && error === call.signal.reason) {
    return DeliveryError.unavailable(`${ADAPTER_TYPE}/aborted`, 'The attempt was ended before the server was reached.', { cause: error });
  }
  if (error instanceof ExpressionError || error instanceof FolderUnnamed) {
    return DeliveryError.untransferable(`${ADAPTER_TYPE}/not-mappable`, `The folders of this application: ${error.message}`, {
      cause: error,
    });
  }
  if (error instanceof UnreadableAnswer) {
    const failure = call.repeatable ? 'unavailable' : 'outcomeUnknown';
    return DeliveryError[failure](`${ADAPTER_TYPE}/unreadable-answer`, 'The answer is not one of a WebDAV server.', { cause: error });
  }
  if (!(error instanceof WebdavFailure)) return DeliveryError.ofTransport(error, ADAPTER_TYPE, call);
  if (isLostInside(error.status) && !call.repeatable) {
    return DeliveryError.outcomeUnknown(`${ADAPTER_TYPE}/failed-inside`, 'The server failed while it acted.', { cause: error });
  }
  const [kind, code, message] = BY_STATUS[error.status] ?? byStatus(error.status);
  const pause = error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs };
  return DeliveryError[kind](`${ADAPTER_TYPE}/${code}`, message, { cause: error, ...pause });
}

/** 503 and 507 are said before anything is done; the others may come after it. */
function isLostInside(status: number): boolean {
  return status >= 500 && status !== 503 && status !== 507;
}
