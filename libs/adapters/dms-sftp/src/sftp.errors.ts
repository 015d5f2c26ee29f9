// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError, ExpressionError, FolderUnnamed } from '@amtsbote/adapter-kit';
import { sftpDeliveryError } from '@amtsbote/adapter-kit/sftp';

/** Type of the adapter, first part of all its error codes. */
export const ADAPTER_TYPE = 'dms-sftp';

/** Every failure in the words of the house. Bugs of ours come back unchanged. `repeatable` = doing the call again cannot harm. */
export function asDeliveryError(error: unknown, call: { repeatable: boolean; signal: AbortSignal }): unknown {
  if (error instanceof ExpressionError || error instanceof FolderUnnamed)
    return DeliveryError.untransferable(`${ADAPTER_TYPE}/not-mappable`, `The folders of this application: ${error.message}`, {
      cause: error,
    });
  return sftpDeliveryError(error, ADAPTER_TYPE, call);
}
