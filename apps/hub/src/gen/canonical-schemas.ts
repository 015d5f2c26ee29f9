// SPDX-License-Identifier: EUPL-1.2
import * as canonical from '@amtsbote/canonical';
import { Application, Decision, MessageEnvelope, MESSAGES, TYPE_PREFIX } from '@amtsbote/canonical';
import { z } from 'zod';

import type { GeneratedFile } from './generators.js';

type Json = Record<string, unknown>;

/** JSON Schema 2020-12 of the language that everybody speaks: messages, the application, the decision. */
export function canonicalSchemas(): GeneratedFile[] {
  return [
    file('messages', 'Messages on the bus (CloudEvents 1.0)', messages()),
    file('application', 'The canonical application', schemaOf(Application)),
    file('decision', 'The decision on an application', schemaOf(Decision)),
  ];
}

function file(name: string, title: string, schema: Json): GeneratedFile {
  const { $schema, ...rest } = schema;
  const named = { $schema, $id: `urn:amtsbote:schema:${name}`, title, ...rest };
  return { path: `schemas/${name}.schema.json`, content: `${JSON.stringify(named, null, 2)}\n` };
}

/** One branch per message, told apart by its type: the envelope with exactly this data. */
function messages(): Json {
  const branches = Object.entries(MESSAGES).map(([type, data]) =>
    MessageEnvelope.extend({ type: z.literal(`${TYPE_PREFIX}${type}`), data }),
  );
  return schemaOf(z.union(branches));
}

/** Exported schemas become definitions under their own names, so that a reader finds them again in the code. */
function schemaOf(schema: z.ZodType): Json {
  const names = z.registry<{ id: string }>();
  for (const [id, value] of Object.entries(canonical)) if (value instanceof z.ZodType && value !== schema) names.add(value, { id });
  return z.toJSONSchema(schema, { target: 'draft-2020-12', metadata: names });
}
