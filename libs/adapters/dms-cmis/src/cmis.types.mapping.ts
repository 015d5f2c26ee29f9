// SPDX-License-Identifier: EUPL-1.2
import { Unfit } from './cmis.errors.js';
import type { CmisOptions } from './cmis.options.js';
import type { PropertyDefinition, TypeDefinition } from './cmis.wire.js';

/** Akte, Vorgang or document. */
export type Role = 'akte' | 'vorgang' | 'document';

/** What is configured for one of them, as far as types are concerned. */
export type TargetOptions = Pick<CmisOptions['vorgang'], 'type' | 'secondaryTypes' | 'keyProperty' | 'properties'>;

/** A configured type as the repository has it, with what its secondary types add. */
export interface TargetType {
  readonly role: Role;
  readonly options: TargetOptions;
  readonly definition: TypeDefinition;
  readonly properties: ReadonlyMap<string, PropertyDefinition>;
  /** How the key property is called in queries; absent when it cannot be searched for in this type. */
  readonly keyQueryName?: string;
}

/** Set by the adapter or the repository, not by the mapping. */
const OWN = new Set(['cmis:name', 'cmis:objectTypeId', 'cmis:secondaryObjectTypeIds']);
const SETTABLE = new Set(['readwrite', 'oncreate', 'whencheckedout', undefined, null]);

/**
 * Puts a type together and compares it with the configuration. Pure.
 * @throws Unfit, kind `misconfigured`, with the type or property that does not fit.
 */
export function targetType(
  role: Role,
  options: TargetOptions,
  definition: TypeDefinition,
  secondary: readonly TypeDefinition[],
): TargetType {
  const baseId = role === 'document' ? 'cmis:document' : 'cmis:folder';
  if (definition.baseId !== baseId) throw unfit('wrong-base-type', `${definition.id} is a ${definition.baseId}, expected a ${baseId}`);
  if (definition.creatable === false) throw unfit('type-not-creatable', `${definition.id} is a type of which nothing can be created`);
  if (role === 'document' && definition.contentStreamAllowed === 'notallowed') {
    throw unfit('content-not-allowed', `${definition.id} is a type without content`);
  }
  for (const { id, baseId: base } of secondary) {
    if (base !== 'cmis:secondary') throw unfit('wrong-base-type', `${id} is a ${base}, expected a cmis:secondary`);
  }
  const properties = new Map<string, PropertyDefinition>();
  for (const { propertyDefinitions } of [...secondary, definition]) {
    for (const [id, property] of Object.entries(propertyDefinitions ?? {})) properties.set(id, property);
  }
  if (secondary.length > 0 && !properties.has('cmis:secondaryObjectTypeIds')) {
    throw unfit('unknown-property', `${definition.id} takes no secondary types`, 'dmsProperty');
  }
  checkProperties(definition.id, options, properties);
  const keyQueryName = queryNameOf(definition, options.keyProperty);
  return { role, options, definition, properties, ...(keyQueryName === undefined ? {} : { keyQueryName }) };
}

function checkProperties(type: string, { keyProperty, properties: mapping }: TargetOptions, properties: TargetType['properties']): void {
  const wanted = [...(keyProperty === undefined ? [] : [keyProperty]), ...Object.keys(mapping)];
  for (const id of wanted) {
    const definition = properties.get(id);
    if (definition === undefined) throw unfit('unknown-property', `${type} has no property ${id}`, 'dmsProperty');
    if (!SETTABLE.has(definition.updatability)) throw unfit('property-read-only', `${id} of ${type} cannot be set`, 'dmsProperty');
  }
  const key = keyProperty === undefined ? undefined : properties.get(keyProperty);
  if (key !== undefined && (key.cardinality !== 'single' || (key.propertyType !== 'string' && key.propertyType !== 'id'))) {
    throw unfit('key-property-unfit', `${key.id} of ${type} does not take one text, as a key needs`, 'dmsProperty');
  }
  const missing = [...properties.values()].filter(({ id, required, defaultValue, updatability }) => {
    const isSet = wanted.includes(id) || OWN.has(id) || !SETTABLE.has(updatability) || hasDefault(defaultValue);
    return required === true && !isSet;
  });
  if (missing.length > 0) {
    throw unfit(
      'required-property-unmapped',
      `${type} requires ${missing.map(({ id }) => id).join(', ')}, and nothing is mapped`,
      'dmsProperty',
    );
  }
}

/** True when the repository sets a value itself where none is given. */
export function hasDefault(value: unknown): boolean {
  return value != null && !(Array.isArray(value) && value.length === 0);
}

/** Properties of secondary types can be searched for with a join only, which few repositories have: their folders are looked through. */
function queryNameOf({ queryable, queryName, propertyDefinitions }: TypeDefinition, keyProperty: string | undefined): string | undefined {
  const key = keyProperty === undefined ? undefined : propertyDefinitions?.[keyProperty];
  if (queryable === false || queryName == null || key?.queryable === false) return undefined;
  return key?.queryName ?? undefined;
}

function unfit(code: string, message: string, hintKey = 'dmsType'): Unfit {
  return new Unfit('misconfigured', code, message, hintKey);
}
