// SPDX-License-Identifier: EUPL-1.2
import { createHmac, timingSafeEqual } from 'node:crypto';

import { IntakeRejection, type RawRequest } from '@amtsbote/adapter-kit';

import { CALLBACK } from './fit-connect.wire.js';

/** A callback older than this is refused; one from the future is taken, because clocks differ. */
const AGE_MAX_S = 300;
const DIGEST = /^[0-9a-fA-F]{128}$/;
const SECONDS = /^\d{1,12}$/;

/**
 * Whether the delivery service sent this: HMAC-SHA-512 over `<callback-timestamp>.<raw body>` with one of the secrets, hex in either case, at most
 * five minutes old. A callback that is sent again within these minutes passes; it brings nothing, it only wakes.
 * @throws IntakeRejection `unsigned`
 */
export function checkCallback({ headers, body, receivedAt }: RawRequest, secrets: () => readonly string[]): void {
  const timestamp = headers[CALLBACK.timestamp];
  const authentication = headers[CALLBACK.authentication];
  if (timestamp === undefined || !SECONDS.test(timestamp)) throw unsigned('timestamp-missing', CALLBACK.timestamp);
  if (authentication === undefined || !DIGEST.test(authentication)) throw unsigned('authentication-missing', CALLBACK.authentication);
  if (Math.floor(receivedAt.getTime() / 1_000) - Number(timestamp) > AGE_MAX_S) throw unsigned('too-old', CALLBACK.timestamp);
  const shown = Buffer.from(authentication, 'hex');
  // All of them are looked at: how long it takes must not tell which one it was.
  const fitting = secrets().filter((secret) => timingSafeEqual(shown, digestOf(secret, timestamp, body)));
  if (fitting.length === 0) throw unsigned('authentication-mismatch', CALLBACK.authentication);
}

function digestOf(secret: string, timestamp: string, body: Uint8Array): Buffer {
  return createHmac('sha512', secret).update(`${timestamp}.`).update(body).digest();
}

function unsigned(code: string, place: string): IntakeRejection {
  return new IntakeRejection('unsigned', code, 'The callback is not authenticated as FIT-Connect does it.', place);
}
