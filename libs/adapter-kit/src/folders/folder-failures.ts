// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '../delivery-error.js';

/** What may go wrong in a tree of folders whoever keeps it. @param adapter its type, first part of the code. */
export class FolderFailures {
  constructor(private readonly adapter: string) {}

  /** The folder of the Vorgang belongs to another application or act. */
  folderTaken(): DeliveryError {
    return DeliveryError.refused(`${this.adapter}/folder-taken`, 'The folder of the Vorgang holds another application.');
  }
  /** A file of that name is there, and it is not the document. */
  nameTaken(): DeliveryError {
    return DeliveryError.refused(`${this.adapter}/name-taken`, 'Another file of this name lies in the folder of the Vorgang.');
  }
  /** A name for a folder is taken by a file. */
  notAFolder(): DeliveryError {
    return DeliveryError.misconfigured(`${this.adapter}/not-a-folder`, 'A file has the name of the folder of an Akte or Vorgang.');
  }
  /** The server kept fewer or other bytes than it was sent. */
  contentIncomplete(): DeliveryError {
    return DeliveryError.unavailable(`${this.adapter}/content-incomplete`, 'The server did not keep a document as it was sent.');
  }
  /** A document above the configured limit. */
  documentTooLarge(): DeliveryError {
    return DeliveryError.untransferable(`${this.adapter}/document-too-large`, 'A document is larger than limits.documentBytesMax.');
  }
}
