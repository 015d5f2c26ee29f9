// SPDX-License-Identifier: EUPL-1.2
import type { Application, Decision } from '@amtsbote/canonical';

import { formatBytes } from './german-format.js';
import { OUTCOME } from './german-texts.js';
import { type Block } from './pdf/blocks.js';
import { renderPdf } from './pdf/pdf-writer.js';
import { instant, serviceName } from './readable-application.js';
import { replacementNote } from './readable-pdf.js';

/** What the readable document of a decision is made of. */
export interface ReadableDecision {
  readonly application: Application;
  readonly decision: Decision;
  readonly tenantName?: string;
}

/**
 * The decision as a document for people, made when the back office sent outcome and text but no document. PDF/A-2b like the application's;
 * depends on its input alone, the creation date is the time of the decision.
 */
export async function renderDecisionPdf(input: ReadableDecision): Promise<Buffer> {
  const { application, decision, tenantName } = input;
  const frame = {
    title: `Bescheid ${application.reference}`,
    subjectId: decision.id,
    createdAt: new Date(decision.decidedAt),
    headerLeft: `${application.test ? 'TEST · ' : ''}${application.reference} · ${serviceName(application)}`,
    headerRight: tenantName ?? `Regionalschlüssel ${application.tenant}`,
    footerLeft: `Entschieden am ${instant(decision.decidedAt)}`,
  };
  return renderPdf(frame, blocks(input), (replaced) => replacementNote(replaced, `Bescheid_${application.reference}.json`));
}

function* blocks({ application, decision }: ReadableDecision): Generator<Block> {
  const information = decision.outcome === 'information';
  yield {
    kind: 'title',
    overline: `${information ? 'Mitteilung' : 'Entscheidung'} zum Antrag ${application.reference}`,
    text: serviceName(application),
  };
  if (application.test) yield { kind: 'alarm', text: 'Testantrag: Diese Entscheidung dient nur der Erprobung und hat keine Wirkung.' };
  yield { kind: 'section', text: information ? 'Mitteilung' : 'Entscheidung' };
  yield { kind: 'row', label: 'Ergebnis', value: OUTCOME[decision.outcome] };
  yield { kind: 'row', label: 'Datum', value: instant(decision.decidedAt) };
  yield { kind: 'row', label: 'Vorgangsnummer', value: application.reference };
  yield { kind: 'row', label: 'Antrag eingegangen am', value: instant(application.receivedAt) };
  yield { kind: 'row', label: 'Antragstellend', value: applicantName(application) };
  yield { kind: 'section', text: 'Wortlaut' };
  if (decision.text.trim() === '') yield { kind: 'paragraph', text: 'Zu dieser Entscheidung wurde kein Text übermittelt.' };
  else yield { kind: 'paragraph', text: decision.text };
  if (decision.documents.length > 0) yield { kind: 'section', text: 'Dokumente' };
  for (const [index, document] of decision.documents.entries()) {
    const size = document.state === 'stored' ? formatBytes(document.size) : 'noch nicht abgeholt';
    yield { kind: 'row', label: `Dokument ${index + 1}`, value: document.name, detail: `${document.mediaType} · ${size}` };
  }
}

function applicantName({ applicant }: Application): string {
  const person = [applicant.givenName, applicant.familyName].filter((part) => part !== undefined && part.trim() !== '').join(' ');
  const names = [applicant.organisationName ?? '', person].filter((name) => name.trim() !== '');
  return names.length === 0 ? 'nicht angegeben' : names.join('\n');
}
