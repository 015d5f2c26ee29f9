// SPDX-License-Identifier: EUPL-1.2
import type { SimulatedArchive, SimulatedProperty, SimulatedType } from './archive.js';

/** A refusal in CMIS' words. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly status: number,
    readonly exception: string,
    message = exception,
  ) {
    super(message);
  }
}

const readonly = (id: string, propertyType: SimulatedProperty['propertyType'] = 'string'): SimulatedProperty => ({
  id,
  propertyType,
  updatability: 'readonly',
});
const EVERY: readonly SimulatedProperty[] = [
  { id: 'cmis:name', required: true },
  { id: 'cmis:objectTypeId', propertyType: 'id', required: true, updatability: 'oncreate' },
  { id: 'cmis:description' },
  { id: 'cmis:secondaryObjectTypeIds', propertyType: 'id', cardinality: 'multi' },
  ...['cmis:objectId', 'cmis:baseTypeId'].map((id) => readonly(id, 'id')),
  ...['cmis:createdBy', 'cmis:lastModifiedBy', 'cmis:changeToken'].map((id) => readonly(id)),
  ...['cmis:creationDate', 'cmis:lastModificationDate'].map((id) => readonly(id, 'datetime')),
];
const OF_FOLDERS: readonly SimulatedProperty[] = [
  readonly('cmis:parentId', 'id'),
  readonly('cmis:path'),
  { ...readonly('cmis:allowedChildObjectTypeIds', 'id'), cardinality: 'multi' },
];
const OF_DOCUMENTS: readonly SimulatedProperty[] = [
  ...['cmis:isImmutable', 'cmis:isLatestVersion', 'cmis:isMajorVersion', 'cmis:isLatestMajorVersion'].map((id) => readonly(id, 'boolean')),
  ...['cmis:isPrivateWorkingCopy', 'cmis:isVersionSeriesCheckedOut'].map((id) => readonly(id, 'boolean')),
  ...['cmis:versionSeriesId', 'cmis:versionSeriesCheckedOutId', 'cmis:contentStreamId'].map((id) => readonly(id, 'id')),
  ...['cmis:versionLabel', 'cmis:versionSeriesCheckedOutBy', 'cmis:checkinComment'].map((id) => readonly(id)),
  ...['cmis:contentStreamFileName', 'cmis:contentStreamMimeType'].map((id) => readonly(id)),
  readonly('cmis:contentStreamLength', 'integer'),
];
const BASES: readonly SimulatedType[] = [
  { id: 'cmis:folder', parentId: '', properties: [...EVERY, ...OF_FOLDERS] },
  { id: 'cmis:document', parentId: '', properties: [...EVERY, ...OF_DOCUMENTS] },
  { id: 'cmis:secondary', parentId: '', properties: [], creatable: false },
];

/** The types of an archive with what they inherit. */
export class Types {
  private readonly byId: ReadonlyMap<string, SimulatedType>;

  constructor(archive: SimulatedArchive) {
    this.byId = new Map([...BASES, ...archive.types].map((type) => [type.id, type]));
  }

  /** @throws Refusal 404 objectNotFound */
  get(id: string): SimulatedType {
    const type = this.byId.get(id);
    if (type === undefined) throw new Refusal(404, 'objectNotFound', 'unknown type');
    return type;
  }
  baseOf(id: string): string {
    const { parentId } = this.get(id);
    return parentId === '' ? id : this.baseOf(parentId);
  }
  isA(id: string, ancestor: string): boolean {
    const { parentId } = this.get(id);
    return id === ancestor || (parentId !== '' && this.isA(parentId, ancestor));
  }
  properties(id: string): SimulatedProperty[] {
    const { parentId, properties } = this.get(id);
    return [...(parentId === '' ? [] : this.properties(parentId)), ...properties];
  }
  /** Types directly below one, or the base types. */
  children(id: string | undefined): SimulatedType[] {
    return [...this.byId.values()].filter(({ parentId }) => parentId === (id ?? ''));
  }

  /** Answer of `typeDefinition`. */
  definition(id: string, withProperties = true): Record<string, unknown> {
    const { parentId, versionable = false, creatable = true } = this.get(id);
    const baseId = this.baseOf(id);
    return {
      ...{ id, localName: id, localNamespace: 'local', displayName: id, queryName: id, description: id, baseId },
      ...(parentId === '' ? {} : { parentId }),
      ...{ creatable, fileable: true, queryable: true, fulltextIndexed: false, includedInSupertypeQuery: true },
      ...{ controllablePolicy: false, controllableACL: true, typeMutability: { create: true, update: false, delete: false } },
      ...(baseId === 'cmis:document' ? { versionable, contentStreamAllowed: 'allowed' } : {}),
      ...(withProperties
        ? {
            propertyDefinitions: Object.fromEntries(this.properties(id).map((property) => [property.id, definitionOf(property, parentId)])),
          }
        : {}),
    };
  }
  /** Answer of `typeDescendants`. */
  descendants(id: string | undefined): Record<string, unknown>[] {
    return this.children(id).map((type) => {
      const children = this.descendants(type.id);
      return { type: this.definition(type.id, false), ...(children.length === 0 ? {} : { children }) };
    });
  }
}

function definitionOf(property: SimulatedProperty, parentId: string): Record<string, unknown> {
  const { id, propertyType = 'string', cardinality = 'single', updatability = 'readwrite', required = false, queryable = true } = property;
  return {
    ...{ id, localName: id, displayName: id, queryName: id, description: id, propertyType, cardinality, updatability },
    ...{ inherited: parentId !== '', required, queryable, orderable: true, openChoice: false },
    ...(property.maxLength === undefined ? {} : { maxLength: property.maxLength }),
    ...(property.choices === undefined ? {} : { choice: property.choices.map((value) => ({ displayName: value, value: [value] })) }),
  };
}
