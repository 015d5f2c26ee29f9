// SPDX-License-Identifier: EUPL-1.2
import type { FormItem, JsonValue } from '@amtsbote/canonical';

import type { ApplicationDraft, AttachmentDraft, ReceivedFile } from '../../ports/forms.js';

/** Files that stood in a document and were taken out of it while it was read. */
export class InlineFiles {
  private readonly byWord: ReadonlyMap<string, ReceivedFile>;
  private readonly used = new Set<string>();

  constructor(files: readonly ReceivedFile[]) {
    this.byWord = new Map(files.map((file) => [file.partName, file]));
  }

  /** The file for which this text stands, if it does. */
  take(text: string): ReceivedFile | undefined {
    const file = this.byWord.get(text);
    if (file !== undefined) this.used.add(text);
    return file;
  }

  /** What is no attachment by the mapping becomes one all the same, and where it stood its name does. */
  keepRest(draft: ApplicationDraft): ApplicationDraft {
    const rest = [...this.byWord.values()].filter(({ partName }) => !this.used.has(partName));
    if (rest.length === 0) return draft;
    const names = new Map(rest.map(({ partName }, index) => [partName, `Inhalt ${index + 1}`]));
    const attachments = rest.map((file): AttachmentDraft => ({
      name: names.get(file.partName) ?? '',
      mediaType: typeOf(file),
      purpose: 'attachment',
      file,
    }));
    return {
      ...draft,
      attachments: [...draft.attachments, ...attachments],
      form: draft.form.map((item) => renamedItem(item, names)),
      unmapped: draft.unmapped.map(({ path, value }) => ({ path, value: renamed(value, names) })),
    };
  }
}

/** What the sender said it was. */
export function typeOf({ mediaType }: ReceivedFile): string {
  return mediaType === '' ? 'application/octet-stream' : mediaType;
}

function renamedItem(item: FormItem, names: ReadonlyMap<string, string>): FormItem {
  if (item.kind === 'group') return { ...item, items: item.items.map((below) => renamedItem(below, names)) };
  return typeof item.value === 'string' ? { ...item, value: names.get(item.value) ?? item.value } : item;
}

function renamed(value: JsonValue, names: ReadonlyMap<string, string>): JsonValue {
  if (typeof value === 'string') return names.get(value) ?? value;
  if (Array.isArray(value)) return value.map((element) => renamed(element, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([member, below]) => [member, renamed(below, names)]));
}
