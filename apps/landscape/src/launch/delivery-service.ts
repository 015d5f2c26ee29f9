// SPDX-License-Identifier: EUPL-1.2
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  aFitConnectSubmission,
  EXAMPLE_CALLBACK_SECRET,
  exampleOptions,
  exampleSettings,
  FitConnectSender,
  FitConnectSimulator,
} from '@amtsbote/adapters/forms-fit-connect/simulator';
import { parse, stringify } from 'yaml';

import { ROOT } from './places.js';

const ENDPOINT = 'zustellpunkt';

/** FIT-Connect beside the town: a simulated delivery service, an online service that sends through it, and a configuration that subscribes to it. */
export class TownDeliveryService {
  private readonly sender: FitConnectSender;

  private constructor(
    readonly service: FitConnectSimulator,
    /** The demo's configuration with one endpoint more. */
    readonly configFile: string,
  ) {
    this.sender = new FitConnectSender(service);
  }

  /** @param directory where the configuration is written, which holds the keys of the simulation. */
  static async start(directory: string): Promise<TownDeliveryService> {
    const service = await new FitConnectSimulator(exampleSettings()).start();
    const demo = parse(await readFile(join(ROOT, 'config/demo.yaml'), 'utf8')) as { endpoints: Record<string, object>; tenants: object };
    const [tenant] = Object.keys(demo.tenants);
    const endpoint = {
      adapter: 'forms-fit-connect',
      tenant,
      answerStatus: 200,
      pull: { everyMs: 5_000 },
      options: exampleOptions(service),
    };
    const configFile = join(directory, 'demo-fit-connect.yaml');
    const config = { ...demo, endpoints: { ...demo.endpoints, [ENDPOINT]: endpoint } };
    await writeFile(configFile, `# SPDX-License-Identifier: EUPL-1.2\n${stringify(config)}`, { mode: 0o600 });
    return new TownDeliveryService(service, configFile);
  }

  /** From now on the hub at this address is called when something is waiting. */
  callAt(hubUrl: string): void {
    for (const destination of this.service.settings.destinations)
      destination.callback = { url: `${hubUrl}/intake/${ENDPOINT}`, secret: EXAMPLE_CALLBACK_SECRET };
  }

  /** Made-up business registrations, one after the other. */
  async send(count: number): Promise<void> {
    const [destination] = this.service.settings.destinations;
    for (let number = 1; number <= count; number += 1)
      await this.sender.send(destination?.destinationId ?? '', aFitConnectSubmission(number));
  }

  async stop(): Promise<void> {
    this.sender.close();
    await this.service.stop();
  }
}
