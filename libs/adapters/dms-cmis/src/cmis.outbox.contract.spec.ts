// SPDX-License-Identifier: EUPL-1.2
import type { DmsOutboxPort } from '@amtsbote/adapter-kit';
import { dmsOutboxContract, type DmsOutboxTarget, type Fault } from '@amtsbote/adapter-kit/testing';
import { adapter } from '@amtsbote/adapters/dms-cmis';
import { CmisSimulator, TRADE_ARCHIVE, tradeArchiveOptions } from '@amtsbote/adapters/dms-cmis/simulator';
import { seededRandomness, systemClock } from '@amtsbote/platform';

const environment = { clock: systemClock, randomness: seededRandomness(1), instance: 'cmis' };
/** Longer than any test waits. */
const HANGS_MS = 5_000;
const [WAITING, TAKEN] = ['zu versenden', 'versandt'];
const secrets = [TRADE_ARCHIVE.password, Buffer.from(`${TRADE_ARCHIVE.username}:${TRADE_ARCHIVE.password}`).toString('base64')];

type Clerk = (cmis: CmisSimulator) => Pick<DmsOutboxTarget, 'placeAnswer' | 'withdrawAnswer' | 'answerBooks'>;

async function start(outbox: object, clerk: Clerk): Promise<DmsOutboxTarget> {
  const cmis = await new CmisSimulator(TRADE_ARCHIVE).start();
  const options = adapter.options.parse({ ...tradeArchiveOptions(cmis.baseUrl), outbox });
  return {
    ...clerk(cmis),
    port: () => adapter.create(options, environment) as DmsOutboxPort,
    changes: () => cmis.repository.changes,
    misbehave: (fault, at) => {
      const rule = { fault: fault === 'hangs' ? 'slow' : (fault as Fault), slowMs: HANGS_MS, retryAfterS: 2 };
      cmis.fail(at === undefined ? rule : { ...rule, times: 1, match: /^POST .*\/root/ });
    },
    heal: () => cmis.heal(),
    stop: () => cmis.stop(),
  };
}

/** Documents in a folder; of a type with versions, or without. */
const inFolder =
  (typeId: string): Clerk =>
  (cmis) => ({
    placeAnswer: (vorgangId, answer) => cmis.placeAnswer(vorgangId, answer, typeId),
    withdrawAnswer: (vorgangId, fileName) => cmis.withdrawAnswer(cmis.folderIn(vorgangId, 'Ausgang').id, fileName),
    answerBooks: (vorgangId) => cmis.answerBooks(vorgangId),
  });

/** Documents beside those that were filed, told by their index data. */
const byProperty: Clerk = (cmis) => {
  const named = (vorgangId: string, value: string): string[] =>
    cmis.repository
      .childrenOf(vorgangId)
      .filter(({ properties }) => properties.get('town:dokumentart') === value)
      .map(({ properties }) => String(properties.get('cmis:name')));
  return {
    placeAnswer: (vorgangId, answer) => cmis.placeDocument(vorgangId, answer, 'town:dokument', { 'town:dokumentart': WAITING }),
    withdrawAnswer: (vorgangId, fileName) => cmis.withdrawAnswer(vorgangId, fileName),
    answerBooks: (vorgangId) => ({ waiting: named(vorgangId, WAITING), taken: named(vorgangId, TAKEN) }),
  };
};

const inDms = { begins: 'atStart', acknowledges: 'inDms' } as const;
const remembered = { begins: 'atStart', acknowledges: 'remembered' } as const;
const property = { by: 'property', type: 'town:dokument', property: 'town:dokumentart', waiting: WAITING };
const fixture = { adapter: 'dms-cmis', secrets };

dmsOutboxContract({
  ...fixture,
  title: 'a folder',
  mark: 'bewilligt',
  outbox: inDms,
  start: () => start({ by: 'folder' }, inFolder('cmis:document')),
});
dmsOutboxContract({
  ...fixture,
  title: 'a folder, with versions',
  mark: 'bewilligt',
  outbox: inDms,
  start: () => start({ by: 'folder' }, inFolder('town:dokument')),
});
dmsOutboxContract({
  ...fixture,
  title: 'a folder',
  mark: 'bewilligt',
  outbox: remembered,
  start: () => start({ by: 'folder', takenTo: null }, inFolder('cmis:document')),
});
dmsOutboxContract({ ...fixture, title: 'a property', outbox: inDms, start: () => start({ ...property, taken: TAKEN }, byProperty) });
dmsOutboxContract({ ...fixture, title: 'a property', outbox: remembered, start: () => start({ ...property, taken: null }, byProperty) });
