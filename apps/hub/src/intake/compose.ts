// SPDX-License-Identifier: EUPL-1.2
import type { ApplicationDraft, AttachmentDraft } from '@amtsbote/adapter-kit';
import { IntakeRejection } from '@amtsbote/adapter-kit';
import {
  Application,
  areFormItems,
  type Attachment,
  distinctNames,
  FORM_DEPTH_MAX,
  FORM_ITEMS_MAX,
  type FormItem,
  type Ids,
  type PublicService,
  safeFileName,
} from '@amtsbote/canonical';
import { storable, type StoredBlob } from '@amtsbote/store';
import type { z } from 'zod';

import type { CaseAtSubmission } from '../cases/case-relations.js';

/** What the intake adds to a translated submission. */
export interface Frame {
  readonly id: string;
  readonly reference: string;
  readonly receivedAt: Date;
  readonly tenant: string;
  readonly endpoint: string;
  readonly system: string;
  /** What the service catalogue said when it was received. */
  readonly catalogue: Pick<PublicService, 'catalogueVersion' | 'authority'>;
  readonly relations: Pick<CaseAtSubmission, 'relations' | 'caseReference'>;
}

/** An attachment draft with the blob that holds its bytes; links have none yet. */
export interface PlacedAttachment {
  readonly draft: AttachmentDraft;
  readonly blob: StoredBlob | undefined;
  /** What it is, by its content; absent: nobody has looked yet. */
  readonly mediaType?: string;
}

/** Where an application's `unmapped` says how many characters could not be stored as they came. */
export const REPLACED_CHARACTERS = 'replacedCharacters';
/** As many as the canonical schema takes. */
const UNMAPPED_MAX = 5_000;

/**
 * The canonical application of a translated submission: safe and distinct file names, storable texts, checked against the canonical schema.
 * @throws IntakeRejection kind `untranslatable` naming the place, when the submission cannot be an application (limits, formats).
 */
export function composeApplication(draft: ApplicationDraft, frame: Frame, placed: readonly PlacedAttachment[], ids: Ids): Application {
  checkTree(draft.form);
  checkSubmissionId(draft.submissionId);
  const { value: candidate, replaced } = storable({
    id: frame.id,
    tenant: frame.tenant,
    reference: frame.reference,
    ...(frame.relations.caseReference === undefined ? {} : { caseReference: frame.relations.caseReference }),
    receivedAt: frame.receivedAt.toISOString(),
    test: draft.test,
    publicService: { leikaKeys: [...draft.leikaKeys], name: draft.serviceName, ...frame.catalogue },
    origin: {
      system: frame.system,
      endpoint: frame.endpoint,
      submissionId: draft.submissionId,
      ...(draft.formId === undefined ? {} : { formId: draft.formId }),
      ...(draft.formVersion === undefined ? {} : { formVersion: draft.formVersion }),
      ...(draft.authorityId === undefined ? {} : { authorityId: draft.authorityId }),
    },
    applicant: draft.applicant,
    form: draft.form,
    attachments: describeAttachments(placed, ids),
    places: draft.places,
    consents: draft.consents,
    deadlines: draft.deadlines,
    relations: frame.relations.relations,
    unmapped: draft.unmapped,
    ...(draft.payment === undefined ? {} : { payment: draft.payment }),
  });
  const replacements = replaced > 0 && candidate.unmapped.length < UNMAPPED_MAX ? [{ path: REPLACED_CHARACTERS, value: replaced }] : [];
  const result = checked({ ...candidate, unmapped: [...candidate.unmapped, ...replacements] });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = `/${(issue?.path ?? []).map(String).join('/')}`;
  throw new IntakeRejection(
    'untranslatable',
    'not-an-application',
    `The submission cannot be an application: ${issue?.message ?? 'unknown'}`,
    place,
  );
}

const ApplicationWithoutForm = Application.omit({ form: true });

/** The canonical schema's judgement. A form that is in order is told faster; the schema has the words for what is not. */
function checked(
  candidate: Readonly<Record<string, unknown>>,
): { success: true; data: Application } | { success: false; error: z.ZodError } {
  const { form, ...rest } = candidate;
  if (!areFormItems(form)) return Application.safeParse(candidate);
  const result = ApplicationWithoutForm.safeParse(rest);
  return result.success ? { success: true, data: { ...result.data, form } } : result;
}

/** The key against doubles must not change: two ids that differ in replaced characters only would become one application. */
function checkSubmissionId(submissionId: string): void {
  if (storable(submissionId).replaced === 0) return;
  throw new IntakeRejection(
    'untranslatable',
    'unusable-submission-id',
    'The id of the submission holds U+0000 or half a surrogate pair.',
    '/submissionId',
  );
}

/** Counted and measured before the schema recurses into it: a hostile tree must not exhaust the stack. */
function checkTree(form: readonly FormItem[]): void {
  let items = 0;
  const open: { level: readonly FormItem[]; depth: number }[] = [{ level: form, depth: 1 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.depth > FORM_DEPTH_MAX) {
      throw new IntakeRejection('untranslatable', 'form-too-deep', `The form is nested deeper than ${FORM_DEPTH_MAX} levels.`, '/form');
    }
    items += next.level.length;
    if (items > FORM_ITEMS_MAX) {
      throw new IntakeRejection('untranslatable', 'form-too-large', `The form has more than ${FORM_ITEMS_MAX} items.`, '/form');
    }
    for (const item of next.level) if (item.kind === 'group') open.push({ level: item.items, depth: next.depth + 1 });
  }
}

function describeAttachments(placed: readonly PlacedAttachment[], ids: Ids): Attachment[] {
  const names = distinctNames(placed.map(({ draft }) => safeFileName(draft.name)));
  return placed.map(({ draft, blob, mediaType = draft.mediaType }, index) => {
    const sent = draft.mediaType.slice(0, 255);
    const described = {
      id: blob?.id ?? ids.uuid(),
      name: names[index] ?? 'unbenannt',
      originalName: draft.name.slice(0, 4_096),
      mediaType: mediaType.slice(0, 255),
      ...(mediaType === sent ? {} : { sentMediaType: sent }),
      purpose: draft.purpose,
      scan: 'notScanned',
    } as const;
    if (blob !== undefined) return { ...described, state: 'stored', size: blob.size, sha512: blob.sha512 };
    if (!('link' in draft)) throw new Error('an attachment without bytes and without a link');
    return { ...described, state: 'linked', link: draft.link };
  });
}
