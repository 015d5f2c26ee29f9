// SPDX-License-Identifier: EUPL-1.2
import { aFile, aPdf, aPerson, type OutgoingFile, picker, type SyntheticPerson } from '@amtsbote/adapter-kit/testing';

import type { WireFormData, WireFormItem } from '../../src/ozg-cloud.wire.js';

/** What a form server of this format sends for one application. */
export interface OzgCloudSubmission {
  readonly formData: WireFormData;
  readonly representation?: OutgoingFile;
  /** As gover: first `Antrag.json`, then the uploads. */
  readonly attachments: readonly OutgoingFile[];
}

/** Which submissions to make up. */
export interface OzgCloudSubmissionsRequest {
  readonly count: number;
  /** Same seed, same submissions. */
  readonly seed?: number;
  /** Uploads per submission; default 1. */
  readonly uploads?: number;
  /** What gover does: no LeiKa keys. Default: it does not send any. */
  readonly leikaIds?: readonly string[];
}

const text = (name: string, label: string, stringValue: string): WireFormItem => ({ name, label, stringValue });

/** Made-up business registrations (Gewerbeanmeldung), each with its own transaction id. */
export function ozgCloudSubmissions({ count, seed = 1, uploads = 1, leikaIds = [] }: OzgCloudSubmissionsRequest): OzgCloudSubmission[] {
  return Array.from({ length: count }, (_, index) => submissionOf(seed, index, uploads, leikaIds));
}

function submissionOf(seed: number, index: number, uploads: number, leikaIds: readonly string[]): OzgCloudSubmission {
  const person = aPerson(seed, index);
  const pick = picker(seed, index + 1_000_000);
  const names = Array.from({ length: uploads }, (_, upload) => `Lageplan_${upload + 1}.pdf`);
  const formData: WireFormData = {
    control: {
      transactionId: pick.uuid(),
      zustaendigeStelle: '100001',
      leikaIds: [...leikaIds],
      formId: 'Gewerbeanmeldung',
      name: 'Antrag auf Gewerbeanmeldung',
      serviceKonto: {
        type: pick(['OSI', 'BAYERN_ID']),
        trustLevel: pick(['STORK-QAA-Level-1', 'STORK-QAA-Level-3', 'STORK-QAA-Level-4']),
        postfachAddress: { identifier: pick.uuid(), type: 'Citizen' },
      },
    },
    formData: [personItems(person), businessItems(pick), contactItems(person), uploadItems(names)],
  };
  const title = [`Antrag ${index + 1}`, 'Gewerbeanmeldung', `${person.givenName} ${person.familyName}`];
  return {
    formData,
    representation: aFile('Antrag.pdf', aPdf(title)),
    attachments: [aFile('Antrag.json', JSON.stringify(formData), 'application/json'), ...names.map((name) => aFile(name, aPdf([name])))],
  };
}

function personItems(person: SyntheticPerson): WireFormItem {
  return {
    name: 'antragstellende_person',
    label: 'Antragstellende Person',
    formItems: [
      text('nachname', 'Nachname', person.familyName),
      text('vorname', 'Vorname', person.givenName),
      { name: 'geburtsdatum', label: 'Geburtsdatum', dateValue: person.dateOfBirth },
      text('geburtsname', 'Geburtsname', 'Keine Angabe'),
      {
        name: 'anschrift',
        label: 'Anschrift',
        formItems: [
          text('strasse', 'Straße', person.street),
          text('hausnummer', 'Hausnummer', person.houseNumber),
          text('plz', 'PLZ', person.postalCode),
          text('ort', 'Ort', person.city),
        ],
      },
    ],
  };
}

function businessItems(pick: ReturnType<typeof picker>): WireFormItem {
  const row = (index: number): WireFormItem => ({
    name: `betriebsstaetten_${index}`,
    label: `Zeile ${index + 1}`,
    formItems: [
      text(`betriebsstaetten_${index}_Ort`, 'Ort', pick(['Musterstadt', 'Beispielhausen', 'Groß Probe'])),
      { name: `betriebsstaetten_${index}_Flaeche`, label: 'Fläche (m²)', numberValue: 20 + pick.number(800) / 2 },
    ],
  });
  return {
    name: 'betriebsdaten',
    label: 'Betriebsdaten',
    formItems: [
      text('geschaeftsbezeichnung', 'Geschäftsbezeichnung', pick(['Käse & Söhne <Beispiel>', 'Blumen "Zur Probe"', 'Fahrräder; Räder'])),
      { name: 'beschaeftigte_vollzeit', label: 'Beschäftigte (Vollzeit)', numberValue: pick.number(40) },
      {
        name: 'betriebsstaetten',
        label: 'Betriebsstätten',
        formItems: Array.from({ length: 1 + pick.number(3) }, (_, index) => row(index)),
      },
      { name: 'check_richtigkeit', label: 'Richtigkeit bestätigt', booleanValue: true },
    ],
  };
}

function contactItems(person: SyntheticPerson): WireFormItem {
  return {
    name: 'kontaktinformationen',
    label: 'Kontaktinformationen',
    formItems: [text('telefonnummer', 'Telefonnummer', person.phone), text('e_mail', 'E-Mail', person.email)],
  };
}

function uploadItems(names: readonly string[]): WireFormItem {
  const listed = names.length === 0 ? 'Keine Anlagen hochgeladen' : names.join('\n');
  return { name: 'nachweise', label: 'Nachweise', formItems: [text('lageplan', 'Lageplan', listed)] };
}
