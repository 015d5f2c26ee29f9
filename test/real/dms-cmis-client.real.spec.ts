// SPDX-License-Identifier: EUPL-1.2
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { CmisSimulator, TRADE_ARCHIVE } from '@amtsbote/adapters/dms-cmis/simulator';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { ROOT } from '../architecture/tree.js';

const run = promisify(execFile);
/** As the registry published it, once and for all. */
const INTEGRITY = 'PtoV5L/aIEnPkLITfQ5aSoslu+iEWZzbSka73zNbpkGNAy6kmyJmaoXJpuLgZrOfSf9uiHmLSGM4oFPLlZdQjw==';

interface Answer {
  readonly succinctProperties: Readonly<Record<string, unknown>>;
}
interface Refused {
  readonly status: number;
  readonly body: { readonly exception: string };
}
/** What somebody else's client understood. */
interface Session {
  readonly repository: Readonly<Record<string, { readonly repositoryId: string }>>;
  readonly types: readonly string[];
  readonly descendants: readonly string[];
  readonly definition: object;
  readonly folder: Answer;
  readonly document: Answer;
  readonly byPath: Answer;
  readonly children: { readonly objects: readonly { readonly object: Answer }[] };
  readonly content: string;
  readonly query: { readonly results: readonly Answer[] };
  readonly updated: Answer;
  readonly taken: Refused;
  readonly illegal: Refused;
  readonly unknownType: Refused;
  readonly missing: Refused;
  readonly whileCheckedOut: Answer;
  readonly checkedIn: Answer;
  readonly deleted: { readonly status: number };
  readonly afterwards: number;
}

/**
 * The simulator and the adapter were written by the same hands; this client was not. It is fetched when the test runs and never installed:
 * it has not been kept since 2020, and its dependencies have known holes.
 */
describe('the simulated repository, for an independent client (CmisJS 1.0.3)', () => {
  const directory = mkdtempSync(join(tmpdir(), 'amtsbote-cmisjs-'));
  const cmis = new CmisSimulator();
  let session: Session;

  beforeAll(async () => {
    await cmis.start();
    await run('npm', ['pack', 'cmis@1.0.3', '--pack-destination', directory], { cwd: directory });
    const archive = join(directory, 'cmis-1.0.3.tgz');
    expect(createHash('sha512').update(readFileSync(archive)).digest('base64')).toBe(INTEGRITY);
    await run('tar', ['-xzf', archive, '-C', directory]);
    const script = join(ROOT, 'test/support/real/cmisjs.mjs');
    const bundle = join(directory, 'package/dist/cmis.bundle.js');
    const { stdout } = await run(process.execPath, [script, bundle, cmis.baseUrl, TRADE_ARCHIVE.username, TRADE_ARCHIVE.password]);
    session = JSON.parse(stdout) as Session;
  }, 120_000);
  afterAll(async () => {
    await cmis.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('describes itself and its types', () => {
    expect(session.repository['A1']).toMatchObject({ repositoryId: 'A1', cmisVersionSupported: '1.1' });
    expect(session.types).toEqual(['town:akte', 'town:vorgang']);
    expect(session.descendants).toEqual(['town:dokument', 'town:ablage']);
    expect(session.definition).toMatchObject({ propertyType: 'string', cardinality: 'single', maxLength: 250 });
  });

  it('creates a folder and a document, umlauts and all', () => {
    expect(session.folder.succinctProperties).toMatchObject({
      'cmis:name': 'Antrag Müller 2025-001',
      'cmis:path': '/Antrag Müller 2025-001',
    });
    expect(session.document.succinctProperties).toMatchObject({
      'cmis:name': 'Übersicht.txt',
      'cmis:contentStreamLength': Buffer.byteLength('Grüße aus der Ablage'),
      'town:amtsboteKey': "O'Neill \\ Söhne",
    });
    // The client writes the name into the header of the part: mangled there, as by the real server.
    expect(session.document.succinctProperties['cmis:contentStreamFileName']).toBe('Ã\u009cbersicht.txt');
  });

  it('finds them by path, in their folder and by an escaped query, and gives the content back', () => {
    const id = session.document.succinctProperties['cmis:objectId'];
    expect(session.byPath.succinctProperties['cmis:objectId']).toBe(id);
    expect(session.children.objects.map(({ object }) => object.succinctProperties['cmis:objectId'])).toEqual([id]);
    expect(session.query.results).toEqual([{ succinctProperties: { 'cmis:objectId': id, 'cmis:name': 'Übersicht.txt' } }]);
    expect(session.content).toBe('Grüße aus der Ablage');
  });

  it('says no as the standard says it', () => {
    const { taken, illegal, unknownType, missing } = session;
    expect([taken, illegal, unknownType, missing].map(({ status, body }) => `${status} ${body.exception}`)).toEqual([
      '409 nameConstraintViolation',
      '400 invalidArgument',
      '404 objectNotFound',
      '404 objectNotFound',
    ]);
  });

  it('updates, checks out, checks in and deletes', () => {
    expect(session.updated.succinctProperties['town:dokumentart']).toBe('Größe');
    expect(session.whileCheckedOut.succinctProperties['cmis:isVersionSeriesCheckedOut']).toBe(true);
    expect(session.checkedIn.succinctProperties).toMatchObject({ 'cmis:isLatestVersion': true, 'cmis:isVersionSeriesCheckedOut': false });
    expect([session.deleted.status, session.afterwards]).toEqual([200, 0]);
  });
});
