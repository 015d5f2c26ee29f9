// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

import { ADAPTERS } from '../adapters.generated.js';
import { HubConfig } from '../config/hub-config.js';
import type { GeneratedFile } from './generators.js';

type Json = Record<string, unknown>;

/**
 * JSON Schema of what an operator writes, for editors and reviews; under `$defs` the options of every adapter by its type. The hub itself
 * checks more: references between parts, expressions, pairs of times.
 */
export function configSchema(): GeneratedFile[] {
  const { $schema, ...hub } = inputSchemaOf(HubConfig);
  const named = { $schema, $id: 'urn:amtsbote:schema:config', title: 'Configuration of an Amtsbote hub', ...hub, $defs: optionsByType() };
  return [{ path: 'schemas/config.schema.json', content: `${JSON.stringify(named, null, 2)}\n` }];
}

function optionsByType(): Json {
  const types = [...ADAPTERS].sort((a, b) => (a.type < b.type ? -1 : 1));
  return Object.fromEntries(
    types.map((adapter) => {
      const { $schema: _same, ...options } = inputSchemaOf(adapter.options);
      return [adapter.type, { title: adapter.title, ...moved(options, adapter.type) }];
    }),
  );
}

/** References of a schema that now stands under `$defs`. */
function moved(schema: Json, type: string): Json {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', `"#/$defs/${type}/$defs/`)) as Json;
}

/** As it is written in the file: before defaults are filled in and texts are transformed. */
function inputSchemaOf(schema: z.ZodType): Json {
  return z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input', unrepresentable: 'any', reused: 'inline' });
}
