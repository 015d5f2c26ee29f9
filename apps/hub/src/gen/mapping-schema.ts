// SPDX-License-Identifier: EUPL-1.2
import { FormMapping, MAPPING_VERSION } from '@amtsbote/adapter-kit';
import { z } from 'zod';

import type { GeneratedFile } from './generators.js';

/** JSON Schema of the mapping language, for editors and for mappings that are kept in files of their own. The hub checks expressions besides. */
export function mappingSchema(): GeneratedFile[] {
  const { $schema, ...mapping } = z.toJSONSchema(FormMapping, { target: 'draft-2020-12', io: 'input', unrepresentable: 'any' });
  const $id = `urn:amtsbote:schema:form-mapping:${MAPPING_VERSION}`;
  const named = { $schema, $id, title: `Mapping of submissions, version ${MAPPING_VERSION}`, ...mapping };
  return [{ path: `schemas/form-mapping-${MAPPING_VERSION}.schema.json`, content: `${JSON.stringify(named, null, 2)}\n` }];
}
