// SPDX-License-Identifier: EUPL-1.2

/** A category of the simulated server. */
export interface SimulatedCategory {
  readonly id: string;
  readonly name: string;
  /** Keys of attributes → longest value. */
  readonly attributes: Readonly<Record<string, number>>;
}

/** How the simulated installation is administrated. */
export interface SimulatedServer {
  readonly username: string;
  readonly password: string;
  readonly categories: readonly SimulatedCategory[];
  /** Folders that are there from the start, as paths below the Enterprise workspace. */
  readonly folders: readonly string[];
  /** Life of a ticket in milliseconds, from when it was given. */
  readonly ticketMs: number;
}

/** A server as a trade office might have it: folders for Akte and Vorgang, two categories. */
export const TRADE_SERVER: SimulatedServer = {
  username: 'amtsbote',
  password: 'sim-opentext-password',
  categories: [
    {
      id: '30100',
      name: 'Vorgang',
      attributes: { '30100_2': 50, '30100_3': 254, '30100_4': 50, '30100_5': 254, '30100_6': 50 },
    },
    { id: '30200', name: 'Dokument', attributes: { '30200_2': 254, '30200_3': 4_096 } },
  ],
  folders: ['/Gewerbeamt', '/Gewerbeamt/Akten'],
  ticketMs: 30 * 60_000,
};

/** Options of the adapter that fit {@link TRADE_SERVER}; `baseUrl` is the simulator's. */
export function tradeServerOptions(baseUrl: string, server: SimulatedServer = TRADE_SERVER): Record<string, unknown> {
  return {
    baseUrl,
    username: server.username,
    password: server.password,
    akte: {
      parent: { path: '/Gewerbeamt/Akten' },
      key: '"GEW-" + application.tenant',
      title: '"Gewerbeakte " + application.tenant',
    },
    vorgang: {
      title: 'application.publicService.name + " " + application.reference',
      properties: {
        '30100_2': 'application.reference',
        '30100_3': 'application.publicService.name',
        '30100_4': 'application.receivedAt',
        '30100_5': 'text(application.origin, "formId")',
        '30100_6': 'application.publicService.leikaKeys',
      },
      rules: { '30100_2': { required: true, lengthMax: 50 } },
    },
    document: { properties: { '30200_2': 'document.role', '30200_3': 'document.originalName' } },
    limits: { valueLengthMax: 4_096 },
  };
}
