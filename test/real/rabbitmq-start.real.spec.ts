// SPDX-License-Identifier: EUPL-1.2
import { ozgCloudSubmissions } from '@amtsbote/adapters/forms-ozg-cloud/simulator';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'amqplib';

import type { RabbitServer } from '../../apps/landscape/src/launch/rabbitmq.js';
import { eventually } from '../journeys/support/eventually.js';
import { type PreparedTown, prepareTown } from '../journeys/support/running-town.js';
import { type Certificate, selfSigned } from '../support/real/certificate.js';
import { startRabbit } from '../support/real/real-rabbitmq.js';
import { makeWorkplace, serverUser, type Workplace } from '../support/real/unprivileged.js';
import { hubOverRabbit } from './support/town-with-broker.js';

const STRANGER = { name: 'stranger', password: 'pass-of-the-stranger' };
const GUEST = { name: 'reader', password: 'pass-of-the-reader', rights: '^nothing$' };

describe('a hub that cannot use its broker', () => {
  let broker: RabbitServer;
  let prepared: PreparedTown;
  let workplace: Workplace;
  let certificates: Record<'good' | 'stranger', Certificate>;
  let place: string;

  beforeAll(async () => {
    const owner = await serverUser('rabbitmq');
    workplace = await makeWorkplace('certificates', owner);
    certificates = {
      good: await selfSigned(workplace.directory, 'broker', { owner }),
      stranger: await selfSigned(workplace.directory, 'stranger', { names: ['stranger.example'] }),
    };
    broker = await startRabbit({ tls: certificates.good, users: [STRANGER, GUEST] });
    prepared = await prepareTown();
    place = `The broker 127.0.0.1:${broker.port} (vhost "${broker.vhost}", user "${broker.user}")`;
  }, 180_000);
  afterAll(async () => {
    await prepared.stop();
    await broker.remove();
    await workplace.remove();
  }, 60_000);

  /** Everything the hub says when it is started like this. */
  async function lastWords(url: string, more: object = {}): Promise<string> {
    const said = await hubOverRabbit(prepared, { url }, { bus: { rabbitmq: more } }).then(
      async (hub) => `it runs: ${await hub.stop()}`,
      (error: unknown) => (error as Error).message,
    );
    expect(said).not.toContain(broker.password);
    expect(said).not.toContain('pass-of-the');
    expect(said).not.toMatch(/^\s+at /m);
    return said;
  }
  const tls = (host = 'localhost', port = broker.tlsPort): string =>
    `amqps://${broker.user}:${broker.password}@${host}:${port}/${broker.vhost}`;

  it('starts over TLS with a certificate that the named authority vouches for', async () => {
    expect(await lastWords(tls(), { caFile: certificates.good.certificateFile })).toBe('it runs: 0');
  }, 60_000);

  it.each([
    [
      'the password is wrong',
      () => broker.urlAs(broker.user, 'pass-of-the-wrong'),
      'does not accept this user with this password',
      'Correct them in bus.rabbitmq.url.',
    ],
    [
      'the vhost is not there',
      () => broker.urlAs(broker.user, broker.password, { vhost: 'not/there' }),
      'does not open the vhost: there is none of this name',
      "rabbitmqctl add_vhost 'not/there'",
    ],
    [
      'the user is not let into the vhost',
      () => broker.urlAs(STRANGER.name, STRANGER.password),
      'or it does not let this user in',
      "rabbitmqctl set_permissions -p 'town' 'stranger'",
    ],
    [
      'the user may not declare anything',
      () => broker.urlAs(GUEST.name, GUEST.password),
      "refuses this user the access to exchange 'amtsbote.dead'",
      "rabbitmqctl set_permissions -p 'town' 'reader'",
    ],
    ['it speaks no TLS on this port', () => tls('localhost', broker.port), 'speaks no TLS on this port', 'use amqp://'],
    ['its certificate is one of nobody the hub trusts', () => tls(), 'nobody vouches for whom the hub trusts', 'bus.rabbitmq.caFile'],
  ])(
    'says so when %s',
    async (_what, url, found, todo) => {
      const words = await lastWords(url());
      expect(words).toContain(found);
      expect(words).toContain(todo);
    },
    60_000,
  );

  it('says so when the certificate is made out to another name, or the authority cannot be read', async () => {
    const { certificateFile } = certificates.good;
    const elsewhere = await lastWords(tls('127.0.0.1'), { caFile: certificateFile });
    expect(elsewhere).toContain('made out to another name (ERR_TLS_CERT_ALTNAME_INVALID)');
    expect(await lastWords(tls(), { caFile: certificates.stranger.certificateFile })).toContain('nobody vouches for');
    expect(await lastWords(tls(), { caFile: '/etc/not-there.pem' })).toContain('cannot be read (ENOENT): /etc/not-there.pem');
  }, 90_000);

  it('says so when a queue of this name was made in another way', async () => {
    const operator = await connect(broker.url);
    const channel = await operator.createChannel();
    await channel.assertQueue('mixed.application.submitted.v1', { durable: true });
    const words = await lastWords(broker.url, { prefix: 'mixed' });
    expect(words).toContain(`${place} holds something of this name that was made in another way`);
    expect(words).toContain("for queue 'mixed.application.submitted.v1'");
    await operator.close();
  }, 60_000);

  it('starts all the same when nothing listens there: says so, takes applications on, and delivers them when the broker is there', async () => {
    await broker.stop();
    const hub = await hubOverRabbit(prepared, broker, {}, { HUB_LOG_LEVEL: 'info' });
    expect(hub.log).toContain(`${JSON.stringify(place).slice(1, -1)} cannot be reached: nothing listens there (ECONNREFUSED).`);
    expect(hub.log).toContain('Start RabbitMQ there, or correct host and port in bus.rabbitmq.url.');
    expect(hub.log).not.toContain(broker.password);
    await expect(ready(hub.url)).resolves.toEqual([
      200,
      { status: 'ready', database: true, draining: false, pressed: false, broker: 'away' },
    ]);
    const [answer] = await prepared.formServerFor(hub.url).sendAll(ozgCloudSubmissions({ count: 1 }), 1);
    expect(answer).toMatchObject({ kind: 'answered', status: 202 });
    expect(prepared.town.dms.books().vorgaenge).toBe(0);
    await broker.start();
    await eventually(async () => expect((await ready(hub.url))[1]).toMatchObject({ broker: 'connected' }), 30_000);
    await eventually(() => expect(prepared.town.dms.books().vorgaenge).toBe(1), 30_000);
    expect(await hub.stop()).toBe(0);
  }, 120_000);
});

async function ready(url: string): Promise<[number, unknown]> {
  const answer = await fetch(`${url}/health/ready`);
  return [answer.status, await answer.json()];
}
