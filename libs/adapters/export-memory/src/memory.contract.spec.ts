// SPDX-License-Identifier: EUPL-1.2
import { exportContract, type ReceivedExport } from '@amtsbote/adapter-kit/testing';
import { BoxSimulator } from '@amtsbote/adapters/export-memory/simulator';

import { adapter } from './memory.adapter.js';

exportContract({
  adapter,
  start: async () => new BoxSimulator(),
  optionsFor: ({ name }: BoxSimulator) => ({ box: name }),
  received: ({ contents }, key): ReceivedExport[] => {
    const record = contents.get(key);
    return record === undefined ? [] : [{ ...record, documents: record.documents.map(({ fileName, sha512 }) => ({ fileName, sha512 })) }];
  },
  effectsTotal: ({ contents }) => contents.size,
  refuseNext: (simulator) => simulator.refuseNext(),
  delivering: /^put$/,
  secrets: [],
});
