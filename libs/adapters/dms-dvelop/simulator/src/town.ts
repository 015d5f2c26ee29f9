// SPDX-License-Identifier: EUPL-1.2

/** A category of the simulated source. */
export interface SimulatedCategory {
  readonly key: string;
  readonly kind: 'dossier' | 'document';
  /** Property keys → longest value. */
  readonly properties: Readonly<Record<string, number>>;
}

/** How the simulated installation is administrated. */
export interface SimulatedTown {
  readonly repositoryId: string;
  readonly apiKey: string;
  readonly categories: readonly SimulatedCategory[];
  /** Which categories the books count as what, where their keys and titles are. */
  readonly roles: Readonly<Record<'akte' | 'vorgang' | 'document', { readonly category: string; readonly keyProperty: string }>>;
  /** Whether a search can be limited to what lies in a dossier: newer versions only. */
  readonly searchesChildren: boolean;
  /** How ids are made: running numbers as in d.3, or something without order. */
  readonly ids: 'numbered' | 'random';
}

/** A repository as a trade office might have it: Akte > Vorgang > Dokument. */
export const TRADE_TOWN: SimulatedTown = {
  repositoryId: 'dee1f3d3-eae8-5d9d-84d8-2d758c5ddc27',
  apiKey: 'sim-dvelop-api-key',
  categories: [
    { key: 'AKTE', kind: 'dossier', properties: { aktenschluessel: 250, aktentitel: 250, betreff: 250 } },
    {
      key: 'VORGANG',
      kind: 'dossier',
      properties: { amtsbote: 250, titel: 250, vorgangsnummer: 50, leistung: 250, leika: 50, eingang: 50, formularname: 250 },
    },
    { key: 'DOKUMENT', kind: 'document', properties: { amtsbote: 250, dokumentart: 100, originalname: 4_096, medientyp: 255 } },
  ],
  roles: {
    akte: { category: 'AKTE', keyProperty: 'aktenschluessel' },
    vorgang: { category: 'VORGANG', keyProperty: 'amtsbote' },
    document: { category: 'DOKUMENT', keyProperty: 'amtsbote' },
  },
  searchesChildren: true,
  ids: 'numbered',
};

/** Options of the adapter that fit {@link TRADE_TOWN}; `baseUrl` is the simulator's. */
export function tradeTownOptions(baseUrl: string, town: SimulatedTown = TRADE_TOWN): Record<string, unknown> {
  return {
    baseUrl,
    repositoryId: town.repositoryId,
    apiKey: town.apiKey,
    akte: {
      ...{ category: 'AKTE', keyProperty: 'aktenschluessel', titleProperty: 'aktentitel' },
      key: '"GEW-" + application.tenant',
      title: '"Gewerbeakte " + application.tenant',
      properties: { betreff: 'application.publicService.name' },
    },
    vorgang: {
      ...{ category: 'VORGANG', keyProperty: 'amtsbote', titleProperty: 'titel' },
      title: 'application.publicService.name + " " + application.reference',
      properties: {
        vorgangsnummer: 'application.reference',
        leistung: 'application.publicService.name',
        leika: 'application.publicService.leikaKeys',
        eingang: 'application.receivedAt',
        formularname: 'text(application.origin, "formId")',
      },
      rules: { vorgangsnummer: { required: true, lengthMax: 50 } },
    },
    document: {
      ...{ category: 'DOKUMENT', keyProperty: 'amtsbote' },
      properties: { dokumentart: 'document.role', originalname: 'document.originalName', medientyp: 'document.mediaType' },
    },
    limits: { valueLengthMax: 4_096 },
  };
}
