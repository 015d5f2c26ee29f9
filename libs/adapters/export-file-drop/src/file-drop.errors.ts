// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError, ExpressionError } from '@amtsbote/adapter-kit';
import type { TransportFailure } from '@amtsbote/canonical';

import { STATUS } from './file-drop.wire.js';

/** Type of the adapter, first part of all its error codes. */
export const ADAPTER_TYPE = 'export-file-drop';

/** The server answered, and said no. Carries no text of the answer: it may quote a path. */
export class SftpFailure extends Error {
  override readonly name = 'SftpFailure';
  constructor(readonly status: number) {
    super(`status ${status}`);
  }
}

/** There is no connection, or it ended. */
export class ConnectionLost extends Error implements TransportFailure {
  override readonly name = 'ConnectionLost';
  constructor(
    readonly transportStage: 'notSent' | 'sent',
    cause?: unknown,
  ) {
    super('the connection ended', { cause });
  }
}

/** The connection was not made for a reason that an operator has to mend. */
export class NotLetIn extends Error {
  override readonly name = 'NotLetIn';
  constructor(readonly why: 'host-key' | 'login' | 'key-unreadable') {
    super(why);
  }
}

const NOT_LET_IN: Readonly<Record<NotLetIn['why'], readonly [string, string]>> = {
  'host-key': ['host-key-unknown', 'The server has another key than those configured: it may be another server.'],
  login: ['login-refused', 'The server does not accept the user name with this password or key.'],
  'key-unreadable': ['key-unreadable', 'The private key cannot be read, or its passphrase is wrong.'],
};

/** Every failure in the words of the house. Bugs of ours come back unchanged. `repeatable` = doing the call again cannot harm. */
export function asDeliveryError(error: unknown, call: { repeatable: boolean; signal: AbortSignal }): unknown {
  if (call.signal.aborted && error === call.signal.reason)
    return DeliveryError.unavailable(`${ADAPTER_TYPE}/aborted`, 'The attempt was ended before the server was reached.', { cause: error });
  if (error instanceof ExpressionError)
    return DeliveryError.untransferable(`${ADAPTER_TYPE}/not-mappable`, `The folder of this application: ${error.message}`, {
      cause: error,
    });
  if (error instanceof NotLetIn) {
    const [code, message] = NOT_LET_IN[error.why];
    return DeliveryError.misconfigured(`${ADAPTER_TYPE}/${code}`, message, { cause: error });
  }
  if (!(error instanceof SftpFailure)) return DeliveryError.ofTransport(error, ADAPTER_TYPE, call);
  switch (error.status) {
    case STATUS.permissionDenied:
      return DeliveryError.misconfigured(`${ADAPTER_TYPE}/access-denied`, 'The user may not do this in the folder.', { cause: error });
    case STATUS.noSuchFile:
      return DeliveryError.misconfigured(`${ADAPTER_TYPE}/folder-missing`, 'The configured folder is not there.', { cause: error });
    default:
      return DeliveryError.unavailable(`${ADAPTER_TYPE}/failed`, 'The server failed and does not say why.', { cause: error });
  }
}

/** Whether the server said no without a reason, or that something is not there: version 3 has no words for most reasons. */
export function saysFailure(error: unknown): boolean {
  const { cause } = error as { cause?: unknown };
  return cause instanceof SftpFailure && (cause.status === STATUS.failure || cause.status === STATUS.noSuchFile);
}

/** The server has no room left. */
export function storageFull(): DeliveryError {
  return DeliveryError.unavailable(`${ADAPTER_TYPE}/storage-full`, 'The server has no room left.');
}
/** The server kept fewer bytes than it was sent, or the document has another size than it was described with. */
export function contentIncomplete(): DeliveryError {
  return DeliveryError.unavailable(`${ADAPTER_TYPE}/content-incomplete`, 'A document did not arrive as it was described.');
}
/** A folder of this name is there, and it is not that of this application. */
export function folderTaken(): DeliveryError {
  return DeliveryError.refused(`${ADAPTER_TYPE}/folder-taken`, 'Another folder or file has the name of the folder of this application.');
}
/** What was sent in an earlier attempt is no longer there, and it was never dropped. */
export function partGone(): DeliveryError {
  return DeliveryError.refused(`${ADAPTER_TYPE}/part-gone`, 'Somebody removed what was being handed over.');
}
/** A document above the configured limit. */
export function documentTooLarge(): DeliveryError {
  return DeliveryError.untransferable(`${ADAPTER_TYPE}/document-too-large`, 'A document is larger than limits.documentBytesMax.');
}
/** The expression gave no name. */
export function folderUnnamed(): DeliveryError {
  return DeliveryError.untransferable(`${ADAPTER_TYPE}/not-mappable`, 'The folder of this application: the expression gives nothing.');
}
