// SPDX-License-Identifier: EUPL-1.2
import { dmsContract, type DmsContractTarget, type DmsFault, type Fault } from '@amtsbote/adapter-kit/testing';
import { adapter } from '@amtsbote/adapters/dms-cmis';
import {
  CmisSimulator,
  NAMED_ARCHIVE,
  type SimulatedArchive,
  TRADE_ARCHIVE,
  tradeArchiveOptions,
} from '@amtsbote/adapters/dms-cmis/simulator';
import { seededRandomness, systemClock } from '@amtsbote/platform';

const environment = { clock: systemClock, randomness: seededRandomness(1), instance: 'cmis' };
const WRITE = /^POST .*\/root/;
/** Longer than any test waits. */
const HANGS_MS = 5_000;

async function start(archive: SimulatedArchive): Promise<DmsContractTarget> {
  const cmis = await new CmisSimulator(archive).start();
  const misbehave = (fault: DmsFault, at?: { readonly write: number }): void => {
    if (fault === 'refuses') cmis.repository.closed = true;
    else if (fault === 'storesShort') cmis.storesShort = true;
    else if (fault === 'cannotTell') cmis.repository.copy([...cmis.repository.objects.keys()].at(-1) ?? '');
    else strike(fault === 'hangs' ? 'slow' : fault, at);
  };
  const strike = (fault: Fault, at?: { readonly write: number }): void => {
    if (at !== undefined && at.write > 1) cmis.fail({ fault: 'slow', slowMs: 0, times: at.write - 1, match: WRITE });
    cmis.fail({ fault, slowMs: HANGS_MS, retryAfterS: 2, ...(at === undefined ? {} : { times: 1, match: WRITE }) });
  };
  return {
    port: () => adapter.create(adapter.options.parse(tradeArchiveOptions(cmis.baseUrl, archive)), environment),
    contents: () => cmis.contents(),
    misbehave,
    heal: () => {
      cmis.heal();
      cmis.repository.closed = false;
      cmis.storesShort = false;
    },
    stop: () => cmis.stop(),
  };
}

const fixture = {
  adapter: 'dms-cmis',
  vorgangProperties: ({ reference, receivedAt }: { reference: string; receivedAt: string }) => ({
    'town:vorgangsnummer': reference,
    'town:eingang': String(Date.parse(receivedAt)),
    'town:leistung': 'Gewerbeanmeldung',
    'town:leika': '99050012104000',
    'town:formularname': 'Gewerbeanmeldung',
  }),
  secrets: [TRADE_ARCHIVE.password, Buffer.from(`${TRADE_ARCHIVE.username}:${TRADE_ARCHIVE.password}`).toString('base64')],
};

// Found by query, documents with versions.
dmsContract({ ...fixture, start: () => start(TRADE_ARCHIVE) });

// The same promises where nothing can be searched for, and folders are looked through.
dmsContract({ ...fixture, start: () => start({ ...TRADE_ARCHIVE, query: 'fulltextonly' }) });

// And where nothing but names tells objects apart, and documents have no versions.
dmsContract({
  ...fixture,
  start: () => start(NAMED_ARCHIVE),
  impossible: { cannotTell: 'a name is unique in its folder, so there is never more than one candidate' },
});
