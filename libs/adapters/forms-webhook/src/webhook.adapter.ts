// SPDX-License-Identifier: EUPL-1.2
import {
  type ApplicationDraft,
  type BodyCheck,
  type BodyForm,
  checkCredential,
  defineAdapter,
  judgeCredential,
  type JudgedSetting,
  type RawRequest,
  type ReceivedSubmission,
  ReceivingForms,
} from '@amtsbote/adapter-kit';

import { isNoSubmission, translated } from './webhook.mapping.js';
import { WebhookOptions } from './webhook.options.js';
import { xmlFormatOf } from './webhook.profiles.mapping.js';
import { type SignatureCheck, signatureCheck } from './webhook.signature.auth.js';

/** The credential stood in the headers. */
const NOTHING_MORE: BodyCheck = { update: () => undefined, end: () => undefined };

class WebhookForms extends ReceivingForms {
  override readonly body: BodyForm;
  private readonly signature: SignatureCheck;

  constructor(
    private readonly options: WebhookOptions,
    private readonly instance: string,
  ) {
    super();
    const isJson = xmlFormatOf(options) === undefined;
    this.body = isJson
      ? { form: 'bytes', mediaTypes: ['application/json'], inlineFiles: true }
      : { form: 'bytes', mediaTypes: ['application/xml', 'text/xml'] };
    this.signature = signatureCheck(options);
  }

  override verify(request: RawRequest): void {
    const { auth } = this.options;
    if (auth !== undefined) checkCredential(auth, request.headers);
    if (this.isSigned) this.signature.verify(request);
  }

  override bodyCheck(head: RawRequest): BodyCheck | undefined {
    const { auth } = this.options;
    if (auth !== undefined) checkCredential(auth, head.headers);
    return this.isSigned ? this.signature.streamed(head) : NOTHING_MORE;
  }

  override isNoSubmission(received: ReceivedSubmission): boolean {
    return isNoSubmission(received, this.options);
  }

  override translate(submission: ReceivedSubmission): ApplicationDraft {
    return translated(submission, this.options);
  }

  override describeTarget(): string {
    const { secrets, publicKeys, auth, profile = xmlFormatOf(this.options) === undefined ? 'JSON' : 'XML' } = this.options;
    const signed = this.isSigned ? [`verified by ${secrets.length} secrets and ${publicKeys.length} public keys`] : [];
    const shown = auth === undefined ? [] : [`sender proves itself by: ${auth.kind}`];
    return [`${profile} at endpoint "${this.instance}"`, ...signed, ...shown].join(', ');
  }

  private get isSigned(): boolean {
    return this.options.secrets.length + this.options.publicKeys.length > 0;
  }

  protected override judgeSettings(): readonly JudgedSetting[] {
    const { secrets, publicKeys, toleranceSeconds, linkOrigins, auth } = this.options;
    return [
      ...(auth === undefined ? [] : [judgeCredential(auth)]),
      {
        name: 'keys',
        ok: true,
        detail: `${secrets.length} secrets, ${publicKeys.length} public keys, clocks may differ by ${toleranceSeconds} s`,
      },
      { name: 'linkOrigins', ok: true, detail: linkOrigins.length === 0 ? 'no linked attachments' : linkOrigins.join(', ') },
    ];
  }
}

/** Intake for any sender that posts JSON or XML and signs it as Standard Webhooks says, or shows a credential. */
export const adapter = defineAdapter({
  type: 'forms-webhook',
  kind: 'forms',
  title: 'JSON or XML with Standard Webhooks 1.0.0 signature or a credential; profiles for gover, Open Forms, form.io, XGov, JAXForms',
  options: WebhookOptions,
  create: (options: WebhookOptions, environment) => new WebhookForms(options, environment.instance),
});
