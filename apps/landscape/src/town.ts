// SPDX-License-Identifier: EUPL-1.2
import { NscaleSimulator, TRADE_OFFICE } from '@amtsbote/adapters/dms-nscale/simulator';
import { XbezahldiensteSimulator } from '@amtsbote/adapters/payment-xbezahldienste/simulator';
import { payAtOnce, PortalSimulator } from '@amtsbote/adapters/status-webhook/simulator';

import { duplicatesOf } from './duplicates.js';
import { FachverfahrenSimulator } from './fachverfahren.js';
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
  ) {}

  /** Starts payment provider, DMS and portal on free ports; the Fachverfahren starts when the hub's address is known. */
  static async start(options: { secrets?: TownSecrets; habits?: Partial<TownHabits> } = {}): Promise<Town> {
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
    await Promise.all([payment.start(), dms.start(), portal.start()]);
    return new Town(secrets, habits, payment, dms, portal);
  }

  /** What `config/demo.yaml` asks the environment for, apart from the hub's own address, database and blobs. */
  environment(): Record<string, string> {
    return { ...this.secrets, TOWN_PAYMENT_URL: this.payment.url, TOWN_DMS_URL: this.dms.url, TOWN_PORTAL_URL: this.portal.url };
  }

  /** The Fachverfahren begins to poll. */
  openOffice(hubUrl: string): FachverfahrenSimulator {
    this.fachverfahren = new FachverfahrenSimulator({
      queueUrl: `${hubUrl}/pickup/gewerberegister`,
      token: this.secrets.TOWN_PICKUP_TOKEN,
      pollMs: this.habits.pollMs,
      limit: 20,
      decides: this.habits.decides,
    });
    return this.fachverfahren.start();
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
