// SPDX-License-Identifier: EUPL-1.2
import { dmsContract, type DmsContractTarget, type DmsFault, type Fault } from '@amtsbote/adapter-kit/testing';
import { adapter } from '@amtsbote/adapters/dms-opentext';
import { OpentextSimulator, TRADE_SERVER, tradeServerOptions } from '@amtsbote/adapters/dms-opentext/simulator';
import { seededRandomness, systemClock } from '@amtsbote/platform';

const environment = { clock: systemClock, randomness: seededRandomness(1), instance: 'gewerbe-dms' };
const CREATION = /^POST .*\/api\/v2\/nodes$/;
/** Longer than any test waits. */
const HANGS_MS = 5_000;

async function start(): Promise<DmsContractTarget> {
  const opentext = await new OpentextSimulator().start();
  const misbehave = (fault: DmsFault, at?: { readonly write: number }): void => {
    if (fault === 'refuses') opentext.nodes.closed = true;
    else if (fault === 'storesShort') opentext.storesShort = true;
    else if (fault === 'cannotTell') opentext.nodes.copy([...opentext.nodes.all.keys()].at(-1) ?? -1);
    else {
      const wire: Fault = fault === 'hangs' ? 'slow' : fault;
      if (at !== undefined && at.write > 1) opentext.fail({ fault: 'slow', slowMs: 0, times: at.write - 1, match: CREATION });
      opentext.fail({ fault: wire, slowMs: HANGS_MS, retryAfterS: 2, ...(at === undefined ? {} : { times: 1, match: CREATION }) });
    }
  };
  return {
    port: () => adapter.create(adapter.options.parse(tradeServerOptions(opentext.baseUrl)), environment),
    contents: () => opentext.contents(),
    misbehave,
    heal: () => {
      opentext.heal();
      opentext.nodes.closed = false;
      opentext.storesShort = false;
    },
    stop: () => opentext.stop(),
  };
}

dmsContract({
  adapter: 'dms-opentext',
  start,
  vorgangProperties: ({ reference, receivedAt }) => ({
    '30100_2': reference,
    '30100_3': 'Gewerbeanmeldung',
    '30100_4': receivedAt,
    '30100_5': 'Gewerbeanmeldung',
  }),
  // What Content Server holds is not asked for yet.
  shows: 'nothing',
  secrets: [TRADE_SERVER.password, 'sim-ticket'],
});
