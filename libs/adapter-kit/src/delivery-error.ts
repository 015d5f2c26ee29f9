// SPDX-License-Identifier: EUPL-1.2
import { type Failure, type FailureKind, isTransportFailure } from '@amtsbote/canonical';

/** What a failure may carry beside kind, code and message. */
export interface DeliveryErrorDetails {
  /** The original error; never persisted, never shown. */
  cause?: unknown;
  /** The target asked for this pause (Retry-After), in milliseconds. */
  retryAfterMs?: number;
  /** Key of a German hint for operators. */
  hintKey?: string;
}

/**
 * The one error a delivery adapter throws: the target is not cooperating. One final class with a discriminating `kind`; never extend it.
 * `code` is stable and `<adapter>/<what>`; `message` is one English sentence without personal data.
 */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  readonly retryAfterMs: number | undefined;
  readonly hintKey: string | undefined;

  private constructor(
    readonly kind: FailureKind,
    readonly code: string,
    message: string,
    details: DeliveryErrorDetails = {},
  ) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
    this.retryAfterMs = details.retryAfterMs;
    this.hintKey = details.hintKey;
  }

  /** Not reached, 5xx or throttled: the runner retries with backoff and jitter. */
  static unavailable(code: string, message: string, details?: DeliveryErrorDetails): DeliveryError {
    return new DeliveryError('unavailable', code, message, details);
  }
  /** The target understood and said no: a clerk decides. */
  static refused(code: string, message: string, details?: DeliveryErrorDetails): DeliveryError {
    return new DeliveryError('refused', code, message, details);
  }
  /** Credentials, permission, unknown Aktenplan entry: the instance is paused, one alert. */
  static misconfigured(code: string, message: string, details?: DeliveryErrorDetails): DeliveryError {
    return new DeliveryError('misconfigured', code, message, details);
  }
  /** The target may have acted: it is asked (find) before anything else. */
  static outcomeUnknown(code: string, message: string, details?: DeliveryErrorDetails): DeliveryError {
    return new DeliveryError('outcomeUnknown', code, message, details);
  }
  /** This application cannot be expressed in the target. */
  static untransferable(code: string, message: string, details?: DeliveryErrorDetails): DeliveryError {
    return new DeliveryError('untransferable', code, message, details);
  }

  /**
   * Classifies a failed connection: not sent → `unavailable`; sent → `outcomeUnknown`, or `unavailable` when the call was `repeatable` (reads,
   * idempotent writes). Errors that are no transport failures come back unchanged, so that `throw DeliveryError.ofTransport(…)` hides no bug.
   */
  static ofTransport(error: unknown, adapter: string, call: { repeatable: boolean }): unknown {
    if (!isTransportFailure(error)) return error;
    return error.transportStage === 'sent' && !call.repeatable
      ? new DeliveryError('outcomeUnknown', `${adapter}/answer-lost`, 'The connection ended before the answer arrived.', { cause: error })
      : new DeliveryError('unavailable', `${adapter}/unreachable`, 'The target could not be reached.', { cause: error });
  }

  /** The failure as data, for the step, the attempt and the journal. */
  toFailure(): Failure {
    return {
      kind: this.kind,
      code: this.code.slice(0, 120),
      message: this.message.slice(0, 1_000),
      ...(this.hintKey === undefined ? {} : { hintKey: this.hintKey }),
    };
  }
}
