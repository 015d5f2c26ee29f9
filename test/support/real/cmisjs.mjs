// SPDX-License-Identifier: EUPL-1.2
import { readFileSync } from 'node:fs';

/**
 * A session of somebody else's CMIS client, CmisJS 1.0.3 (MIT, npm `cmis`), against the repository given by arguments: path of its bundle,
 * address, user, password. Prints what it understood of the answers as JSON.
 *
 * The bundle asks for four packages that fill gaps of old platforms, one of them with known holes, and none of them needed here: it is given
 * the platform's own instead, so that nothing of them is installed.
 */
const [bundle, address, user, password] = process.argv.slice(2);
const needs = { 'isomorphic-base64': { btoa } };
const module = { exports: {} };
new Function('module', 'exports', 'require', readFileSync(bundle, 'utf8'))(module, module.exports, (name) => needs[name] ?? {});
const { cmis } = module.exports;

const session = new cmis.CmisSession(address).setCredentials(user, password).setCharset('UTF-8');
/** The bundle puts strings into blobs and everything else into Buffers, which today's FormData does not take. */
const content = 'Grüße aus der Ablage';
const refusalOf = (call) =>
  call.then(
    () => 'succeeded',
    async (error) => ({ status: error.response?.status, body: await error.response?.json() }),
  );

await session.loadRepositories();
const root = session.defaultRepository.rootFolderId;
const folder = await session.createFolder(root, 'Antrag Müller 2025-001');
const folderId = folder.succinctProperties['cmis:objectId'];
const properties = { 'cmis:name': 'Übersicht.txt', 'cmis:objectTypeId': 'town:dokument', 'town:amtsboteKey': "O'Neill \\ Söhne" };
const document = await session.createDocument(folderId, content, properties, undefined, 'major');
const documentId = document.succinctProperties['cmis:objectId'];
const statement = "SELECT cmis:objectId, cmis:name FROM town:dokument WHERE town:amtsboteKey = 'O\\'Neill \\\\ Söhne'";
const result = {
  repository: await session.getRepositoryInfo(),
  types: (await session.getTypeChildren('cmis:folder')).types.map(({ id }) => id),
  descendants: (await session.getTypeDescendants('cmis:document')).map(({ type }) => type.id),
  definition: (await session.getTypeDefinition('town:dokument')).propertyDefinitions['town:amtsboteKey'],
  folder,
  document,
  byPath: await session.getObjectByPath('/Antrag Müller 2025-001/Übersicht.txt'),
  children: await session.getChildren(folderId),
  content: await (await session.getContentStream(documentId)).text(),
  query: await session.query(statement),
  updated: await session.updateProperties(documentId, { 'town:dokumentart': 'Größe' }),
  taken: await refusalOf(session.createFolder(root, 'Antrag Müller 2025-001')),
  illegal: await refusalOf(session.createFolder(root, 'a:b')),
  unknownType: await refusalOf(session.createFolder(root, 'x', 'town:nothing')),
  missing: await refusalOf(session.getObject('4711')),
};
const copy = await session.checkOut(documentId);
result.whileCheckedOut = await session.getObject(documentId);
result.checkedIn = await session.checkIn(
  copy.succinctProperties['cmis:objectId'],
  true,
  { 'cmis:name': 'Übersicht.txt' },
  'zweite Fassung',
);
result.deleted = { status: (await session.deleteObject(result.checkedIn.succinctProperties['cmis:objectId'])).status };
result.afterwards = (await session.getChildren(folderId)).numItems;
process.stdout.write(JSON.stringify(result));
