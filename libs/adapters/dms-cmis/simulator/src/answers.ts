// SPDX-License-Identifier: EUPL-1.2
import type { SimulatedAnswer } from '@amtsbote/adapter-kit/testing';

import type { Repository, StoredObject, Value } from './repository.js';
import type { Refusal } from './types.js';

/** JSON as OpenCMIS writes it: every slash escaped, and with members of its own that nobody asked for. */
export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): SimulatedAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json;charset=utf-8', 'cache-control': 'private, max-age=0', ...headers },
    body: JSON.stringify(body).replaceAll('/', '\\/'),
  };
}

/** Answer of what has nothing to say: 200 with an empty page. */
export const EMPTY: SimulatedAnswer = { status: 200, headers: { 'content-type': 'text/html', 'content-length': '0' }, body: '' };

export function refused({ status, exception, message }: Refusal): SimulatedAnswer {
  return json(status, { exception, message });
}

/** An object as it is answered, succinct or at length. */
export function described(repository: Repository, object: StoredObject, succinct: boolean, actions = false): Record<string, unknown> {
  const values = propertiesOf(repository, object);
  const properties = succinct
    ? { succinctProperties: values }
    : { properties: Object.fromEntries(Object.entries(values).map(([id, value]) => [id, { id, localName: id, queryName: id, value }])) };
  return {
    ...properties,
    ...(actions ? { allowableActions: allowableActions(repository, object) } : {}),
    exactACL: true,
    extension: { unknown: 'members are to be ignored' },
  };
}

/** Everything a repository says of an object; what has no value is null, not absent. */
export function propertiesOf(repository: Repository, object: StoredObject): Record<string, Value> {
  const { id, typeId, created, changeToken, properties } = object;
  const declared = repository.types.properties(typeId).map((property): [string, Value] => [property.id, null]);
  const own = [...properties].filter(([name]) => !name.startsWith('sim:'));
  const base = repository.types.baseOf(typeId);
  return {
    ...Object.fromEntries(declared),
    ...Object.fromEntries(own),
    ...{ 'cmis:objectId': id, 'cmis:objectTypeId': typeId, 'cmis:baseTypeId': base, 'cmis:changeToken': String(changeToken) },
    ...{ 'cmis:createdBy': 'amtsbote', 'cmis:lastModifiedBy': 'amtsbote', 'cmis:creationDate': created },
    'cmis:lastModificationDate': changeToken,
    ...(base === 'cmis:folder' ? ofFolder(repository, object) : ofDocument(repository, object)),
  };
}

function ofFolder(repository: Repository, object: StoredObject): Record<string, Value> {
  return { 'cmis:parentId': object.parentId, 'cmis:path': repository.pathOf(object), 'cmis:allowedChildObjectTypeIds': null };
}

function ofDocument(repository: Repository, object: StoredObject): Record<string, Value> {
  const { content, isMajor, isWorkingCopy, seriesId } = object;
  const copy = repository.workingCopyOf(seriesId);
  const isLatest = repository.isLatest(object);
  return {
    ...{ 'cmis:contentStreamFileName': content === undefined ? null : (content.fileName ?? null), 'cmis:contentStreamId': null },
    ...{ 'cmis:contentStreamMimeType': content?.mediaType ?? null, 'cmis:contentStreamLength': content?.length ?? null },
    ...{ 'cmis:isImmutable': false, 'cmis:isLatestVersion': isLatest, 'cmis:isMajorVersion': isMajor },
    ...{ 'cmis:isLatestMajorVersion': isLatest && isMajor, 'cmis:isPrivateWorkingCopy': isWorkingCopy },
    ...{ 'cmis:isVersionSeriesCheckedOut': copy !== undefined, 'cmis:versionSeriesId': seriesId },
    'cmis:versionSeriesCheckedOutBy': copy?.properties.get('sim:checkedOutBy') ?? null,
    'cmis:versionSeriesCheckedOutId': copy?.id ?? null,
    ...{ 'cmis:versionLabel': null, 'cmis:checkinComment': null },
  };
}

/** What may be done with an object. */
export function allowableActions(repository: Repository, object: StoredObject): Record<string, boolean> {
  const mayWrite = !repository.forbidden.has(object.id);
  const isFolder = repository.types.baseOf(object.typeId) === 'cmis:folder';
  return {
    canGetProperties: true,
    canUpdateProperties: mayWrite,
    ...(isFolder
      ? { canGetChildren: true, canCreateDocument: mayWrite, canCreateFolder: mayWrite }
      : { canGetContentStream: object.content !== undefined, canSetContentStream: mayWrite, canCheckOut: mayWrite }),
  };
}

/** Answer of the service document and of `repositoryInfo`. */
export function repositoryInfo(repository: Repository, origin: string, path: string): Record<string, unknown> {
  const { repositoryId, query } = repository.archive;
  const address = `${origin}${path}/${encodeURIComponent(repositoryId)}`;
  return {
    ...{ repositoryId, repositoryName: 'Archiv', repositoryDescription: '', vendorName: 'Amtsbote', productName: 'simulated CMIS' },
    ...{ productVersion: '1', rootFolderId: repository.rootId, latestChangeLogToken: `token-${repository.changes}` },
    capabilities: {
      ...{ capabilityContentStreamUpdatability: 'anytime', capabilityChanges: 'objectidsonly', capabilityRenditions: 'read' },
      ...{ capabilityGetDescendants: true, capabilityGetFolderTree: true, capabilityMultifiling: true, capabilityUnfiling: true },
      ...{ capabilityVersionSpecificFiling: false, capabilityPWCSearchable: false, capabilityPWCUpdatable: true },
      ...{ capabilityAllVersionsSearchable: false, capabilityOrderBy: 'common', capabilityQuery: query, capabilityJoin: 'none' },
      ...{ capabilityACL: 'manage', capabilityNewTypeSettableAttributes: { id: true, queryName: true } },
      capabilityCreatablePropertyTypes: { canCreate: ['decimal', 'boolean', 'html', 'uri', 'id', 'string', 'datetime', 'integer'] },
    },
    aclCapabilities: { supportedPermissions: 'basic', propagation: 'objectonly', permissions: [], permissionMapping: [] },
    ...{ cmisVersionSupported: '1.1', thinClientURI: '', changesIncomplete: true, changesOnType: [] },
    ...{ principalIdAnonymous: 'anonymous', principalIdAnyone: 'anyone', extendedFeatures: [] },
    ...{ repositoryUrl: address, rootFolderUrl: `${address}/root` },
  };
}
