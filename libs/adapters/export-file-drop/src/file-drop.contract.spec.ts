// SPDX-License-Identifier: EUPL-1.2
import { exportContract } from '@amtsbote/adapter-kit/testing';
import { droppedApplications, FileDropSimulator } from '@amtsbote/adapters/export-file-drop/simulator';

import { adapter } from './index.js';

const PASSWORD = 'sftp-secret-1';

exportContract({
  adapter,
  start: async () => new FileDropSimulator('amtsbote', PASSWORD).start(),
  optionsFor: ({ port, hostKey, directory }) => ({
    ...{ host: '127.0.0.1', port, username: 'amtsbote', password: PASSWORD, hostKeys: [hostKey], directory },
    // The suite sends one application under many keys; in the house each key is another application.
    folder: 'application.reference + " " + application.id',
  }),
  received: (simulator, key) => droppedApplications(simulator).flatMap(({ act, ...one }) => (act === key ? [one] : [])),
  effectsTotal: (simulator) => simulator.dropped().length,
  refuseNext: (simulator) => simulator.refuseNext(),
  delivering: /^RENAME /,
  secrets: [PASSWORD],
  impossible: { throttled: 'SFTP has no word for "come back later": a busy server refuses the connection' },
});
