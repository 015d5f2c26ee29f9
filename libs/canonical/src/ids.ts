// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

/** UUIDv7 of an application; sorts by time of receipt. Never shown to citizens, see {@link Reference}. */
export const ApplicationId = z.uuid();
export type ApplicationId = z.infer<typeof ApplicationId>;

/** The municipality (Kommune, Mandant) as its Amtlicher Regionalschlüssel: 5 (district) to 12 digits. */
export const Tenant = z.string().regex(/^\d{5,12}$/, 'a Regionalschlüssel (ARS): 5 to 12 digits');
export type Tenant = z.infer<typeof Tenant>;

/** LeiKa-Leistungsschlüssel of a public service: 14 digits, first two the catalogue group (FIM, "Leistungsschlüssel"). */
export const LeikaKey = z.string().regex(/^\d{14}$/, 'a LeiKa key: 14 digits');
export type LeikaKey = z.infer<typeof LeikaKey>;

/** A moment in UTC, ISO 8601 with milliseconds and Z. */
export const Instant = z.iso.datetime({ precision: 3 });
export type Instant = z.infer<typeof Instant>;

/** Lower-case name of something an operator configures: endpoint, route, instance, queue, step. */
export const ConfigName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$/, 'a name of lower-case letters, digits and hyphens, 60 at most');
export type ConfigName = z.infer<typeof ConfigName>;

/** Any JSON value: what a receipt or an effect's memory may hold. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export const JsonValue: z.ZodType<JsonValue> = z.json();
