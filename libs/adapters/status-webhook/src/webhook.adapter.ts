// SPDX-License-Identifier: EUPL-1.2
import {
  type AdapterEnvironment,
  defineAdapter,
  type DeliveryContext,
  DeliveryError,
  type ProbeReport,
  StatusPort,
  type StatusReceipt,
  type StatusUpdate,
} from '@amtsbote/adapter-kit';

import { WebhookClient } from './webhook.client.js';
import { ADAPTER_TYPE } from './webhook.errors.js';
import { toEvent } from './webhook.mapping.js';
import { WebhookOptions } from './webhook.options.js';

/** Tells one portal about changes by signed webhooks. */
class WebhookStatus extends StatusPort {
  private readonly client: WebhookClient;

  constructor(
    private readonly options: WebhookOptions,
    private readonly environment: AdapterEnvironment,
  ) {
    super();
    this.client = new WebhookClient(options);
  }

  /** Without the query: some portals put a key there. */
  describeTarget(): string {
    const { origin, pathname } = new URL(this.options.url);
    const { length } = this.options.secrets;
    return `${this.environment.instance}: webhooks to ${origin}${pathname}, signed with ${length === 1 ? 'one secret' : `${length} secrets`}`;
  }

  async report(update: StatusUpdate, ctx: DeliveryContext): Promise<StatusReceipt> {
    const body = Buffer.from(JSON.stringify(toEvent(update)));
    if (body.length > this.options.bodyBytesMax)
      throw DeliveryError.untransferable(
        `${ADAPTER_TYPE}/too-large`,
        `The status update has ${body.length} bytes, ${this.options.bodyBytesMax} are allowed.`,
      );
    if (!/^[\w-]{1,200}$/.test(update.id))
      throw DeliveryError.untransferable(`${ADAPTER_TYPE}/update-id`, 'The id of the status update cannot be a webhook-id.');
    return ctx.once<{ acceptedAt: string }>('report', {
      act: async () => {
        await this.client.send({ id: update.id, at: ctx.clock.now(), body }, ctx.signal);
        return { acceptedAt: ctx.clock.now().toISOString() };
      },
      // The portal cannot be asked, and need not be: it drops doubles by `webhook-id`, so sending again is always right.
      find: async () => 'absent',
    });
  }

  async probe(signal: AbortSignal): Promise<ProbeReport> {
    try {
      const status = await this.client.head(signal);
      // A POST-only address answers 405 or 404, one behind a signature check 401: all of that is somebody at home.
      const isServing = status < 500 && status !== 410 && !(status >= 300 && status < 400);
      return {
        ok: isServing,
        checks: [
          { name: 'reachability', ok: true, detail: `answers with HTTP ${status}` },
          { name: 'service', ok: isServing, detail: isServing ? 'not contradicted' : 'would not take a webhook' },
          { name: 'signature', ok: true, detail: 'can only be tried with a real status update' },
        ],
      };
    } catch (error) {
      const detail = error instanceof DeliveryError ? error.message : 'the probe failed inside the hub';
      return { ok: false, checks: [{ name: 'reachability', ok: false, detail }] };
    }
  }

  async close(): Promise<void> {
    this.client.close();
  }
}

/** Status updates as signed webhooks (Standard Webhooks 1.0.0) to a service portal or mailbox. */
export const adapter = defineAdapter({
  type: ADAPTER_TYPE,
  kind: 'status',
  title: 'Portal by signed webhooks (Standard Webhooks 1.0.0)',
  options: WebhookOptions,
  create: (options, environment) => new WebhookStatus(options, environment),
});
