// SPDX-License-Identifier: EUPL-1.2
import type { TransportFailure } from '@amtsbote/canonical';

/** What went wrong on the line, as a stable word. */
export type HttpFailureCode = 'unreachable' | 'interrupted' | 'timeout' | 'aborted' | 'answer-too-large' | 'tls' | 'redirect-refused';

/**
 * A request that ended without a usable answer. `transportStage` says whether the target may have acted. The message names method and
 * origin, never path, query, headers or body: those may hold personal data or secrets.
 */
export class HttpFailure extends Error implements TransportFailure {
  override readonly name = 'HttpFailure';
  constructor(
    readonly code: HttpFailureCode,
    readonly transportStage: 'notSent' | 'sent',
    message: string,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}
