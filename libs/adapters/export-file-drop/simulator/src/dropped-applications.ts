// SPDX-License-Identifier: EUPL-1.2
import type { ReceivedExport } from '@amtsbote/adapter-kit/testing';
import type { FileTree } from '@amtsbote/adapter-kit/testing/sftp';

/** An application as it lies in the folder, under the key of its act. */
export type DroppedApplication = ReceivedExport & { readonly act: string };

interface List {
  readonly act: string;
  readonly reference: string;
  readonly documents: readonly { readonly storedAs: string; readonly fileName: string }[];
}

/** Everything that a Fachverfahren would find, read from the files themselves; what no list of contents describes is not complete. */
export function droppedApplications({
  files,
  dropped,
}: {
  readonly files: FileTree;
  readonly dropped: () => string[];
}): DroppedApplication[] {
  return dropped().flatMap((folder) => {
    const contents = files.read(`${folder}/Verzeichnis.json`);
    if (contents === undefined) return [];
    const { act, reference, documents } = JSON.parse(contents.toString('utf8')) as List;
    return [
      {
        ...{ id: folder, act, reference },
        documents: documents.map(({ storedAs, fileName }) => ({ fileName, sha512: files.sha512(`${folder}/${storedAs}`) })),
      },
    ];
  });
}
