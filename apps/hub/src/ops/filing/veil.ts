// SPDX-License-Identifier: EUPL-1.2
import type { FilingPreview, PreviewedObject } from '@amtsbote/adapter-kit';
import type { Application, FormItem, JsonValue } from '@amtsbote/canonical';

/*
 * Operators see no personal data. Whether a text depends on them cannot be read off it (a title may hold a name, or a part of one), so it is
 * tried: the same filing is worked out for an application in which everything personal is something else. What stays equal is shown.
 */

/** The application with everything of its people, form and files exchanged; keys of business and shapes stay. Pure. */
export function veiled(application: Application): Application {
  const { applicant, form, attachments, places, consents, unmapped } = application;
  const other = <Part>(part: Part): Part => exchanged(part as JsonValue) as Part;
  return {
    ...application,
    ...{ applicant: { ...other(applicant), kind: applicant.kind }, form: form.map(veiledItem) },
    attachments: attachments.map((each) => ({ ...each, name: other(each.name), originalName: other(each.originalName) })),
    places: places.map(({ label, geometry }) => ({ label: other(label), geometry })),
    consents: other(consents),
    unmapped: unmapped.map(({ path, value }) => ({ path, value: other(value) })),
  };
}

function veiledItem(item: FormItem): FormItem {
  if (item.kind === 'group') return { ...item, items: item.items.map(veiledItem) };
  return { ...item, value: exchanged(item.value) as typeof item.value };
}

/** Every text becomes another one of the same length, dates stay dates, numbers and yes/no change. */
export function exchanged(value: JsonValue): JsonValue {
  if (typeof value === 'string') return exchangedText(value);
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (Array.isArray(value)) return value.map(exchanged);
  if (value === null) return null;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, exchanged(each)]));
}

/** Another text of the same length; a date stays one. */
export function exchangedText(text: string): string {
  const [, year, rest] = /^(\d{4})(-\d{2}-\d{2}(?:T.*)?)$/.exec(text) ?? [];
  if (year !== undefined && rest !== undefined) {
    const otherDay = rest.replace(
      /^-(\d{2})-(\d{2})/,
      (_all, month: string, day: string) => `-${month === '01' ? '03' : '01'}-${day === '05' ? '06' : '05'}`,
    );
    return `${year === '2031' ? '2032' : '2031'}${otherDay}`;
  }
  return text.replaceAll(/[\s\S]/gu, (sign) => (/\d/.test(sign) ? String((Number(sign) + 1) % 10) : sign === 'x' ? 'y' : 'x'));
}

/** Stands for what is not shown. */
function hidden(text: string): string {
  return `(personal, ${text.length} characters)`;
}

/** Shows of a preview what is equal in both. `other` absent: it could not be worked out, and nothing but names is shown. Pure. */
export function shownOf(preview: FilingPreview, other: FilingPreview | undefined): FilingPreview {
  const shown = (object: PreviewedObject, twin: PreviewedObject | undefined): PreviewedObject => ({
    key: same(object.key, twin?.key),
    title: same(object.title, twin?.title),
    class: object.class,
    properties: object.properties.map(({ name, values }, at) => ({
      name,
      values: values.map((value, position) => same(value, valueAt(twin, at, name, position))),
    })),
  });
  return {
    cabinet: preview.cabinet,
    akte: shown(preview.akte, other?.akte),
    vorgang: shown(preview.vorgang, other?.vorgang),
    documents: preview.documents.map((document, at) => ({ ...shown(document, other?.documents[at]), document: document.document })),
  };
}

function valueAt(twin: PreviewedObject | undefined, at: number, name: string, position: number): string | undefined {
  const property = twin?.properties[at];
  return property?.name === name ? property.values[position] : undefined;
}

function same(text: string, other: string | undefined): string {
  return text === other ? text : hidden(text);
}
