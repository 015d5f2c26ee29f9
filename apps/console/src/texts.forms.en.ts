// SPDX-License-Identifier: EUPL-1.2
import type { FormTexts } from './texts.forms.de.js';

/** What people read about forms, their versions and fields, in English. */
export const formsEn: FormTexts = {
  title: 'Forms',
  intro: 'Which forms come in which version, and what becomes of their fields. Names of fields only, no answers.',
  caption: 'Form versions, those with notices first',
  empty: 'No submission has come in yet.',
  back: 'Forms',
  form: 'Form',
  version: 'Version',
  noVersion: 'no version',
  noForm: 'no name',
  endpoint: 'Endpoint',
  tenant: 'Municipality',
  submissions: 'Submissions',
  last: 'Last',
  first: 'First',
  notices: 'Notices',
  fate: { mapped: 'mapped', unmapped: 'unmapped', ignored: 'deliberately not carried' },
  fateHead: 'Becomes',
  field: 'Field',
  fields: 'Fields',
  fieldsCaption: 'Fields of this version; unmapped ones first',
  notice: { version: 'New version', fields: 'New fields' },
  noticesCaption: 'Notices, newest first',
  raised: 'Noticed',
  seen: 'Confirmed',
  open: 'open',
  confirm: 'Confirm notices',
  confirmText: 'The notices count as read. Nothing is lost, nor what is unmapped.',
  confirmed: 'Confirmed',
};
