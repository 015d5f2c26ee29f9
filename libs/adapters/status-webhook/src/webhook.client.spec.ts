// SPDX-License-Identifier: EUPL-1.2
import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';

import { signatureHeaders } from './webhook.client.js';

const vector = JSON.parse(readFileSync(new URL('../fixtures/signature-vector.json', import.meta.url), 'utf8')) as Record<
  'secret' | 'id' | 'timestamp' | 'body' | 'signature',
  string
>;
const oldSecret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
const newSecret = `whsec_${Buffer.alloc(64, 2).toString('base64')}`;
const body = Buffer.from('{"umlaut":"Grüße, Łódź 😀","blank": " "}\n');

describe('signatureHeaders', () => {
  it('gives the signature of the published example', () => {
    const message = { id: vector.id, at: new Date(Number(vector.timestamp) * 1_000 + 999), body: Buffer.from(vector.body) };
    expect(signatureHeaders(message, [vector.secret])).toEqual({
      'webhook-id': vector.id,
      'webhook-timestamp': vector.timestamp,
      'webhook-signature': vector.signature,
    });
  });

  it.each([oldSecret, newSecret])('is accepted by the reference library while secrets are exchanged', (receiverSecret) => {
    const headers = signatureHeaders({ id: 'msg-1', at: new Date(), body }, [oldSecret, newSecret]);
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
    expect(new Webhook(receiverSecret).verify(body, headers)).toEqual({ umlaut: 'Grüße, Łódź 😀', blank: ' ' });
  });

  it('is refused by the reference library when one byte differs', () => {
    const headers = signatureHeaders({ id: 'msg-1', at: new Date(), body }, [newSecret]);
    expect(() => new Webhook(newSecret).verify(Buffer.concat([body, Buffer.from(' ')]), headers)).toThrow('No matching signature found');
    expect(() => new Webhook(oldSecret).verify(body, headers)).toThrow('No matching signature found');
  });
});
