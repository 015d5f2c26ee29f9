// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';

import type { FailingOptions } from './failing.options.js';

/** The error of one failed attempt. `unexpected` is no DeliveryError: it stands for a bug of ours. */
export function failureOf({ mode, retryAfterMs }: FailingOptions): Error {
  // With cannotTell the answer is lost like with outcomeUnknown; only who asks afterwards hears that nobody can tell.
  const cause = mode === 'cannotTell' ? 'outcomeUnknown' : mode;
  const code = `dms-failing/${cause.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const message = 'This DMS fails because it is configured to.';
  switch (mode) {
    case 'unavailable':
      return DeliveryError.unavailable(code, message, retryAfterMs === undefined ? {} : { retryAfterMs });
    case 'refused':
      return DeliveryError.refused(code, message);
    case 'misconfigured':
      return DeliveryError.misconfigured(code, message);
    case 'untransferable':
      return DeliveryError.untransferable(code, message);
    case 'outcomeUnknown':
    case 'cannotTell':
    case 'hang':
      return DeliveryError.outcomeUnknown(code, message);
    case 'unexpected':
      return new TypeError('This adapter has a bug because it is configured to.');
  }
}
