// SPDX-License-Identifier: EUPL-1.2
/** What carries the messages of a journey's hubs. */
export interface JourneyCarrier {
  readonly name: 'postgres' | 'rabbitmq';
  /** Environment in which the demo's configuration takes this carrier; asked for when a journey starts, for each town anew. */
  environment(): Readonly<Record<string, string>>;
}

/** The one that needs nothing but the database. */
export const POSTGRES: JourneyCarrier = { name: 'postgres', environment: () => ({}) };
