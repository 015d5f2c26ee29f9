// SPDX-License-Identifier: EUPL-1.2
import { TRADE_OFFICE } from '@amtsbote/adapters/dms-nscale/simulator';

import { duplicatesOf } from '../duplicates.js';
import type { Town } from '../town.js';
import type { BookedApplication } from './hub-books.js';
import type { SentApplication } from './samples.js';

/** The systems around the hub whose books are looked into. */
export type Outside = Pick<Town, 'portal' | 'payment' | 'fachverfahren' | 'dms'>;

/** What is left to say about applications when everybody's books are compared. */
export interface Audit {
  /** Accepted with 202. */
  readonly received: number;
  /** Finished in the hub's books and arrived in the books of every system around it. */
  readonly completed: number;
  /** Accepted, but unknown to the hub, or finished in its books and missing somewhere outside. */
  readonly lost: number;
  readonly duplicateEffects: number;
  readonly parked: number;
  /** One line for everything that is not as it should be. */
  readonly findings: readonly string[];
}

/** Compares what senders were promised with the hub's books and with the books of the systems around it. */
export function audit(sent: readonly SentApplication[], booked: readonly BookedApplication[], town: Town): Audit {
  const byId = new Map(booked.map((application) => [application.id, application]));
  const duplicates = duplicatesOf(town);
  const findings: string[] = [...duplicates.map((line) => `done twice: ${line}`), ...problemsInTown(town)];
  let [completed, lost, parked] = [0, 0, 0];
  for (const application of sent) {
    const inHub = byId.get(application.id);
    const missing = inHub?.progress === 'finished' ? missingOutside(application, town) : [];
    if (inHub === undefined || missing.length > 0) lost += 1;
    else if (inHub.progress === 'finished') completed += 1;
    else if (inHub.progress === 'parked') parked += 1;
    if (inHub === undefined) findings.push(`${application.reference}: the hub does not know it`);
    else if (inHub.progress !== 'finished') findings.push(`${application.reference}: ${inHub.progress}, ${inHub.state}`);
    findings.push(...missing.map((what) => `${application.reference}: ${what}`));
  }
  return { received: sent.length, completed, lost, duplicateEffects: duplicates.length, parked, findings };
}

/** What a finished application should have left outside of the hub, and did not. */
export function missingOutside(application: SentApplication, town: Outside): string[] {
  return [...missingAtPortal(application, town), ...missingInOffice(application, town), ...missingInDms(application, town)];
}

function missingAtPortal({ id, reference }: SentApplication, { portal, payment }: Outside): string[] {
  const known = portal.cases.get(id);
  const last = known?.updates.at(-1)?.data;
  const isCollected = known !== undefined && known.documents.length > 0 && known.documents.every(({ result }) => result === 'collected');
  const compact = reference.replaceAll('-', '');
  const isPaid = payment.books.all().some(({ status, request }) => status === 'PAYED' && request.purpose.includes(compact));
  return [
    ...(last?.state === 'COMPLETED' ? [] : [`the portal saw ${last?.state ?? 'nothing'}`]),
    ...(isCollected ? [] : ['the portal did not collect the decision, or it differs from what was announced']),
    ...(isPaid ? [] : ['the payment provider has no payment']),
  ];
}

function missingInOffice({ id, sha512 }: SentApplication, { fachverfahren }: Outside): string[] {
  const known = fachverfahren?.cases.get(id);
  return [
    ...(known?.taken === 1 ? [] : [`the Fachverfahren took it ${known?.taken ?? 0} times`]),
    ...(known === undefined || known.attachments === sha512.length ? [] : [`the Fachverfahren got ${known.attachments} attachments`]),
  ];
}

/** All that was sent, the data of application and decision, and the decision's own documents. */
function missingInDms({ id, reference, sha512 }: SentApplication, { dms, portal }: Outside): string[] {
  const vorgaenge = dms.contents().akten.flatMap((akte) => akte.vorgaenge);
  const vorgang = vorgaenge.find(({ properties }) => properties['vorgangsnummer'] === reference);
  if (vorgang === undefined) return [`the DMS has no ${TRADE_OFFICE.roles.vorgang.objectClass}`];
  const filed = new Set(vorgang.documents.map((document) => document.sha512));
  const decision = portal.cases.get(id)?.updates.at(-1)?.data.decision;
  const wanted = [...sha512, ...(decision?.documents.map((document) => document.sha512) ?? [])];
  const missing = wanted.filter((hash) => !filed.has(hash)).length;
  const dataFiles = vorgang.documents.filter(
    ({ mediaType, sha512: hash }) => mediaType === 'application/json' && !wanted.includes(hash),
  ).length;
  return [
    ...(missing === 0 ? [] : [`${missing} documents are missing in the DMS`]),
    ...(dataFiles === 2 ? [] : [`the DMS has ${dataFiles} data files instead of 2`]),
  ];
}

function problemsInTown({ portal, fachverfahren }: Town): string[] {
  return [
    ...portal.failures.map((failure) => `portal: ${failure}`),
    ...(portal.rejected === 0 ? [] : [`portal: ${portal.rejected} webhooks with a wrong signature`]),
    ...(fachverfahren?.failures.map((failure) => `Fachverfahren: ${failure}`) ?? []),
  ];
}
