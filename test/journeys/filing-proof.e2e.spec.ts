// SPDX-License-Identifier: EUPL-1.2
import { SftpDmsSimulator } from '@amtsbote/adapters/dms-sftp/simulator';
import type { ApplicationSummary } from '@amtsbote/ops-api';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { eventually } from './support/eventually.js';
import { OpsClient } from './support/ops-client.js';
import { proofConfig } from './support/proof-config.js';
import { type RunningTown, startTown } from './support/running-town.js';
import { Citizens } from './support/two-towns.js';

describe('a filing whose documents are read back', () => {
  let sftp: SftpDmsSimulator;
  let running: RunningTown;
  let admin: OpsClient;
  let citizens: Citizens;

  beforeAll(async () => {
    sftp = await new SftpDmsSimulator('amtsbote', 'sftp-secret-1').start();
    running = await startTown({ configFile: await proofConfig(sftp), officeOpen: false });
    const { hub, town } = running;
    admin = new OpsClient(hub.url, town.secrets.HUB_OPS_TOKEN);
    citizens = new Citizens(hub.url, town.secrets.TOWN_FORMS_TOKEN);
  });
  afterAll(async () => {
    await running.stop();
    await sftp.stop();
  });

  async function progresses(submissionId: string, progress: string): Promise<ApplicationSummary> {
    await eventually(async () => expect((await admin.bySubmission(submissionId)).progress).toBe(progress));
    return admin.bySubmission(submissionId);
  }
  /** Digests of what lies in the one Vorgang of an application. */
  const lying = ({ reference }: ApplicationSummary): string[] =>
    sftp
      .contents()
      .akten.flatMap(({ vorgaenge }) => vorgaenge.filter(({ title }) => title === reference))
      .flatMap(({ documents }) => documents.map(({ sha512 }) => sha512))
      .toSorted();

  it('has the proof in its receipt: ids and digests as the DMS has them', async () => {
    const application = await progresses(await citizens.apply(), 'finished');
    const { receipt } = await admin.step(application.id, 'file');
    const { proof } = receipt as unknown as { proof: { readBackAt: string; documents: { id: string; sha512: string }[] } };
    expect(proof.documents.length).toBeGreaterThan(1);
    expect(proof.documents.map(({ sha512 }) => sha512).toSorted()).toEqual(lying(application));
  });

  it('is no success when the DMS holds other bytes of the same length: a person is asked, and it ends when they are mended', async () => {
    sftp.altersContent = true;
    const application = await progresses(await citizens.apply(), 'parked');
    const { id, failure } = await admin.step(application.id, 'file');
    expect(failure).toMatchObject({ kind: 'refused', code: 'filing/read-back-differs', hintKey: 'readBackDiffers' });
    sftp.behaves();
    await admin.call('POST', `/ops/steps/${id}/retry`, { reason: 'the disk was changed' });
    await progresses(application.submissionId, 'finished');
    const { receipt } = await admin.step(application.id, 'file');
    const { proof } = receipt as unknown as { proof: { documents: { sha512: string }[] } };
    expect(proof.documents.map(({ sha512 }) => sha512).toSorted()).toEqual(lying(application));
    expect(sftp.contents().strays).toBe(0);
  });
});
