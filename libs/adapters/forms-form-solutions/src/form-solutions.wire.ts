// SPDX-License-Identifier: EUPL-1.2
/*
 * The words of the Submission-API of Form-Solutions (MACH formsolutions), verbatim. Documented: the list and its members, the statuses, secureData of
 * 4.2. Inferred, because no documentation of it is public: the address of one submission, how a status is written back, in what shape pdf, xml and
 * attachments come, where secureData stands, and that a push has the shape of a fetched submission.
 */

/** [D] Status of a submission. */
export const STATUSES = ['NEW', 'READ', 'CLOSED', 'PRELIMINARY', 'HIDDEN', 'DELETED'] as const;
export type WireStatus = (typeof STATUSES)[number];

/** [D] Not sent off yet. */
export const PRELIMINARY: WireStatus = 'PRELIMINARY';
/** [D] Nobody is to see these any more. */
export const TAKEN_BACK: readonly string[] = ['PRELIMINARY', 'HIDDEN', 'DELETED'] satisfies WireStatus[];

/** [D] Prefix of an article that is an assistant. */
export const ASSISTANT_PREFIX = 'AS_';

/** [D] Members of a submission that are files. [I] As base64. */
export const FILE_MEMBERS = ['pdf', 'attachments', 'xml'] as const;

/** [I] What an element of a list of attachments calls its content, its name and its type; the first that is there counts. */
export const ATTACHMENT_MEMBERS = {
  content: ['content', 'data', 'base64', 'file'],
  name: ['fileName', 'filename', 'name'],
  mediaType: ['contentType', 'mimeType', 'mediaType'],
} as const;

/** [D] Members of secureData by what they mean; `BUNDID` and `MUK` use different ones. The rest has only a label. */
export const SECURE_MEMBERS = {
  provider: 'Origin',
  trustLevel: 'StorkQaaLevel',
  mailbox: 'PostkorbId',
  givenName: ['FirstName'],
  familyName: ['LastName'],
  organisationName: ['CompanyName'],
  dateOfBirth: ['DateOfBirth'],
  email: ['Email'],
  phone: ['Phone'],
  street: ['Street', 'CompanyAddressStreet'],
  houseNumber: ['CompanyAddressStreetNumber'],
  postalCode: ['ZipCode', 'CompanyAddressPostCode'],
  city: ['City', 'CompanyAddressLocality'],
  country: ['Country', 'CompanyAddressCountry'],
} as const;

/** Label by member; [D] `Titel` is the salutation. */
export const LABELS: Readonly<Record<string, string>> = {
  Origin: 'Angemeldet über',
  StorkQaaLevel: 'Vertrauensniveau',
  PostkorbId: 'Postfach',
  FirstName: 'Vorname',
  LastName: 'Nachname',
  BirthName: 'Geburtsname',
  DateOfBirth: 'Geburtsdatum',
  BirthPlace: 'Geburtsort',
  Titel: 'Anrede',
  AcademicTitle: 'Titel',
  Street: 'Straße und Hausnummer',
  ZipCode: 'Postleitzahl',
  City: 'Ort',
  Country: 'Land',
  Email: 'E-Mail',
  Phone: 'Telefon',
  CompanyName: 'Firma',
  RegisterType: 'Registerart',
  RegisterNumber: 'Registernummer',
  RegisterCourt: 'Registergericht',
  TypeOfLegalPerson: 'Rechtsform',
  Occupation: 'Wirtschaftszweig (Schlüssel)',
  OccupationText: 'Wirtschaftszweig',
  CompanyAddressStreet: 'Straße',
  CompanyAddressStreetNumber: 'Hausnummer',
  CompanyAddressPostCode: 'Postleitzahl',
  CompanyAddressLocality: 'Ort',
  CompanyAddressCountry: 'Land',
  userID: 'Kennung des Kontos',
  applicantName: 'Name',
  applicantEMail: 'E-Mail',
  status: 'Bearbeitungsstatus beim Formularserver',
  submissionDate: 'Eingereicht am',
  submissionType: 'Art der Einreichung',
  paymentType: 'Bezahlart',
  npa: 'Online-Ausweis',
  options: 'Merkmale',
  payload: 'Mitgegebene Daten',
  secureData: 'Angaben aus dem Nutzerkonto',
};

/** [I] The structure in which form values may come inside the payload: fields that name themselves and hold text. */
export const FIELD_MEMBERS = { name: 'name', value: 'stringValue' } as const;

/** A submission as listed or fetched; every member may be missing or null. */
export interface WireSubmission {
  transID: string;
  userID?: string | null;
  identifier?: string | null;
  applicantName?: string | null;
  applicantEMail?: string | null;
  status?: string | null;
  options?: { submissionType?: string; paymentType?: string; npa?: boolean } | null;
  payload?: unknown;
  pdf?: string | null;
  xml?: string | null;
  attachments?: unknown;
  /** Epoch milliseconds. */
  submissionDate?: number | null;
  /** 4.2. */
  secureData?: Readonly<Record<string, string>> | null;
}

/** [I] What is written back. */
export interface WireStatusChange {
  transID: string;
  status: string;
}
