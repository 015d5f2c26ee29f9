// SPDX-License-Identifier: EUPL-1.2
import { dmsContract, type DmsContractTarget, type DmsFault, type Fault } from '@amtsbote/adapter-kit/testing';
import { adapter } from '@amtsbote/adapters/dms-nscale';
import { NscaleSimulator, type SimulatedArea, TRADE_OFFICE, tradeOfficeOptions } from '@amtsbote/adapters/dms-nscale/simulator';
import { seededRandomness, systemClock } from '@amtsbote/platform';

const environment = { clock: systemClock, randomness: seededRandomness(1), instance: 'gewerbe-dms' };
const CREATION = /^POST .*\/rest\/repository\/(folders|documents)\//;
/** Longer than any test waits. */
const HANGS_MS = 5_000;

async function start(area: SimulatedArea): Promise<DmsContractTarget> {
  const nscale = await new NscaleSimulator(area).start();
  const misbehave = (fault: DmsFault, at?: { readonly write: number }): void => {
    if (fault === 'refuses') nscale.repository.closed = true;
    else if (fault === 'storesShort') nscale.storesShort = true;
    else if (fault === 'cannotTell') nscale.repository.copy([...nscale.repository.resources.keys()].at(-1) ?? '');
    else nscale.fail(...rule(fault, at));
  };
  const rule = (fault: Exclude<DmsFault, 'refuses' | 'storesShort' | 'cannotTell'>, at?: { readonly write: number }) => {
    const wire: Fault = fault === 'hangs' ? 'slow' : fault;
    if (at !== undefined && at.write > 1) nscale.fail({ fault: 'slow', slowMs: 0, times: at.write - 1, match: CREATION });
    return [{ fault: wire, slowMs: HANGS_MS, retryAfterS: 2, ...(at === undefined ? {} : { times: 1, match: CREATION }) }] as const;
  };
  return {
    port: () => adapter.create(adapter.options.parse(tradeOfficeOptions(nscale.baseUrl)), environment),
    contents: () => nscale.contents(),
    misbehave,
    heal: () => {
      nscale.heal();
      nscale.repository.closed = false;
      nscale.storesShort = false;
    },
    stop: () => nscale.stop(),
  };
}

const fixture = {
  adapter: 'dms-nscale',
  vorgangProperties: ({ reference, receivedAt }: { reference: string; receivedAt: string }) => ({
    vorgangsnummer: reference,
    eingang: receivedAt,
    leistung: 'Gewerbeanmeldung',
    formularname: 'Gewerbeanmeldung',
  }),
  secrets: [TRADE_OFFICE.password, Buffer.from(`${TRADE_OFFICE.username}:${TRADE_OFFICE.password}`).toString('base64'), 'JSESSIONID'],
};

dmsContract({ ...fixture, start: () => start(TRADE_OFFICE) });

// The same promises where nscale keeps no key unique and reports no hash of what it stores.
dmsContract({
  ...fixture,
  shows: 'length',
  start: () => start({ ...TRADE_OFFICE, unique: [], reportsHash: false }),
  doublesBetweenProcesses: 'nscale keeps no key unique here: two Akten are noticed and left to a clerk',
});
