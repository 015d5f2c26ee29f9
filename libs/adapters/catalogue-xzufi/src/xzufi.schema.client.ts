// SPDX-License-Identifier: EUPL-1.2
import { xsdSchema } from '@amtsbote/adapter-kit/xsd';

import { type BatchSchema, decoded, type SchemaCheck } from './xzufi.batch.client.js';
import { XmlFault } from './xzufi.limits.client.js';

/**
 * A check against a schema, whose files are all below one folder.
 * @throws SchemaError when a file of it is missing or is no schema.
 */
export async function schemaCheckOf(schema: BatchSchema): Promise<SchemaCheck> {
  const xsd = await xsdSchema(schema);
  const linesBefore = lineBreaks(schema.before);
  return (bytes) => {
    const violation = xsd.violationIn(schema.before + decoded(bytes) + schema.after);
    if (violation === undefined) return undefined;
    const line = violation.line === undefined ? undefined : Math.max(1, violation.line - linesBefore);
    return new XmlFault('schema-violated', `Not valid by the schema: ${violation.message}`, line);
  };
}

/** Loads a schema without using it. @throws SchemaError */
export async function checkSchema(schema: Pick<BatchSchema, 'folder' | 'entry'>): Promise<void> {
  await xsdSchema(schema);
}

function lineBreaks(text: string): number {
  return text.split('\n').length - 1;
}
