// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError, ExpressionError } from '@amtsbote/adapter-kit';
import { sftpDeliveryError, SftpFailure } from '@amtsbote/adapter-kit/sftp';

/** Type of the adapter, first part of all its error codes. */
export const ADAPTER_TYPE = 'export-file-drop';

/** Every failure in the words of the house. Bugs of ours come back unchanged. `repeatable` = doing the call again cannot harm. */
export function asDeliveryError(error: unknown, call: { repeatable: boolean; signal: AbortSignal }): unknown {
  if (error instanceof ExpressionError)
    return DeliveryError.untransferable(`${ADAPTER_TYPE}/not-mappable`, `The folder of this application: ${error.message}`, {
      cause: error,
    });
  return sftpDeliveryError(error, ADAPTER_TYPE, call);
}

/** Whether the server said no without a reason, or that something is not there: version 3 has no words for most reasons. */
export function saysFailure(error: unknown): boolean {
  const { cause } = error as { cause?: unknown };
  return cause instanceof SftpFailure && (cause.isUnexplained || cause.isMissing);
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
