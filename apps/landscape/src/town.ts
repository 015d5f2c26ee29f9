// SPDX-License-Identifier: EUPL-1.2
import { NscaleSimulator, TRADE_OFFICE } from '@amtsbote/adapters/dms-nscale/simulator';
import { XbezahldiensteSimulator } from '@amtsbote/adapters/payment-xbezahldienste/simulator';
import { payAtOnce, PortalSimulator } from '@amtsbote/adapters/status-webhook/simulator';

import { duplicatesOf } from './duplicates.js';
import { FachverfahrenSimulator } from './fachverfahren.js';
import { freePort } from './free-port.js';
import type { TownMemory } from './memory.js';
import { makeSecrets, type TownSecrets } from './secrets.js';

/** How a town behaves. */
export interface TownHabits {
  /** Whether citizens pay as soon as they see a payment link. */
  readonly citizensPay: boolean;
  /** Pause of the Fachverfahren between polls, in milliseconds. */
  readonly pollMs: number;
  readonly decides: boolean;
  /** What time the town believes it is, in milliseconds; default the machine's clock. */
  readonly nowMs: () => number;
  /** Largest distance between the hub's time and the portal's, in milliseconds. */
  readonly toleranceMs: number;
}

/** Where the systems of a town listen. */
export interface TownPorts {
  readonly payment: number;
  readonly dms: number;
  readonly portal: number;
}

/** How a town is started. */
export interface TownOptions {
  readonly secrets?: TownSecrets;
  readonly habits?: Partial<TownHabits>;
  /** Books on disk; absent = the systems forget everything when they stop. */
  readonly memory?: TownMemory;
  /** Preferred ports; absent or in use = free ones. */
  readonly ports?: Partial<TownPorts>;
}

const HABITS: TownHabits = { citizensPay: true, pollMs: 200, decides: true, nowMs: Date.now, toleranceMs: 300_000 };

/** The town on a laptop: every system around the hub, simulated on loopback, each with its own books. */
export class Town {
  fachverfahren: FachverfahrenSimulator | undefined;

  private constructor(
    readonly secrets: TownSecrets,
    readonly habits: TownHabits,
    readonly payment: XbezahldiensteSimulator,
    readonly dms: NscaleSimulator,
    readonly portal: PortalSimulator,
    private readonly memory: TownMemory | undefined,
  ) {}

  /** Starts payment provider, DMS and portal; the Fachverfahren starts when the hub's address is known. */
  static async start(options: TownOptions = {}): Promise<Town> {
    const secrets = options.secrets ?? makeSecrets();
    const habits = { ...HABITS, ...options.habits };
    const payment = new XbezahldiensteSimulator({ auth: { kind: 'basic', username: 'amtsbote', password: secrets.TOWN_PAYMENT_PASSWORD } });
    const dms = new NscaleSimulator({ ...TRADE_OFFICE, password: secrets.TOWN_DMS_PASSWORD });
    const portal = new PortalSimulator({
      secrets: [secrets.TOWN_PORTAL_SECRET],
      documentCredential: secrets.TOWN_PORTAL_TOKEN,
      nowMs: habits.nowMs,
      toleranceMs: habits.toleranceMs,
      ...(habits.citizensPay ? { onPaymentLink: payAtOnce } : {}),
    });
    options.memory?.attach({ payment, dms, portal });
    await payment.start(await preferred(options.ports?.payment));
    await dms.start(await preferred(options.ports?.dms));
    await portal.start(await preferred(options.ports?.portal));
    return new Town(secrets, habits, payment, dms, portal, options.memory);
  }

  /** Where the systems listen: they keep their addresses when the next start is given these. */
  get ports(): TownPorts {
    const portOf = ({ url }: { readonly url: string }): number => Number(new URL(url).port);
    return { payment: portOf(this.payment), dms: portOf(this.dms), portal: portOf(this.portal) };
  }

  /** What `config/demo.yaml` asks the environment for, apart from the hub's own address, database and blobs. */
  environment(): Record<string, string> {
    return { ...this.secrets, TOWN_PAYMENT_URL: this.payment.url, TOWN_DMS_URL: this.dms.url, TOWN_PORTAL_URL: this.portal.url };
  }

  /** The Fachverfahren begins to poll; `onChange` hears of every change of its register. */
  openOffice(hubUrl: string, onChange = this.memory?.enter): FachverfahrenSimulator {
    const settings = {
      queueUrl: `${hubUrl}/pickup/gewerberegister`,
      token: this.secrets.TOWN_PICKUP_TOKEN,
      pollMs: this.habits.pollMs,
      limit: 20,
      decides: this.habits.decides,
    };
    this.fachverfahren = new FachverfahrenSimulator(settings, onChange);
    for (const known of this.memory?.register() ?? []) this.fachverfahren.remember(known);
    return this.fachverfahren.start();
  }

  /** What was interrupted when town or hub went down: citizens pay what is still open, the portal collects the decisions it lacks. */
  async catchUp(): Promise<void> {
    const open = this.payment.books.all().filter(({ status }) => status === 'INITIAL');
    if (this.habits.citizensPay) for (const { transactionId } of open) this.payment.pay(transactionId);
    await this.portal.settled();
    for (const { applicationId, updates, documents } of this.portal.cases.all()) {
      const wanted = updates.findLast(({ data }) => data.decision !== undefined)?.data.decision?.documents.length ?? 0;
      if (documents.filter(({ result }) => result === 'collected').length < wanted) await this.portal.collectDocuments(applicationId);
    }
  }

  /** How many effects happened more than once; see {@link duplicatesOf}. */
  duplicateEffects(): number {
    return duplicatesOf(this).length;
  }

  async stop(): Promise<void> {
    await this.fachverfahren?.stop();
    await Promise.all([this.payment.stop(), this.dms.stop(), this.portal.stop()]);
  }
}

/** The wanted port when it is free; any free one is chosen by the system itself. */
async function preferred(port: number | undefined): Promise<number> {
  return port !== undefined && (await freePort(port)) === port ? port : 0;
}
