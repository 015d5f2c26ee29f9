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
import { FORM_ITEMS_MAX } from '@amtsbote/canonical';

import { formcycleTranslation } from './formcycle.mapping.js';
import { FormcycleOptions } from './formcycle.options.js';

class FormcycleForms extends ReceivingForms {
  override readonly body: BodyForm = { form: 'fields', fieldsMax: FORM_ITEMS_MAX };
  private readonly translation: (submission: ReceivedSubmission) => ApplicationDraft;

  constructor(
    private readonly options: FormcycleOptions,
    private readonly instance: string,
  ) {
    super();
    this.translation = formcycleTranslation(options);
  }

  override verify(request: RawRequest): void {
    checkCredential(this.options.auth, request.headers);
  }

  override translate(submission: ReceivedSubmission): ApplicationDraft {
    return this.translation(submission);
  }

  override describeTarget(): string {
    return `FORMCYCLE, action HTTP-Request, at endpoint "${this.instance}", sender proves itself by: ${this.options.auth.kind}`;
  }

  protected override judgeSettings(): readonly JudgedSetting[] {
    const { auth, submissionId, elements, groups } = this.options;
    const detail = 'contentHash' in submissionId ? 'by content: equal submissions are taken for one' : 'named by the sender';
    const mapped = `${Object.keys(elements).length} elements have a label or type, ${groups.length} groups are repeated`;
    return [judgeCredential(auth), { name: 'submissionId', ok: true, detail }, { name: 'elements', ok: true, detail: mapped }];
  }
}

/** Intake for the workflow action "HTTP-Request" of FORMCYCLE. */
export const adapter = defineAdapter({
  type: 'forms-formcycle',
  kind: 'forms',
  title: 'FORMCYCLE, workflow action HTTP-Request (url-encoded and multipart)',
  options: FormcycleOptions,
  create: (options: FormcycleOptions, environment) => new FormcycleForms(options, environment.instance),
});
