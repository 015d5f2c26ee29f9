// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError, ExpressionError } from '@amtsbote/adapter-kit';
import { sftpDeliveryError } from '@amtsbote/adapter-kit/sftp';
import { SchemaError, type SchemaViolation } from '@amtsbote/adapter-kit/xsd';

/** Type of the adapter, first part of all its error codes. */
export const ADAPTER_TYPE = 'dms-xdomea';

/** The directory of this machine said no. */
export class FolderFailure extends Error {
  override readonly name = 'FolderFailure';
  constructor(
    /** Of Node: `ENOSPC` and others. */
    readonly code: string,
    cause: unknown,
  ) {
    super(code, { cause });
  }
}

const BY_CODE: Readonly<Record<string, readonly ['misconfigured' | 'unavailable', string, string]>> = {
  EACCES: ['misconfigured', 'access-denied', 'The hub may not do this in the folder.'],
  EPERM: ['misconfigured', 'access-denied', 'The hub may not do this in the folder.'],
  EROFS: ['misconfigured', 'read-only', 'The file system of the folder is read-only.'],
  ENOENT: ['misconfigured', 'folder-missing', 'The configured folder is not there.'],
  ENOSPC: ['unavailable', 'storage-full', 'The folder has no room left.'],
  EDQUOT: ['unavailable', 'storage-full', 'The folder has no room left.'],
};

/** Every failure in the words of the house. Bugs of ours come back unchanged. `repeatable` = doing the call again cannot harm. */
export function asDeliveryError(error: unknown, call: { repeatable: boolean; signal: AbortSignal }): unknown {
  if (error instanceof ExpressionError)
    return DeliveryError.untransferable(`${ADAPTER_TYPE}/not-mappable`, `The message of this application: ${error.message}`, {
      cause: error,
    });
  if (error instanceof SchemaError) return DeliveryError.misconfigured(`${ADAPTER_TYPE}/schema-unusable`, error.message, { cause: error });
  if (error instanceof FolderFailure) {
    const [kind, code, message] = BY_CODE[error.code] ?? ['unavailable', 'failed', 'The folder cannot be used now.'];
    return DeliveryError[kind](`${ADAPTER_TYPE}/${code}`, message, { cause: error });
  }
  return sftpDeliveryError(error, ADAPTER_TYPE, call);
}

/** The message is not valid by the operator's schema. */
export function schemaViolated({ message }: SchemaViolation): DeliveryError {
  return DeliveryError.untransferable(`${ADAPTER_TYPE}/schema-violated`, `The message is not valid by the schema: ${message}`);
}
/** A file of that name is there, and it is not the message. */
export function nameTaken(): DeliveryError {
  return DeliveryError.refused(`${ADAPTER_TYPE}/name-taken`, 'Another file has the name of the message.');
}
/** Neither the message nor what was to become it is there. */
export function messageGone(): DeliveryError {
  return DeliveryError.outcomeUnknown(`${ADAPTER_TYPE}/message-gone`, 'The message was sent, and is no longer there.');
}
/** The folder kept fewer or other bytes than it was sent. */
export function contentIncomplete(): DeliveryError {
  return DeliveryError.unavailable(`${ADAPTER_TYPE}/content-incomplete`, 'The folder did not keep the message as it was sent.');
}
/** A document above the configured limit. */
export function documentTooLarge(): DeliveryError {
  return DeliveryError.untransferable(`${ADAPTER_TYPE}/document-too-large`, 'A document is larger than limits.documentBytesMax.');
}
