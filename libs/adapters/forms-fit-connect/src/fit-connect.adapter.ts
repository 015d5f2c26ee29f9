// SPDX-License-Identifier: EUPL-1.2
import {
  type AcceptedApplication,
  type AdapterEnvironment,
  type ApplicationDraft,
  type BodyForm,
  defineAdapter,
  FormsPullPort,
  type IntakeRejection,
  type ProbeReport,
  type PullIntake,
  type PullPage,
  type PullSource,
  type RawRequest,
  type ReceivedSubmission,
  type WaitingSubmission,
} from '@amtsbote/adapter-kit';
import { uuidV7 } from '@amtsbote/platform';

import { checkCallback } from './fit-connect.callback.auth.js';
import { calledDestinations } from './fit-connect.callback.mapping.js';
import { FitConnectClient } from './fit-connect.client.js';
import { privateKeyOf } from './fit-connect.keys.auth.js';
import { CaseLog } from './fit-connect.log.client.js';
import { translated } from './fit-connect.mapping.js';
import { FitConnectOptions } from './fit-connect.options.js';
import { probed } from './fit-connect.probe.client.js';
import { Receiving, type Subscription } from './fit-connect.receiving.client.js';
import { Settling } from './fit-connect.settling.client.js';
import { handleOf, pageOf, unknownDestination } from './fit-connect.waiting.mapping.js';

class FitConnectForms extends FormsPullPort {
  override readonly body: BodyForm = { form: 'bytes', mediaTypes: ['application/json'] };
  override readonly sources: readonly PullSource[];
  private readonly subscriptions: ReadonlyMap<string, Subscription>;
  private readonly client: FitConnectClient;
  private readonly receiving: Receiving;
  private readonly settling: Settling;

  constructor(
    private readonly options: FitConnectOptions,
    { clock, randomness }: AdapterEnvironment,
  ) {
    super();
    this.subscriptions = new Map(options.destinations.map((destination) => [destination.id, subscriptionOf(destination)]));
    this.sources = options.destinations.map(({ id }) => ({ name: id, begins: 'atStart' }));
    this.client = new FitConnectClient(options, clock);
    const log = new CaseLog(this.client, options.issuer ?? options.baseUrl);
    this.receiving = new Receiving(this.client, log);
    this.settling = new Settling(this.client, log, clock, uuidV7(clock, randomness));
  }

  override verify(request: RawRequest): void {
    checkCallback(request, () => this.options.destinations.flatMap(({ callbackSecrets }) => callbackSecrets));
  }

  override signalOf(received: ReceivedSubmission): readonly string[] | null {
    return calledDestinations(
      received.request.body,
      this.sources.map(({ name }) => name),
    );
  }

  override async list(source: string, from: string | null, signal: AbortSignal): Promise<PullPage> {
    const offset = Number(from ?? 0);
    return pageOf(await this.client.waiting(source, { offset, limit: this.options.pageSize }, signal), offset);
  }

  override fetch(waiting: WaitingSubmission, intake: PullIntake, signal: AbortSignal): Promise<ReceivedSubmission | 'gone'> {
    const { known, subscription } = this.handled(waiting);
    return this.receiving.fetch(known, subscription, intake, signal);
  }

  override translate(submission: ReceivedSubmission): ApplicationDraft {
    return translated(submission, this.options);
  }

  override acknowledge(waiting: WaitingSubmission, _accepted: AcceptedApplication, signal: AbortSignal): Promise<void> {
    const { known, subscription } = this.handled(waiting);
    return this.settling.accept(known, subscription, signal);
  }

  override async refuse(waiting: WaitingSubmission, rejection: IntakeRejection, signal: AbortSignal): Promise<'told' | 'kept'> {
    const { known, subscription } = this.handled(waiting);
    if (this.options.reject === 'never') return 'kept';
    return (await this.settling.reject(known, subscription, rejection, signal)) ? 'told' : 'kept';
  }

  override describeTarget(): string {
    const { baseUrl, destinations, clientId } = this.options;
    return `FIT-Connect at ${new URL(baseUrl).host} as ${clientId}, ${destinations.length} destinations`.slice(0, 200);
  }

  override probe(signal: AbortSignal): Promise<ProbeReport> {
    return probed(this.client, [...this.subscriptions.values()], signal);
  }

  override async close(): Promise<void> {
    this.client.close();
  }

  private handled(waiting: WaitingSubmission): { known: ReturnType<typeof handleOf>; subscription: Subscription } {
    const known = handleOf(waiting);
    const subscription = this.subscriptions.get(known.destinationId);
    if (subscription === undefined) throw unknownDestination();
    return { known, subscription };
  }
}

function subscriptionOf(options: FitConnectOptions['destinations'][number]): Subscription {
  return {
    options,
    decryptionKeys: options.decryptionKeys.map((jwk) => privateKeyOf(jwk, 'RSA-OAEP-256')),
    signingKey: privateKeyOf(options.signingKey, 'PS512'),
  };
}

/** Subscriber of FIT-Connect's delivery service: called and asking by itself. */
export const adapter = defineAdapter({
  type: 'forms-fit-connect',
  kind: 'forms',
  title: 'FIT-Connect, Submission API 1.1 (subscriber), metadata 1.x and 2.x',
  options: FitConnectOptions,
  create: (options: FitConnectOptions, environment) => new FitConnectForms(options, environment),
});
