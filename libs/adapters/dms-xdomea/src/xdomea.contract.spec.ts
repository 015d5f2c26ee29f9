// SPDX-License-Identifier: EUPL-1.2
import { dmsContract, type DmsContractTarget, type DmsFault, type Fault, type FaultRule } from '@amtsbote/adapter-kit/testing';
import { XdomeaSimulator } from '@amtsbote/adapters/dms-xdomea/simulator';
import { seededRandomness, systemClock } from '@amtsbote/platform';

import { adapter } from './index.js';

const [USERNAME, PASSWORD] = ['amtsbote', 'sftp-secret-1'];
const environment = { clock: systemClock, randomness: seededRandomness(1), instance: 'gewerbe-dms' };
/** What the DMS sees; what is under way is written again by the next attempt. */
const WRITE = /^RENAME /;
/** Longer than any test waits. */
const HANGS_MS = 5_000;

async function start(version: '3.0.0' | '4.0.0'): Promise<DmsContractTarget> {
  const dms = await new XdomeaSimulator(USERNAME, PASSWORD).start();
  const server = { host: '127.0.0.1', port: dms.port, username: USERNAME, password: PASSWORD, hostKeys: [dms.hostKey] };
  const options = {
    version,
    drop: { type: 'sftp', ...server, directory: dms.directory },
    sender: { institution: 'Stadt Musterstadt', unit: 'Ordnungsamt' },
    receiver: { institution: 'Stadt Musterstadt' },
    akte: { key: 'application.tenant', title: '"Gewerbeakte " + application.tenant', plan: { number: '32.10', title: 'Gewerbe' } },
    vorgang: {
      title: '"Gewerbeanmeldung " + application.reference',
      properties: { vorgangsnummer: 'application.reference', leistung: 'application.publicService.name' },
    },
  };
  const misbehave = (fault: DmsFault, at?: { readonly write: number }): void => {
    if (fault === 'refuses') dms.isBeaten = true;
    else if (fault === 'storesShort') dms.storesShort = true;
    else if (fault !== 'cannotTell') for (const rule of rules(fault === 'hangs' ? 'slow' : fault, at)) dms.fail(rule);
  };
  return {
    port: () => adapter.create(adapter.options.parse(options), environment),
    contents: () => dms.contents(),
    misbehave,
    heal: () => {
      dms.heal();
      dms.behaves();
    },
    stop: () => dms.stop(),
  };
}

/** The writes before the struck one pass through a pause of nothing. */
function rules(fault: Fault, at: { readonly write: number } | undefined): FaultRule[] {
  const rule = { fault, slowMs: HANGS_MS };
  if (at === undefined) return [rule];
  const struck = { ...rule, times: 1, match: WRITE };
  return at.write === 1 ? [struck] : [{ fault: 'slow', slowMs: 0, times: at.write - 1, match: WRITE }, struck];
}

for (const version of ['3.0.0', '4.0.0'] as const)
  dmsContract({
    adapter: 'dms-xdomea',
    start: () => start(version),
    vorgangProperties: ({ reference }) => ({ vorgangsnummer: reference, leistung: 'Gewerbeanmeldung' }),
    writesMin: 1,
    shows: 'nothing',
    keepsNoVersions: 'a message cannot be taken back: what is newer goes as documents of their own in another message',
    secrets: [PASSWORD],
    impossible: {
      cannotTell: 'a message that was taken away is told by the memory of the effects, not by a search: see the adapter’s own spec',
      throttled: 'SFTP has no word for "come back later": a busy server refuses the connection',
    },
  });
