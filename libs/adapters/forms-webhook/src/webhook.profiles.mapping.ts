// SPDX-License-Identifier: EUPL-1.2
import { completeMapping, type FormMapping, type MappingSettings } from '@amtsbote/adapter-kit';

import { type PROFILE_NAMES, type WebhookOptions, type XmlFormat } from './webhook.options.js';

/** What the bodies of known senders mean, in the mapping language: data, no code. Fixtures of the same names show whole bodies. */
export const PROFILES: Readonly<Record<(typeof PROFILE_NAMES)[number], FormMapping>> = {
  // Destination "HTTP" of gover; read in its source. Its own payments are kept unmapped: the money is collected there.
  gover: {
    submissionId: '/metadata/submission_id',
    test: '/metadata/is_test_submission',
    formId: '/form/slug',
    formVersion: '/form/version',
    serviceName: '/form/name',
    authorityId: '/form/managing_department_id',
    form: '/data',
    attachments: ['/data/files'],
    representation: '/_pdf',
    applicant: { identityProvider: '/authentication/identity_provider' },
  },
  // Registration "generic JSON" of Open Forms; read in its source. Files stand where their component does: name them in `attachments`.
  'open-forms': {
    submissionId: '/metadata/public_reference',
    formVersion: '/metadata/form_version',
    form: '/values',
    // How values look is said by the form's own schema, again with every submission.
    ignored: ['/values_schema', '/metadata_schema'],
  },
  // Webhook action of form.io; read in its source. Every save of a submission is an event; `request` repeats what `submission` says.
  formio: {
    submissionId: ['/submission/_id', '/submission/modified'],
    formId: '/submission/form',
    form: '/submission/data',
    ignored: ['/request', '/response', '/params'],
    noSubmission: { pointer: '/submission/state', values: ['draft'] },
  },
  // Webhook output of XGov's digital-form-builder; read in its source. It names no submission.
  xgov: {
    submissionId: { contentHash: true },
    serviceName: '/name',
    form: '/questions',
    formKind: 'questions',
  },
  // REST push of JAXForms as XML; the shape is inferred from the vendor's documentation, see jaxforms in the README. Its "fingerprint" is always there.
  jaxforms: {
    submissionId: '/formdata/FINGERPRINT/GUID',
    formId: { at: ['/formdata/FINGERPRINT/FORM_ID', '/formdata/FINGERPRINT/NAME'] },
    formVersion: '/formdata/FINGERPRINT/version',
    serviceName: { at: ['/formdata/FINGERPRINT/NAME', '/formdata/FINGERPRINT/FORM_ID'] },
    authorityId: '/formdata/FINGERPRINT/MANDANT_ID',
    form: '/formdata',
    notForm: ['/formdata/FINGERPRINT'],
    attachments: [],
  },
};

/** Profiles of senders that post XML. */
const XML_FORMATS: Readonly<Partial<Record<(typeof PROFILE_NAMES)[number], XmlFormat>>> = { jaxforms: { nameBy: 'id' } };

/** How the bodies of an endpoint are read: XML, or `undefined` for JSON. Pure. */
export function xmlFormatOf({ xml, profile }: Pick<WebhookOptions, 'xml' | 'profile'>): XmlFormat | undefined {
  return xml ?? (profile === undefined ? undefined : XML_FORMATS[profile]);
}

/** The operator's mapping over the profile's, member by member. Pure. */
export function completed({ profile, mapping, labels, leikaByForm, linkOrigins }: WebhookOptions): MappingSettings {
  return { mapping: completeMapping(mapping, profile === undefined ? {} : PROFILES[profile]), labels, leikaByForm, linkOrigins };
}
