// SPDX-License-Identifier: EUPL-1.2
import { formatNumber } from './german-format.js';
import { type Block } from './pdf/blocks.js';
import { renderPdf } from './pdf/pdf-writer.js';
import { instant, type ReadableApplication, readableApplication, serviceName } from './readable-application.js';

/**
 * The application as a document for people: PDF/A-2b, tagged, German. Depends on its input alone (the creation date is the time of receipt,
 * the file ID follows from it): made again after a crash it has the same bytes and the same hash. Long forms let other work run in between.
 */
export async function renderReadablePdf(input: ReadableApplication): Promise<Buffer> {
  const { application, tenantName } = input;
  const frame = {
    title: `Antrag ${application.reference}`,
    subjectId: application.id,
    createdAt: new Date(application.receivedAt),
    headerLeft: `${application.test ? 'TEST · ' : ''}${application.reference} · ${serviceName(application)}`,
    headerRight: tenantName ?? `Regionalschlüssel ${application.tenant}`,
    footerLeft: `Eingegangen am ${instant(application.receivedAt)}`,
  };
  return renderPdf(frame, readableApplication(input), (replaced) => replacementNote(replaced, `Antrag_${application.reference}.json`));
}

/** Says that characters are missing and where they are not. */
export function replacementNote(replaced: number, dataFile: string): readonly Block[] {
  if (replaced === 0) return [];
  const count = replaced === 1 ? 'Ein Zeichen kann' : `${formatNumber(replaced)} Zeichen können`;
  return [
    { kind: 'section', text: 'Hinweis zur Darstellung' },
    {
      kind: 'paragraph',
      text: `${count} in der Schrift dieses Dokuments nicht dargestellt werden und ${replaced === 1 ? 'ist' : 'sind'} durch \ufffd ersetzt. Unverändert steht alles in der Datei ${dataFile}.`,
    },
  ];
}
