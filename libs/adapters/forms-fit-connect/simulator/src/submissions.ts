// SPDX-License-Identifier: EUPL-1.2
import { aPdf } from '@amtsbote/adapter-kit/testing';

/** A file a citizen uploads, or the readable form. */
export interface SampleAttachment {
  readonly name: string;
  readonly mediaType: string;
  readonly purpose: 'form' | 'attachment' | 'report' | 'data';
  readonly content: Buffer;
  /** Sent in pieces of so many bytes, the last one shorter. */
  readonly fragmentBytes?: number;
}

/** An attachment that is never whole in memory. */
export interface LargeAttachment extends Omit<SampleAttachment, 'content' | 'fragmentBytes'> {
  readonly bytes: number;
  /** In so many pieces; default 1. */
  readonly pieces?: number;
}

/** What an online service sends. */
export interface FitConnectSubmission {
  readonly serviceType: { readonly identifier: string; readonly name: string };
  readonly schemaUri: string;
  readonly metadataVersion: string;
  /** Text of the data and what they are. */
  readonly data: { readonly mimeType: 'application/json' | 'application/xml'; readonly text: string };
  readonly attachments: readonly SampleAttachment[];
  readonly large?: readonly LargeAttachment[];
  /** More members of the metadata: reply channel, author, payment. */
  readonly more?: Readonly<Record<string, unknown>>;
  /** An existing case: a further submission in it. */
  readonly caseId?: string;
}

/** The service and the schema of its data that samples are sent for. */
export const SAMPLE_SERVICE = { identifier: 'urn:de:fim:leika:leistung:99050012104000', name: 'Gewerbeanmeldung' };
export const SAMPLE_SCHEMA = 'https://schema.fitko.de/fim/s00000121_1.0.schema.json';

/** A made-up business registration; equal numbers make equal submissions. */
export function aFitConnectSubmission(number = 1, changes: Partial<FitConnectSubmission> = {}): FitConnectSubmission {
  const text = JSON.stringify({
    F60000001: { nachname: `Müller-Lüdenscheidt ${number}`, vorname: 'Öztürk', geburtsdatum: '1980-02-29' },
    anschrift: { strasse: 'Große Straße', hausnummer: '1 a', plz: '12345', ort: 'Musterstadt' },
    betrieb: { name: `Bäckerei Nr. ${number}`, beginn: '2026-03-01', mitarbeiter: 3, handwerk: true },
    taetigkeiten: [{ schluessel: '10.71', bezeichnung: 'Herstellung von Backwaren' }],
    bemerkung: null,
  });
  return {
    serviceType: SAMPLE_SERVICE,
    schemaUri: SAMPLE_SCHEMA,
    metadataVersion: '2.1.0',
    data: { mimeType: 'application/json', text },
    attachments: [
      { name: 'Antrag.pdf', mediaType: 'application/pdf', purpose: 'form', content: Buffer.from(aPdf([`Gewerbeanmeldung ${number}`])) },
      {
        name: 'Meisterbrief größer.pdf',
        mediaType: 'application/pdf',
        purpose: 'attachment',
        content: Buffer.from(aPdf(['Meisterbrief'])),
      },
    ],
    ...changes,
  };
}
