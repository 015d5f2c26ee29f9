// SPDX-License-Identifier: EUPL-1.2
import { IntakeRejection, type ReceivedFile, valuesAt } from '@amtsbote/adapter-kit';
import type { FormItem } from '@amtsbote/canonical';

import type { OzgCloudOptions } from './ozg-cloud.options.js';

/**
 * Every file the form announces has to be there, each counted once: an application whose Lageplan got lost on the way is not complete.
 * @throws IntakeRejection `untranslatable`, code `attachment-missing`, naming the field, never the file (names tell about people).
 */
export function checkAnnouncedFiles(form: readonly FormItem[], files: readonly ReceivedFile[], options: OzgCloudOptions): void {
  const here = files.map(({ fileName }) => foldedName(fileName));
  for (const { path, value } of options.fileFields.flatMap((field) => valuesAt(form, field))) {
    const announced =
      typeof value === 'string'
        ? value
            .split(options.fileSeparator)
            .map((name) => name.trim())
            .filter((name) => name !== '')
        : [];
    const missing = announced.filter((name) => !taken(here, foldedName(name)));
    if (missing.length > 0) {
      const detail = `${missing.length} of ${announced.length} files announced in this field did not arrive.`;
      throw new IntakeRejection('untranslatable', 'attachment-missing', detail, path.slice(0, 300));
    }
  }
}

function taken(names: string[], name: string): boolean {
  const index = names.indexOf(name);
  if (index >= 0) names.splice(index, 1);
  return index >= 0;
}

/** Senders fold the names of parts (gover: every run of other than letters, digits and _ becomes one _): compared as if both were. */
function foldedName(name: string): string {
  return name.normalize('NFC').replace(/\W+/g, '_').toLowerCase();
}
