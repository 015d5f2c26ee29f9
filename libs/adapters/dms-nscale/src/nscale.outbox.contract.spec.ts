// SPDX-License-Identifier: EUPL-1.2
import type { DmsOutboxPort } from '@amtsbote/adapter-kit';
import { dmsOutboxContract, type DmsOutboxTarget, type Fault } from '@amtsbote/adapter-kit/testing';
import { adapter } from '@amtsbote/adapters/dms-nscale';
import { NscaleSimulator, TRADE_OFFICE, tradeOfficeOptions } from '@amtsbote/adapters/dms-nscale/simulator';
import { seededRandomness, systemClock } from '@amtsbote/platform';

const environment = { clock: systemClock, randomness: seededRandomness(1), instance: 'gewerbe-dms' };
/** Longer than any test waits. */
const HANGS_MS = 5_000;
const [PROPERTY, WAITING, TAKEN] = ['dokumentart', 'zu versenden', 'versandt'] as const;

async function start(taken: string | null): Promise<DmsOutboxTarget> {
  const nscale = await new NscaleSimulator(TRADE_OFFICE).start();
  const outbox = { property: PROPERTY, waiting: WAITING, taken };
  const options = adapter.options.parse({ ...tradeOfficeOptions(nscale.baseUrl), outbox });
  return {
    port: () => adapter.create(options, environment) as DmsOutboxPort,
    placeAnswer: (vorgang, answer) => nscale.placeAnswer(vorgang, answer, [PROPERTY, WAITING]),
    withdrawAnswer: (vorgang, fileName) => {
      const found = nscale.repository
        .withProperty(PROPERTY, WAITING)
        .find(({ parentKey, properties }) => parentKey === vorgang && properties.get('displayname') === fileName);
      if (found !== undefined) nscale.repository.remove(found.key);
    },
    answerBooks: (vorgang) => nscale.answerBooks(vorgang, PROPERTY, WAITING, TAKEN),
    changes: () => nscale.repository.changes,
    misbehave: (fault, at) => {
      const rule = { fault: fault === 'hangs' ? 'slow' : (fault as Fault), slowMs: HANGS_MS, retryAfterS: 2 };
      nscale.fail(at === undefined ? rule : { ...rule, times: 1, match: /^PUT .*\/rest\/repository\/resources\// });
    },
    heal: () => nscale.heal(),
    stop: () => nscale.stop(),
  };
}

const secrets = [TRADE_OFFICE.password, Buffer.from(`${TRADE_OFFICE.username}:${TRADE_OFFICE.password}`).toString('base64'), 'JSESSIONID'];
const fixture = { adapter: 'dms-nscale', secrets };
dmsOutboxContract({ ...fixture, outbox: { begins: 'atStart', acknowledges: 'inDms' }, start: () => start(TAKEN) });
dmsOutboxContract({ ...fixture, outbox: { begins: 'atStart', acknowledges: 'remembered' }, start: () => start(null) });
