// SPDX-License-Identifier: EUPL-1.2
import {
  type ApplicationDraft,
  IntakeRejection,
  isJsonObject,
  mapDocument,
  readJson,
  type ReceivedSubmission,
  saysNoSubmission,
} from '@amtsbote/adapter-kit';
import type { JsonValue } from '@amtsbote/canonical';

import type { WebhookOptions } from './webhook.options.js';
import { completed } from './webhook.profiles.mapping.js';
import { HEADER } from './webhook.wire.js';

/**
 * A verified webhook in canonical words, as the endpoint's mapping says. Pure.
 * @throws IntakeRejection `malformed` or `untranslatable`, naming the place.
 */
export function translated({ request }: ReceivedSubmission, options: WebhookOptions): ApplicationDraft {
  return mapDocument(documentIn(request.body), completed(options), { request, idHeader: HEADER.id });
}

/** Whether the body says of itself that it is no submission: a draft, saved on the way. */
export function isNoSubmission({ request }: ReceivedSubmission, options: WebhookOptions): boolean {
  const { mapping } = completed(options);
  return mapping.noSubmission !== undefined && saysNoSubmission(documentIn(request.body), mapping);
}

function documentIn(body: Uint8Array): JsonValue {
  const root = readJson(body);
  if (!isJsonObject(root)) throw new IntakeRejection('malformed', 'not-an-object', 'The body has to be a JSON object.', '');
  return root;
}
