// SPDX-License-Identifier: EUPL-1.2
import { dmsContract, type DmsContractTarget, type DmsFault, type Fault, type FaultRule } from '@amtsbote/adapter-kit/testing';
import { SftpDmsSimulator } from '@amtsbote/adapters/dms-sftp/simulator';
import { seededRandomness, systemClock } from '@amtsbote/platform';

import { adapter } from './index.js';

const [USERNAME, PASSWORD] = ['amtsbote', 'sftp-secret-1'];
const environment = { clock: systemClock, randomness: seededRandomness(1), instance: 'gewerbe-dms' };
/** What is seen by others; parts under way are written again by the next attempt. */
const WRITE = /^(MKDIR|RENAME) /;
/** Longer than any test waits. */
const HANGS_MS = 5_000;

async function start(verify: 'length' | 'content'): Promise<DmsContractTarget> {
  const sftp = await new SftpDmsSimulator(USERNAME, PASSWORD).start();
  const options = {
    ...{ host: '127.0.0.1', port: sftp.port, username: USERNAME, password: PASSWORD, hostKeys: [sftp.hostKey], directory: sftp.directory },
    akte: { folder: '"Gewerbeakte " + application.tenant' },
    vorgang: {
      folder: 'application.reference + " " + application.id',
      properties: { vorgangsnummer: 'application.reference', leistung: 'application.publicService.name' },
    },
    verify,
  };
  const misbehave = (fault: DmsFault, at?: { readonly write: number }): void => {
    if (fault === 'refuses') sftp.isBeaten = true;
    else if (fault === 'storesShort') sftp.storesShort = true;
    else if (fault !== 'cannotTell') for (const rule of rules(fault === 'hangs' ? 'slow' : fault, at)) sftp.fail(rule);
  };
  return {
    port: () => adapter.create(adapter.options.parse(options), environment),
    contents: () => sftp.contents(),
    misbehave,
    heal: () => {
      sftp.heal();
      sftp.behaves();
    },
    stop: () => sftp.stop(),
  };
}

/** The writes before the struck one pass through a pause of nothing. */
function rules(fault: Fault, at: { readonly write: number } | undefined): FaultRule[] {
  const rule = { fault, slowMs: HANGS_MS };
  if (at === undefined) return [rule];
  const struck = { ...rule, times: 1, match: WRITE };
  return at.write === 1 ? [struck] : [{ fault: 'slow', slowMs: 0, times: at.write - 1, match: WRITE }, struck];
}

dmsContract({
  adapter: 'dms-sftp',
  vorgangProperties: ({ reference }) => ({ vorgangsnummer: reference, leistung: 'Gewerbeanmeldung' }),
  secrets: [PASSWORD],
  keepsNoVersions: 'a folder keeps one content per name: what is newer lies in a folder of its own, the older stays',
  impossible: {
    cannotTell: 'a path leads to one file or to none: the server always knows',
    throttled: 'SFTP has no word for "come back later": a busy server refuses the connection',
  },
  start: () => start('content'),
});
