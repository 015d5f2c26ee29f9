// SPDX-License-Identifier: EUPL-1.2
import { dmsContract, type DmsContractTarget, type DmsFault, type Fault } from '@amtsbote/adapter-kit/testing';
import { adapter } from '@amtsbote/adapters/dms-dvelop';
import { DvelopSimulator, type SimulatedTown, TRADE_TOWN, tradeTownOptions } from '@amtsbote/adapters/dms-dvelop/simulator';
import { seededRandomness, systemClock } from '@amtsbote/platform';

const environment = { clock: systemClock, randomness: seededRandomness(1), instance: 'gewerbe-dms' };
const CREATION = /^POST .*\/o2m\/?(\?|$)/;
/** Longer than any test waits. */
const HANGS_MS = 5_000;

async function start(town: SimulatedTown): Promise<DmsContractTarget> {
  const dvelop = await new DvelopSimulator(town).start();
  const misbehave = (fault: DmsFault, at?: { readonly write: number }): void => {
    if (fault === 'refuses') dvelop.repository.closed = true;
    else if (fault === 'storesShort') dvelop.storesShort = true;
    else if (fault === 'cannotTell') dvelop.repository.copy([...dvelop.repository.objects.keys()].at(-1) ?? '');
    else {
      const wire: Fault = fault === 'hangs' ? 'slow' : fault;
      if (at !== undefined && at.write > 1) dvelop.fail({ fault: 'slow', slowMs: 0, times: at.write - 1, match: CREATION });
      dvelop.fail({ fault: wire, slowMs: HANGS_MS, retryAfterS: 2, ...(at === undefined ? {} : { times: 1, match: CREATION }) });
    }
  };
  return {
    port: () => adapter.create(adapter.options.parse(tradeTownOptions(dvelop.baseUrl, town)), environment),
    contents: () => dvelop.contents(),
    misbehave,
    heal: () => {
      dvelop.heal();
      dvelop.repository.closed = false;
      dvelop.storesShort = false;
    },
    stop: () => dvelop.stop(),
  };
}

dmsContract({
  adapter: 'dms-dvelop',
  start: () => start(TRADE_TOWN),
  vorgangProperties: ({ reference, receivedAt }) => ({
    vorgangsnummer: reference,
    eingang: receivedAt,
    leistung: 'Gewerbeanmeldung',
    formularname: 'Gewerbeanmeldung',
  }),
  // What d.velop holds is not asked for yet.
  shows: 'nothing',
  secrets: [TRADE_TOWN.apiKey],
});
