// SPDX-License-Identifier: EUPL-1.2
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { type ApplicationDraft, IntakeRejection } from '@amtsbote/adapter-kit';
import { ConfigError, finding } from '@amtsbote/platform';
import { Injectable } from '@nestjs/common';

import type { DataSchemaConfig } from '../../config/endpoint-config.js';
import { House } from '../../house/tokens.js';
import { xdatenfelderSchema } from './conformance.js';
import { type DataSchema, SchemaUnreadable, type SchemaViolation } from './data-schema.js';
import { jsonSchema } from './json-schema.js';
import { readXdatenfelder } from './xdatenfelder.js';

/** Largest schema file; the largest of FIM have a few megabytes. */
const FILE_BYTES_MAX = 32 * 1_024 * 1_024;

/** What a form is bound to. */
interface Bound {
  readonly config: DataSchemaConfig;
  readonly schema: DataSchema;
}

/** How a submission fits the schema of its form. */
export interface Judgement {
  readonly schema: string;
  readonly policy: DataSchemaConfig['onViolation'];
  readonly violations: readonly SchemaViolation[];
}

/** The schemas that forms are bound to, read when the hub starts: one that cannot be read stops it. */
@Injectable()
export class DataSchemas {
  private readonly byEndpoint: ReadonlyMap<string, readonly Bound[]>;

  /** @throws ConfigError */
  constructor({ loaded: { config, source } }: House) {
    this.byEndpoint = new Map(
      Object.entries(config.endpoints).map(([name, { dataSchemas }]) => [
        name,
        dataSchemas.map((schemaConfig, index): Bound => {
          try {
            return { config: schemaConfig, schema: read(schemaConfig, resolve(dirname(source.file), schemaConfig.file)) };
          } catch (error) {
            if (!(error instanceof SchemaUnreadable)) throw error;
            throw new ConfigError(source.file, [finding(source, ['endpoints', name, 'dataSchemas', index, 'file'], error.message)]);
          }
        }),
      ]),
    );
  }

  /** @returns `undefined` for a form that is bound to no schema. */
  judge(endpoint: string, { form, formId = '', formVersion = '' }: Pick<ApplicationDraft, 'form' | 'formId' | 'formVersion'>): Judgement | undefined {
    const bound = this.byEndpoint.get(endpoint)?.find(
      ({ config: { formIds, formVersions } }) => (formIds?.includes(formId) ?? true) && (formVersions?.includes(formVersion) ?? true),
    );
    if (bound === undefined) return undefined;
    return { schema: bound.schema.id, policy: bound.config.onViolation, violations: bound.schema.violationsOf(form) };
  }
}

/** @throws IntakeRejection `untranslatable`, code `schema-violated`, when the policy is to reject. */
export function refuseViolations(judgement: Judgement | undefined): void {
  const [first] = judgement?.violations ?? [];
  if (judgement === undefined || judgement.policy !== 'reject' || first === undefined) return;
  const { schema, violations } = judgement;
  const named = violations.slice(0, 5).map(({ path, rule }) => `${path}: ${rule}`);
  const more = violations.length > named.length ? `, and ${violations.length - named.length} more` : '';
  throw new IntakeRejection('untranslatable', 'schema-violated', `Does not fit the schema ${schema}: ${named.join(', ')}${more}.`, first.path);
}

function read({ kind, names }: DataSchemaConfig, file: string): DataSchema {
  const bytes = bytesOf(file);
  return kind === 'json-schema' ? jsonSchema(bytes) : xdatenfelderSchema(readXdatenfelder(bytes), names);
}

function bytesOf(file: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch {
    throw new SchemaUnreadable('expects a file that can be read');
  }
  if (bytes.length > FILE_BYTES_MAX) throw new SchemaUnreadable(`expects a file of at most ${FILE_BYTES_MAX} bytes`);
  return bytes;
}
