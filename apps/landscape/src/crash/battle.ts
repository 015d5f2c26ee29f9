// SPDX-License-Identifier: EUPL-1.2
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { freePort } from '../free-port.js';
import type { Places } from '../launch/places.js';
import type { Undoing } from '../launch/undoing.js';
import { LoadBalancer } from '../load-balancer.js';
import { Town } from '../town.js';
import type { BrokerUnderFire } from './broker.js';
import { type Carrier, writeCrashConfig } from './crash-config.js';
import { Drop } from './drop.js';
import { Editors } from './editors.js';
import { HubView } from './hub-view.js';
import { Logbook } from './logbook.js';
import type { Battlefield } from './nemesis.js';
import type { LineName, Target } from './plan.js';
import { PostgresUnderFire } from './postgres.js';
import { TcpProxy } from './tcp-proxy.js';
import { HubUnderFire } from './under-fire.js';

/** A town with two hubs, and every line between them in the nemesis' hands. */
export interface Battle extends Battlefield {
  readonly town: Town;
  readonly balancer: LoadBalancer;
  readonly view: HubView;
  readonly editors: Editors;
  readonly drop: Drop;
  readonly logbook: Logbook;
}

/** What a battle needs. */
export interface BattleWish {
  readonly places: Places;
  readonly carrier: Carrier;
  /** For carriers that have one. */
  readonly broker: BrokerUnderFire | undefined;
  readonly signal: AbortSignal;
}

/** Starts database, town, lines, balancer and two hubs; whatever has been started is in `undoing`, also when this throws. */
export async function prepareBattle({ places, carrier, broker, signal }: BattleWish, undoing: Undoing): Promise<Battle> {
  const logbook = new Logbook();
  const postgres = await PostgresUnderFire.start(places.postgres);
  undoing.add('PostgreSQL', () => postgres.stop());
  const town = await Town.start();
  undoing.add('simulated town', () => town.stop());
  logbook.watch(town);
  const drop = await Drop.start(undoing);
  const lines = await layLines({ postgres, town, broker, drop }, undoing);
  signal.throwIfAborted();

  const { user, server } = drop;
  const dropAddress = { user, port: lineOf(lines, 'drop').port, hostKey: server.hostKey, directory: server.directory };
  const configFile = await writeCrashConfig(places.desk, carrier, dropAddress);
  await mkdir(places.blobs, { recursive: true, mode: 0o700 });
  const ports = [await freePort(), await freePort()] as const;
  const balancer = await LoadBalancer.start(ports.map((port) => `http://127.0.0.1:${port}`));
  undoing.add('load balancer', () => balancer.stop());
  const via = (name: LineName, address: string): string => lineOf(lines, name).via(address);
  const pushToken = randomBytes(24).toString('base64url');
  const hubAt = (index: 0 | 1): HubUnderFire => {
    const environment = {
      ...town.environment(),
      ...Object.fromEntries(
        Object.entries(URLS_OF_TARGETS).map(([target, name]) => [name, via(target as Target, town[target as Target].url)]),
      ),
      ...(broker === undefined ? {} : { RABBITMQ_URL: via('broker', broker.url) }),
      DATABASE_URL: via(`database-${index}`, postgres.url),
      HUB_URL: balancer.url,
      HUB_PORT: String(ports[index]),
      HUB_BLOBS: places.blobs,
      HUB_LOG_LEVEL: 'info',
      CRASH_PUSH_TOKEN: pushToken,
      CRASH_DROP_PASSWORD: drop.password,
    };
    const name = `hub ${index}`;
    const logFile = join(places.hubLog, '..', `hub-${index}.log`);
    return new HubUnderFire(name, { url: `http://127.0.0.1:${ports[index]}`, environment, logFile, configFile }, logbook);
  };
  const hubs = [hubAt(0), hubAt(1)] as const;
  for (const hub of hubs) undoing.add(hub.name, () => hub.stop());
  const editors = new Editors(balancer.url, pushToken);
  const view = new HubView(balancer.url, town.secrets.HUB_OPS_TOKEN);
  return { hubs, postgres, broker, lines, town, balancer, view, editors, drop, logbook };
}

/** Both hubs, ready, and the Fachverfahren polling. */
export async function startHubs({
  hubs,
  town,
  balancer,
  logbook,
}: Pick<Battle, 'town' | 'balancer' | 'logbook'> & { readonly hubs: readonly HubUnderFire[] }): Promise<void> {
  // One after the other: the first one makes the tables.
  for (const hub of hubs) {
    await hub.start();
    await hub.untilReady();
  }
  town.openOffice(balancer.url, logbook.register);
}

const URLS_OF_TARGETS: Readonly<Record<Target, string>> = {
  payment: 'TOWN_PAYMENT_URL',
  dms: 'TOWN_DMS_URL',
  portal: 'TOWN_PORTAL_URL',
};

async function layLines(
  {
    postgres,
    town,
    broker,
    drop,
  }: { readonly postgres: PostgresUnderFire; readonly town: Town; readonly broker: BrokerUnderFire | undefined; readonly drop: Drop },
  undoing: Undoing,
): Promise<ReadonlyMap<LineName, TcpProxy>> {
  const lines = new Map<LineName, TcpProxy>();
  const lay = async (name: LineName, target: () => number): Promise<void> => {
    const line = await TcpProxy.start(target);
    undoing.add(`line to ${name}`, () => line.stop());
    lines.set(name, line);
  };
  const { payment, dms, portal } = town.ports;
  await lay('payment', () => payment);
  await lay('dms', () => dms);
  await lay('portal', () => portal);
  await lay('drop', () => drop.server.port);
  await lay('database-0', () => postgres.port);
  await lay('database-1', () => postgres.port);
  if (broker !== undefined) await lay('broker', () => broker.port);
  return lines;
}

function lineOf(lines: ReadonlyMap<LineName, TcpProxy>, name: LineName): TcpProxy {
  const line = lines.get(name);
  if (line === undefined) throw new Error(`there is no line to ${name}`);
  return line;
}
