// SPDX-License-Identifier: EUPL-1.2
import type { TransportFailure } from '@amtsbote/canonical';

import { DeliveryError } from '../../src/index.js';
import { STATUS } from './sftp-words.js';

/** The server answered, and said no. Carries no text of the answer: it may quote a path. */
export class SftpFailure extends Error {
  override readonly name = 'SftpFailure';
  constructor(readonly status: number) {
    super(`status ${status}`);
  }
  /** Whether the server said no without a reason: version 3 has no words for most reasons. */
  get isUnexplained(): boolean {
    return this.status === STATUS.failure;
  }
  get isMissing(): boolean {
    return this.status === STATUS.noSuchFile;
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

/** The server has no room left, as it says itself. */
export class StorageFull extends Error {
  override readonly name = 'StorageFull';
}

const NOT_LET_IN: Readonly<Record<NotLetIn['why'], readonly [string, string]>> = {
  'host-key': ['host-key-unknown', 'The server has another key than those configured: it may be another server.'],
  login: ['login-refused', 'The server does not accept the user name with this password or key.'],
  'key-unreadable': ['key-unreadable', 'The private key cannot be read, or its passphrase is wrong.'],
};

/**
 * A failed call over SFTP in the words of the house; anything else comes back unchanged. `repeatable` = doing the call again cannot harm.
 * @param adapter its type, first part of the code.
 */
export function sftpDeliveryError(error: unknown, adapter: string, call: { repeatable: boolean; signal: AbortSignal }): unknown {
  if (call.signal.aborted && error === call.signal.reason)
    return DeliveryError.unavailable(`${adapter}/aborted`, 'The attempt was ended before the server was reached.', { cause: error });
  if (error instanceof NotLetIn) {
    const [code, message] = NOT_LET_IN[error.why];
    return DeliveryError.misconfigured(`${adapter}/${code}`, message, { cause: error });
  }
  if (error instanceof StorageFull)
    return DeliveryError.unavailable(`${adapter}/storage-full`, 'The server has no room left.', { cause: error });
  if (!(error instanceof SftpFailure)) return DeliveryError.ofTransport(error, adapter, call);
  switch (error.status) {
    case STATUS.permissionDenied:
      return DeliveryError.misconfigured(`${adapter}/access-denied`, 'The user may not do this in the folder.', { cause: error });
    case STATUS.noSuchFile:
      return DeliveryError.misconfigured(`${adapter}/folder-missing`, 'The configured folder is not there.', { cause: error });
    default:
      return DeliveryError.unavailable(`${adapter}/failed`, 'The server failed and does not say why.', { cause: error });
  }
}
