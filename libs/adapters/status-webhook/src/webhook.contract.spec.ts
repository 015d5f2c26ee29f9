// SPDX-License-Identifier: EUPL-1.2
import { statusContract } from '@amtsbote/adapter-kit/testing';
import { PortalSimulator } from '@amtsbote/adapters/status-webhook/simulator';

import { adapter } from './webhook.adapter.js';

const secret = `whsec_${Buffer.from('contract-suite-only-32-bytes-key').toString('base64')}`;

statusContract({
  adapter,
  start: () => new PortalSimulator({ secrets: [secret] }).start(),
  optionsFor: ({ url }) => ({ url: `${url}/webhooks/amtsbote?key=im-query-geheim`, secrets: [secret], timeoutMs: 5_000 }),
  effects: ({ cases }, id) => cases.update(id).effects,
  effectsTotal: ({ cases }) => cases.all().reduce((sum, { updates }) => sum + updates.length, 0),
  received: ({ cases }, id) => cases.update(id).update?.data,
  refuseNext: (simulator) => simulator.refuseNext(),
  readsAnswers: false,
  secrets: [secret, secret.slice('whsec_'.length), 'im-query-geheim'],
});
