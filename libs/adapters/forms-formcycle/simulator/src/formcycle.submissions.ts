// SPDX-License-Identifier: EUPL-1.2
import { aFile, aPdf, aPerson, type OutgoingFile, picker } from '@amtsbote/adapter-kit/testing';

/** What a workflow sends for one Vorgang: parameters in order, names may repeat. */
export interface FormcycleSubmission {
  readonly parameters: readonly (readonly [name: string, value: string])[];
  /** One per upload element that was used; none makes the request url-encoded. */
  readonly files: readonly { readonly element: string; readonly file: OutgoingFile }[];
}

/** Which submissions to make up. */
export interface FormcycleSubmissionsRequest {
  readonly count: number;
  /** Same seed, same submissions. */
  readonly seed?: number;
  /** Uploads per submission; default 1. */
  readonly uploads?: number;
}

/** Options that fit the made-up submissions, besides the credential. */
export const SAMPLE_OPTIONS = {
  submissionId: { parameter: 'vorgang' },
  formId: { parameter: 'formular' },
  formVersion: { parameter: 'formularversion' },
  serviceName: { text: 'Anmeldung einer Veranstaltung' },
  test: 'testbetrieb',
  leikaKeys: ['99108008016000'],
  elements: {
    tfNachname: { label: 'Nachname' },
    tfVorname: { label: 'Vorname' },
    tfGeburtsdatum: { label: 'Geburtsdatum', type: 'date' },
    tfBesucher: { label: 'Erwartete Besucher', type: 'number' },
    cbMusik: { label: 'Musik im Freien', type: 'boolean' },
    tfStandplatz: { label: 'Standplatz' },
    tfFlaeche: { label: 'Fläche (m²)', type: 'number' },
  },
  groups: [{ name: 'staende', label: 'Stände', elements: ['tfStandplatz', 'tfFlaeche'] }],
  names: {
    familyName: ['tfNachname'],
    givenName: ['tfVorname'],
    dateOfBirth: ['tfGeburtsdatum'],
    email: ['tfMail'],
    street: ['tfStrasse'],
    postalCode: ['tfPLZ'],
    city: ['tfOrt'],
  },
  representation: 'pdf',
} as const;

/** Made-up announcements of events (Veranstaltungsanzeige), each of its own Vorgang. */
export function formcycleSubmissions({ count, seed = 1, uploads = 1 }: FormcycleSubmissionsRequest): FormcycleSubmission[] {
  return Array.from({ length: count }, (_, index) => submissionOf(seed, index, uploads));
}

function submissionOf(seed: number, index: number, uploads: number): FormcycleSubmission {
  const person = aPerson(seed, index);
  const pick = picker(seed, index + 2_000_000);
  const stands = Array.from({ length: 1 + pick.number(3) }, (_, stand): (readonly [string, string])[] => [
    ['tfStandplatz', `Platz ${stand + 1}`],
    ['tfFlaeche', `${10 + pick.number(90)},5`],
  ]);
  const parameters: (readonly [string, string])[] = [
    ['vorgang', pick.uuid()],
    ['formular', 'Veranstaltungsanzeige'],
    ['formularversion', '12'],
    ['testbetrieb', 'false'],
    ['tfNachname', person.familyName],
    ['tfVorname', person.givenName],
    ['tfGeburtsdatum', person.dateOfBirth.replace(/^(\d+)-(\d+)-(\d+)$/, '$3.$2.$1')],
    ['tfMail', person.email],
    ['tfStrasse', `${person.street} ${person.houseNumber}`],
    ['tfPLZ', person.postalCode],
    ['tfOrt', person.city],
    ['tfBezeichnung', pick(['Sommerfest & Flohmarkt', 'Lichterfest „Probe“', '100% Muster; 1+1=2'])],
    ['tfBesucher', '1.200'],
    ['cbMusik', 'ja'],
    ['taBemerkung', 'Zeile eins\r\nZeile zwei'],
    ['tfLeer', ''],
    ...stands.flat(),
  ];
  const files = Array.from({ length: uploads }, (_, upload) => {
    const name = `Lageplan ${upload + 1} Süd.pdf`;
    return { element: `upLageplan${upload + 1}`, file: aFile(name, aPdf([name])) };
  });
  return { parameters, files };
}
