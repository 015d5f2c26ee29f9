// SPDX-License-Identifier: EUPL-1.2

/** An object class of the simulated document area. */
export interface SimulatedClass {
  readonly name: string;
  readonly kind: 'folder' | 'document';
  /** Indexing properties of the class → longest value. */
  readonly properties: Readonly<Record<string, number>>;
  /** Classes that may be created in a folder of this class. */
  readonly allowedChildren: readonly string[];
}

/** How the simulated installation is administrated. */
export interface SimulatedArea {
  readonly name: string;
  readonly username: string;
  readonly password: string;
  readonly classes: readonly SimulatedClass[];
  /** Properties whose values nscale keeps unique in the area; switch off to see what an adapter does without. */
  readonly unique: readonly string[];
  /** Folders that are there from the start, of the first class: paths of display names. */
  readonly folders: readonly string[];
  /** Which classes the books count as what, and under which property their keys are. */
  readonly roles: Readonly<Record<'akte' | 'vorgang' | 'document', { readonly objectClass: string; readonly keyProperty: string }>>;
  /** Whether stored content is reported with its SHA-512. */
  readonly reportsHash: boolean;
  /** Life of an unused session in milliseconds. */
  readonly sessionMs: number;
}

/** A document area as a trade office might have it: cabinet > Akte > Vorgang > Dokument. */
export const TRADE_OFFICE: SimulatedArea = {
  name: 'DA',
  username: 'amtsbote@nscale',
  password: 'sim-nscale-password',
  classes: [
    { name: 'Schrank', kind: 'folder', properties: {}, allowedChildren: ['Schrank', 'Akte'] },
    { name: 'Akte', kind: 'folder', properties: { aktenschluessel: 250, betreff: 500 }, allowedChildren: ['Vorgang'] },
    {
      name: 'Vorgang',
      kind: 'folder',
      properties: { amtsboteKey: 250, vorgangsnummer: 50, leistung: 500, eingang: 50, antragsteller: 500, formularname: 200 },
      allowedChildren: ['Dokument'],
    },
    { name: 'Dokument', kind: 'document', properties: { amtsboteKey: 250, dokumentart: 100, originalname: 4_096 }, allowedChildren: [] },
  ],
  unique: ['aktenschluessel', 'amtsboteKey'],
  folders: ['/Gewerbeamt', '/Gewerbeamt/Akten'],
  roles: {
    akte: { objectClass: 'Akte', keyProperty: 'aktenschluessel' },
    vorgang: { objectClass: 'Vorgang', keyProperty: 'amtsboteKey' },
    document: { objectClass: 'Dokument', keyProperty: 'amtsboteKey' },
  },
  reportsHash: true,
  sessionMs: 30 * 60_000,
};

/** Options of the adapter that fit {@link TRADE_OFFICE}; `baseUrl` is the simulator's. */
export function tradeOfficeOptions(baseUrl: string): Record<string, unknown> {
  return {
    baseUrl,
    username: TRADE_OFFICE.username,
    password: TRADE_OFFICE.password,
    documentArea: TRADE_OFFICE.name,
    akte: {
      objectClass: 'Akte',
      parent: { path: '/Gewerbeamt/Akten' },
      keyProperty: 'aktenschluessel',
      key: '"GEW-" + application.tenant',
      title: '"Gewerbeakte " + application.tenant',
      properties: { betreff: 'application.publicService.name' },
    },
    vorgang: {
      objectClass: 'Vorgang',
      title: 'application.publicService.name + " " + application.reference',
      properties: {
        vorgangsnummer: 'application.reference',
        leistung: 'application.publicService.name',
        eingang: 'application.receivedAt',
        formularname: 'text(application.origin, "formId")',
      },
    },
    document: { objectClass: 'Dokument', properties: { dokumentart: 'document.role', originalname: 'document.originalName' } },
  };
}
