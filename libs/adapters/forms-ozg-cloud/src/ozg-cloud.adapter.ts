// SPDX-License-Identifier: EUPL-1.2
import {
  type ApplicationDraft,
  type BodyForm,
  checkCredential,
  defineAdapter,
  judgeCredential,
  type JudgedSetting,
  type RawRequest,
  type ReceivedSubmission,
  ReceivingForms,
} from '@amtsbote/adapter-kit';

import { DATA_PARTS, ozgCloudTranslation } from './ozg-cloud.mapping.js';
import { OzgCloudOptions } from './ozg-cloud.options.js';

class OzgCloudForms extends ReceivingForms {
  override readonly body: BodyForm = { form: 'multipart', dataParts: DATA_PARTS };
  private readonly translation: (submission: ReceivedSubmission) => ApplicationDraft;

  constructor(
    private readonly options: OzgCloudOptions,
    private readonly instance: string,
  ) {
    super();
    this.translation = ozgCloudTranslation(options);
  }

  override verify(request: RawRequest): void {
    checkCredential(this.options.auth, request.headers);
  }

  override translate(submission: ReceivedSubmission): ApplicationDraft {
    return this.translation(submission);
  }

  override describeTarget(): string {
    return `OZG-Cloud Formularmanager JSON at endpoint "${this.instance}", sender proves itself by: ${this.options.auth.kind}`;
  }

  protected override judgeSettings(): readonly JudgedSetting[] {
    const forms = Object.keys(this.options.leikaByForm).length;
    return [judgeCredential(this.options.auth), { name: 'leikaByForm', ok: true, detail: `${forms} forms are mapped to LeiKa keys` }];
  }
}

/** Intake for senders of the OZG-Cloud "Formularmanager JSON" (multipart), such as gover. */
export const adapter = defineAdapter({
  type: 'forms-ozg-cloud',
  kind: 'forms',
  title: 'OZG-Cloud Formularmanager JSON (multipart)',
  options: OzgCloudOptions,
  create: (options: OzgCloudOptions, environment) => new OzgCloudForms(options, environment.instance),
});
