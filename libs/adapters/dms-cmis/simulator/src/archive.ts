// SPDX-License-Identifier: EUPL-1.2

/** A property of a simulated type; what is absent is as in OpenCMIS' defaults. */
export interface SimulatedProperty {
  readonly id: string;
  readonly propertyType?: 'boolean' | 'id' | 'integer' | 'datetime' | 'decimal' | 'html' | 'string' | 'uri';
  readonly cardinality?: 'single' | 'multi';
  readonly updatability?: 'readonly' | 'readwrite' | 'oncreate' | 'whencheckedout';
  readonly required?: boolean;
  readonly queryable?: boolean;
  readonly maxLength?: number;
  readonly choices?: readonly string[];
}
/** A type of the simulated repository. */
export interface SimulatedType {
  readonly id: string;
  readonly parentId: string;
  readonly properties: readonly SimulatedProperty[];
  readonly versionable?: boolean;
  readonly creatable?: boolean;
}

/** How the simulated installation is administrated. */
export interface SimulatedArchive {
  readonly repositoryId: string;
  readonly username: string;
  readonly password: string;
  /** Also accepted, as a bearer token. */
  readonly token?: string;
  readonly types: readonly SimulatedType[];
  /** Folders that are there from the start: paths of names. */
  readonly folders: readonly string[];
  /** `capabilityQuery`; `none` also refuses queries. */
  readonly query: 'none' | 'metadataonly' | 'fulltextonly' | 'bothcombined';
  /** Whether two objects of one folder may have the same name; the standard leaves it open. */
  readonly uniqueNames: boolean;
  /** Which types the books count as what; objects with equal keys in one role are duplicates. Without a key property the name counts. */
  readonly roles: Readonly<Record<'akte' | 'vorgang' | 'document', { readonly type: string; readonly keyProperty?: string }>>;
}

const text = (id: string, maxLength?: number): SimulatedProperty => ({ id, ...(maxLength === undefined ? {} : { maxLength }) });

/** An archive as a trade office might have it: Akte > Vorgang > document, with a secondary type of what the sender said. */
export const TRADE_ARCHIVE: SimulatedArchive = {
  repositoryId: 'A1',
  username: 'amtsbote',
  password: 'sim-cmis-password',
  types: [
    { id: 'town:akte', parentId: 'cmis:folder', properties: [text('town:aktenschluessel', 250), text('town:betreff', 500)] },
    {
      id: 'town:vorgang',
      parentId: 'cmis:folder',
      properties: [
        text('town:amtsboteKey', 250),
        text('town:vorgangsnummer', 50),
        text('town:formularname', 200),
        { id: 'town:eingang', propertyType: 'datetime' },
        { id: 'town:leika', cardinality: 'multi' },
        { id: 'town:leistung', choices: ['Gewerbeanmeldung', 'Sondernutzung'] },
      ],
    },
    {
      id: 'town:dokument',
      parentId: 'cmis:document',
      versionable: true,
      properties: [text('town:amtsboteKey', 250), text('town:dokumentart', 100)],
    },
    { id: 'town:ablage', parentId: 'cmis:document', properties: [text('town:amtsboteKey', 250), text('town:dokumentart', 100)] },
    { id: 'town:herkunft', parentId: 'cmis:secondary', properties: [text('town:originalname', 4_096)] },
  ],
  folders: ['/Gewerbeamt', '/Gewerbeamt/Akten'],
  query: 'bothcombined',
  uniqueNames: true,
  roles: {
    akte: { type: 'town:akte', keyProperty: 'town:aktenschluessel' },
    vorgang: { type: 'town:vorgang', keyProperty: 'town:amtsboteKey' },
    document: { type: 'town:dokument', keyProperty: 'town:amtsboteKey' },
  },
};

/** The same office in a repository that cannot search, keeps no versions, and in which objects are found by their names. */
export const NAMED_ARCHIVE: SimulatedArchive = {
  ...TRADE_ARCHIVE,
  query: 'none',
  roles: { akte: { type: 'town:akte' }, vorgang: { type: 'town:vorgang' }, document: { type: 'town:ablage' } },
};

/** Options of the adapter that fit {@link TRADE_ARCHIVE} and archives like it; `baseUrl` is the simulator's. */
export function tradeArchiveOptions(baseUrl: string, archive: SimulatedArchive = TRADE_ARCHIVE): Record<string, unknown> {
  const { akte, vorgang, document } = archive.roles;
  return {
    baseUrl,
    repositoryId: archive.repositoryId,
    auth: { kind: 'basic', username: archive.username, password: archive.password },
    akte: {
      ...akte,
      parent: { path: '/Gewerbeamt/Akten' },
      key: '"GEW-" + application.tenant',
      ...(akte.keyProperty === undefined ? {} : { title: '"Gewerbeakte " + application.tenant' }),
      properties: { 'town:betreff': 'application.publicService.name' },
    },
    vorgang: {
      ...vorgang,
      title: 'application.publicService.name + " " + application.reference',
      properties: {
        'town:vorgangsnummer': 'application.reference',
        'town:leistung': 'application.publicService.name',
        'town:leika': 'application.publicService.leikaKeys',
        'town:eingang': 'application.receivedAt',
        'town:formularname': 'text(application.origin, "formId")',
      },
    },
    document: {
      ...document,
      secondaryTypes: ['town:herkunft'],
      properties: { 'town:dokumentart': 'document.role', 'town:originalname': 'document.originalName' },
    },
  };
}
