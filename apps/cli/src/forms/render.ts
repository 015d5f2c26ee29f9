// SPDX-License-Identifier: EUPL-1.2
import type { FormVersionDetail, FormVersionView } from '@amtsbote/ops-api';

import { table } from '../render.js';

export function renderFormVersions(versions: readonly FormVersionView[]): string {
  if (versions.length === 0) return 'No submission has come in yet.';
  const rows = versions.map(({ id, endpoint, formId, formVersion, submissions, fields, notices }) => [
    id,
    endpoint,
    formId || '–',
    formVersion || '–',
    String(submissions),
    String(fields.mapped),
    String(fields.unmapped),
    String(fields.ignored),
    notices === 0 ? '' : `${notices} new`,
  ]);
  return table(['ID', 'ENDPOINT', 'FORM', 'VERSION', 'SUBMISSIONS', 'MAPPED', 'UNMAPPED', 'IGNORED', 'NOTICES'], rows);
}

export function renderFormVersion(version: FormVersionDetail): string {
  const { fieldList } = version;
  const rows = fieldList.map(({ path, fate, submissions, firstAt }) => [path, fate, String(submissions), firstAt]);
  return [renderFormVersions([version]), '', table(['FIELD', 'BECOMES', 'SUBMISSIONS', 'FIRST'], rows)].join('\n');
}
