// SPDX-License-Identifier: EUPL-1.2
import { Application, areFormItems, LinkedAttachment, Origin, PublicService } from '@amtsbote/canonical';
import { z } from 'zod';

import { IntakeRejection } from '../intake-rejection.js';
import type { ApplicationDraft } from '../ports/forms.js';

const { applicant, form, places, consents, deadlines, relations, payment, unmapped } = Application.shape;

/** The canonical limits of everything a translation decides; `form` is judged last because it is the largest. */
const DraftLimits = z.object({
  submissionId: Origin.shape.submissionId,
  formId: Origin.shape.formId,
  formVersion: Origin.shape.formVersion,
  authorityId: Origin.shape.authorityId,
  serviceName: PublicService.shape.name,
  leikaKeys: PublicService.shape.leikaKeys,
  attachments: z
    .array(
      z.object({ name: LinkedAttachment.shape.originalName, mediaType: LinkedAttachment.shape.mediaType, link: z.string().optional() }),
    )
    .max(500),
  applicant,
  places,
  consents,
  deadlines,
  relations,
  payment,
  unmapped,
  form,
});

const LimitsWithoutForm = DraftLimits.omit({ form: true });

/**
 * Last look at a draft before it leaves the adapter: what the canonical schemas refuse (a mailbox handle of 10,000 characters, 501
 * attachments) is the sender's fault and told to the sender, instead of failing later inside the house.
 * @throws IntakeRejection `untranslatable`, code `beyond-limits`, naming the member of the draft.
 */
export function checkedDraft(draft: ApplicationDraft): ApplicationDraft {
  // What is in order is told faster; the schema has the words for what is not.
  const result = areFormItems(draft.form) ? LimitsWithoutForm.safeParse(draft) : DraftLimits.safeParse(draft);
  if (result.success) return draft;
  const [issue] = result.error.issues;
  const place = `/${(issue?.path ?? []).join('/')}`.slice(0, 300);
  throw new IntakeRejection(
    'untranslatable',
    'beyond-limits',
    `Cannot be expressed as an application (${issue?.code ?? 'invalid'}).`,
    place,
  );
}
