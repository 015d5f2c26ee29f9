// SPDX-License-Identifier: EUPL-1.2
import {
  type ApplicationDraft,
  type BodyForm,
  defineAdapter,
  type JudgedSetting,
  type RawRequest,
  type ReceivedSubmission,
  ReceivingForms,
} from '@amtsbote/adapter-kit';

import { translated } from './webhook.mapping.js';
import { WebhookOptions } from './webhook.options.js';
import { signatureCheck } from './webhook.signature.auth.js';

class WebhookForms extends ReceivingForms {
  override readonly body: BodyForm = { form: 'bytes', mediaTypes: ['application/json'] };
  private readonly checkSignature: (request: RawRequest) => void;

  constructor(
    private readonly options: WebhookOptions,
    private readonly instance: string,
  ) {
    super();
    this.checkSignature = signatureCheck(options);
  }

  override verify(request: RawRequest): void {
    this.checkSignature(request);
  }

  override translate(submission: ReceivedSubmission): ApplicationDraft {
    return translated(submission, this.options);
  }

  override describeTarget(): string {
    const { secrets, publicKeys } = this.options;
    return `Standard Webhooks at endpoint "${this.instance}", verified by ${secrets.length} secrets and ${publicKeys.length} public keys`;
  }

  protected override judgeSettings(): readonly JudgedSetting[] {
    const { secrets, publicKeys, toleranceSeconds, linkOrigins } = this.options;
    return [
      {
        name: 'keys',
        ok: true,
        detail: `${secrets.length} secrets, ${publicKeys.length} public keys, clocks may differ by ${toleranceSeconds} s`,
      },
      { name: 'linkOrigins', ok: true, detail: linkOrigins.length === 0 ? 'no linked attachments' : linkOrigins.join(', ') },
    ];
  }
}

/** Intake for any sender that posts JSON and signs it as Standard Webhooks says. */
export const adapter = defineAdapter({
  type: 'forms-webhook',
  kind: 'forms',
  title: 'JSON with Standard Webhooks 1.0.0 signature',
  options: WebhookOptions,
  create: (options: WebhookOptions, environment) => new WebhookForms(options, environment.instance),
});
