// SPDX-License-Identifier: EUPL-1.2
import { aPdf, aPerson, picker } from '@amtsbote/adapter-kit/testing';

/** A submission as the simulated form server holds it: files as base64, whatever the list shows of them. */
export interface FormSolutionsSubmission {
  transID: string;
  userID: string;
  identifier: string;
  applicantName: string | null;
  applicantEMail: string | null;
  status: string;
  options: { submissionType: string; paymentType: string; npa: boolean };
  payload: unknown;
  pdf: string | null;
  xml: string | null;
  attachments: unknown;
  submissionDate: number;
  /** From 4.2 on. */
  secureData?: Record<string, string>;
}

/** Which submissions to make up. */
export interface FormSolutionsSubmissionsRequest {
  readonly count: number;
  /** Same seed, same submissions. */
  readonly seed?: number;
  /** `v2` has no secureData; in 4.2 every third one is from a company (MUK). Default 4.2. */
  readonly version?: 'v2' | '4.2';
  /** Number of the form; default 940000. */
  readonly form?: string;
  /** Time of the first one; each following one is a second later. */
  readonly from?: Date;
}

/** Options that fit the made-up submissions, besides addresses and credentials. */
export const SAMPLE_OPTIONS = {
  services: { '940000': 'Anmeldung eines Hundes' },
  leikaByForm: { '940000': ['99107035000000'] },
  labels: { hund: 'Hund', rufname: 'Rufname', wurftag: 'Wurftag', haltungSeit: 'Gehalten seit' },
};

/** Made-up registrations of dogs (Hundesteuer), each with a transaction of its own. */
export function formSolutionsSubmissions(request: FormSolutionsSubmissionsRequest): FormSolutionsSubmission[] {
  return Array.from({ length: request.count }, (_, index) => submissionOf(request, index));
}

function submissionOf(
  { seed = 1, version = '4.2', form = '940000', from }: FormSolutionsSubmissionsRequest,
  index: number,
): FormSolutionsSubmission {
  const person = aPerson(seed, index);
  const pick = picker(seed, index + 3_000_000);
  const started = from?.getTime() ?? Date.parse('2026-01-31T08:00:00.000Z');
  const name = pick(['Bello', 'Strolch', 'Äffchen', 'Zoë']);
  return {
    transID: `AS_${form}-${pick.uuid().slice(0, 8)}`,
    userID: '22222222-2222-0126',
    identifier: `AS_${form}`,
    applicantName: person.familyName,
    applicantEMail: person.email,
    status: 'NEW',
    options: { submissionType: 'REGULAR', paymentType: 'NONE', npa: false },
    payload: {
      Ordnungsziffer: `OZ-${seed}-${index}`,
      hund: { rufname: name, wurftag: '17.03.2025', chip: `2760${pick.number(90_000_000) + 10_000_000}` },
      haltungSeit: '01.02.2026',
    },
    pdf: aPdf([`Hund: ${name}`]).toString('base64'),
    xml: `<?xml version="1.0" encoding="UTF-8"?><antrag><rufname>${name}</rufname></antrag>`,
    attachments: [{ fileName: `Impfpass ${name}.pdf`, contentType: 'application/pdf', content: aPdf([name]).toString('base64') }],
    submissionDate: started + index * 1_000,
    ...(version === 'v2' ? {} : { secureData: index % 3 === 2 ? company(person) : citizen(person, pick.uuid()) }),
  };
}

function citizen(person: ReturnType<typeof aPerson>, mailbox: string): Record<string, string> {
  return {
    Origin: 'BUNDID',
    StorkQaaLevel: 'STORK-QAA-Level-3',
    PostkorbId: mailbox,
    FirstName: person.givenName,
    LastName: person.familyName,
    BirthName: '',
    DateOfBirth: person.dateOfBirth.replace(/^(\d+)-(\d+)-(\d+)$/, '$3.$2.$1'),
    BirthPlace: 'Musterstadt',
    Titel: 'Frau',
    AcademicTitle: 'Dr.',
    Street: `${person.street} ${person.houseNumber}`,
    ZipCode: person.postalCode,
    City: person.city,
    Country: 'Deutschland',
    Email: person.email,
    Phone: person.phone,
  };
}

function company(person: ReturnType<typeof aPerson>): Record<string, string> {
  return {
    Origin: 'MUK',
    StorkQaaLevel: 'substanziell',
    CompanyName: `${person.familyName} & Söhne GmbH`,
    RegisterType: 'B',
    RegisterNumber: 'HRB 12345',
    RegisterCourt: 'Musterstadt',
    TypeOfLegalPerson: 'GmbH',
    Occupation: '1',
    OccupationText: 'Tierpension',
    CompanyAddressStreet: person.street,
    CompanyAddressStreetNumber: person.houseNumber,
    CompanyAddressPostCode: person.postalCode,
    CompanyAddressLocality: person.city,
    CompanyAddressCountry: 'Deutschland',
  };
}
