// SPDX-License-Identifier: EUPL-1.2
import { IntakeRejection } from '../intake-rejection.js';
import type { RawRequest } from '../ports/forms.js';

/** What was fetched, as if it had been sent: the data's bytes as the body. */
export function pulledRequest(body: Uint8Array, receivedAt: Date): RawRequest {
  return { method: 'PULL', headers: {}, query: {}, body, receivedAt };
}

/** Of an endpoint that fetches and is sent nothing. */
export function refuseSent(): never {
  throw new IntakeRejection('unsigned', 'nothing-is-sent-here', 'This endpoint fetches submissions itself and takes none that are sent.');
}
