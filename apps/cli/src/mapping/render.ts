// SPDX-License-Identifier: EUPL-1.2
import type { FormVersionDetail, FormVersionView, MappingTrial } from '@amtsbote/ops-api';

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

/** What was sent, what it would become, what is left over. */
export function renderTrial({ input, application, unmapped, fields, violations, route, passedOver, rejection }: MappingTrial): string {
  const parts = input.parts.map(({ name, bytes, fileName }) => `  ${name}${fileName === null ? '' : ` (${fileName})`}: ${bytes} bytes`);
  const head = [`${input.mediaType}, ${input.bytes} bytes; nothing was stored`, ...parts];
  if (passedOver) return [...head, '', 'Would be passed over: a draft, by the sender’s own word.'].join('\n');
  if (rejection !== null) {
    const place = rejection.place === null ? '' : ` at ${rejection.place}`;
    return [...head, '', `Would be refused (${rejection.kind}, ${rejection.code})${place}: ${rejection.detail}`].join('\n');
  }
  const counts = (['mapped', 'unmapped', 'ignored'] as const).map(
    (fate) => `${fields.filter((field) => field.fate === fate).length} ${fate}`,
  );
  const failed = violations?.map(({ path, rule, message }) => `  ${path}: ${message} (${rule})`) ?? ['  bound to no schema'];
  return [
    ...head,
    '',
    `ROUTE  ${route ?? '(none)'}`,
    `FIELDS ${counts.join(', ')}`,
    '',
    'APPLICATION',
    JSON.stringify({ ...application, unmapped: undefined }, null, 2),
    '',
    'UNMAPPED',
    ...(unmapped.length === 0 ? ['  nothing'] : unmapped.map(({ path, value }) => `  ${path}: ${JSON.stringify(value)}`)),
    '',
    'VIOLATIONS',
    ...(failed.length === 0 ? ['  none'] : failed),
  ].join('\n');
}
