// SPDX-License-Identifier: EUPL-1.2
import {
  type ApplicationDraft,
  IntakeRejection,
  isJsonObject,
  mapDocument,
  readJson,
  readXml,
  type ReceivedSubmission,
  saysNoSubmission,
  xmlAsJson,
} from '@amtsbote/adapter-kit';
import type { JsonValue } from '@amtsbote/canonical';

import type { WebhookOptions } from './webhook.options.js';
import { completed, xmlFormatOf } from './webhook.profiles.mapping.js';
import { HEADER } from './webhook.wire.js';

/**
 * A verified webhook in canonical words, as the endpoint's mapping says. Pure.
 * @throws IntakeRejection `malformed` or `untranslatable`, naming the place.
 */
export function translated({ request, files }: ReceivedSubmission, options: WebhookOptions): ApplicationDraft {
  return mapDocument(documentIn(request.body, options), completed(options), { request, files, idHeader: HEADER.id });
}

/** Whether the body says of itself that it is no submission: a draft, saved on the way. */
export function isNoSubmission({ request }: ReceivedSubmission, options: WebhookOptions): boolean {
  const { mapping } = completed(options);
  return mapping.noSubmission !== undefined && saysNoSubmission(documentIn(request.body, options), mapping);
}

function documentIn(body: Uint8Array, options: WebhookOptions): JsonValue {
  const xml = xmlFormatOf(options);
  if (xml !== undefined) return xmlAsJson(readXml(body), xml);
  const root = readJson(body);
  if (!isJsonObject(root)) throw new IntakeRejection('malformed', 'not-an-object', 'The body has to be a JSON object.', '');
  return root;
}
