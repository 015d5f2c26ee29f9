// SPDX-License-Identifier: EUPL-1.2
import type { FilingTrial, TriedObject, TriedStep } from '@amtsbote/ops-api';

/** Where an application would be filed, step by step. */
export function renderTrial({ reference, route, masked, steps }: FilingTrial): string {
  const head = `${reference} by ${route}. Nothing was filed.${masked ? ' What depends on personal data is hidden.' : ''}`;
  return [head, ...(steps.length === 0 ? ['The route files nowhere.'] : steps.map(renderStep))].join('\n\n');
}

function renderStep({ step, instance, target, rule, runs, result, problem }: TriedStep): string {
  const by = rule === null ? 'by the options of the instance' : `by rule ${rule.name}, version ${rule.version}`;
  const lines = [`${step} → ${instance} (${target}), ${by}`];
  if (runs === false) lines.push('  would be skipped: its condition is false');
  if (runs === null) lines.push('  its condition cannot be evaluated for this application');
  if (rule?.retention != null) lines.push(`  retention  ${rule.retention}`);
  if (problem !== null) lines.push(`  ${problem.kind}: ${problem.code}`, `  ${problem.message}`);
  if (result === null) return lines.join('\n');
  lines.push(`  cabinet    ${result.cabinet === '' ? '(the only one)' : result.cabinet}`);
  lines.push(...renderObject('Akte', result.akte, `key ${result.akte.key}`), ...renderObject('Vorgang', result.vorgang));
  for (const document of result.documents) lines.push(...renderObject('document', document, document.role));
  return lines.join('\n');
}

function renderObject(what: string, { title, class: className, properties }: TriedObject, more?: string): string[] {
  const details = [className, more].filter((text) => text !== undefined && text !== '');
  return [
    `  ${what.padEnd(9)}  ${title}${details.length === 0 ? '' : `  [${details.join(', ')}]`}`,
    ...properties.map(({ name, values }) => `               ${name} = ${values.join('; ')}`),
  ];
}
