// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { addressOf, brokerProblem } from './broker-problem.js';

const URL = 'amqps://hub:geheim%21@mq.example:5673/town%2Fbus';
const WHERE = 'The broker mq.example:5673 (vhost "town/bus", user "hub")';
const error = (code: string | undefined, message = 'x'): Error => Object.assign(new Error(message), code === undefined ? {} : { code });

describe("a broker's address", () => {
  it('is taken apart, with what it leaves out', () => {
    expect(addressOf(URL)).toEqual({
      client: { protocol: 'amqps', hostname: 'mq.example', port: 5673, username: 'hub', password: 'geheim!', vhost: 'town%2Fbus' },
      place: WHERE,
      tls: true,
    });
    expect(addressOf('amqp://[::1]')).toEqual({
      client: { protocol: 'amqp', hostname: '::1', port: 5672, vhost: '%2F' },
      place: 'The broker [::1]:5672 (vhost "/", user "guest")',
      tls: false,
    });
    expect(addressOf('amqps://hub:x@mq.example').client.port).toBe(5671);
  });

  it.each(['mq.example', 'http://hub:geheim@mq.example', 'amqp://hub:geheim@[::1', 'amqp://hub:%E0%A4%A@mq.example', 'amqp://'])(
    'is no riddle when it is none, and its password is not told: %s',
    (url) => {
      let told: unknown;
      try {
        addressOf(url);
      } catch (problem) {
        told = problem;
      }
      expect(told).toMatchObject({ name: 'BrokerProblem', passes: false, message: expect.stringContaining('is no address of a broker') });
      expect(String(told)).not.toContain('geheim');
    },
  );
});

describe('what keeps a broker from being used', () => {
  // Those that a real broker shows are in test/real/rabbitmq-start.real.spec.ts.
  it.each([
    [error('ENOTFOUND'), 'its name is not known', 'Mend the name service', true],
    [error('EHOSTUNREACH'), 'does not answer', 'firewall', true],
    [error(undefined, 'connect ETIMEDOUT'), 'does not answer', 'firewall', true],
    [error(undefined, 'Socket closed abruptly during opening handshake'), 'closes the connection', 'Look into its log', true],
    [
      error(undefined, 'Expected ConnectionOpenOk; got <ConnectionClose channel:0>'),
      'does not open the vhost',
      "add_vhost 'town/bus'",
      false,
    ],
    [error('ECONNRESET'), 'closes the connection (ECONNRESET)', 'Look into its log', true],
    [error('CERT_HAS_EXPIRED'), 'certificate that has expired', 'Renew it.', false],
    [error(undefined, 'NOT_ALLOWED - connection limit (10) is reached'), 'no connection left', 'every worker takes two', true],
  ])('%s: place, what is wrong, what to do, whether it passes, and no password', (failure, found, todo, passes) => {
    const problem = brokerProblem(failure, addressOf(URL));
    const [what, advice] = problem.message.split('\n');
    expect(what).toContain(`${WHERE} `);
    expect(what).toContain(found);
    expect(advice).toContain(todo);
    expect(problem.message).not.toContain('geheim');
    expect(problem.passes).toBe(passes);
  });
});
