// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

/*
 * The Bereitstelldienst of the PVOG. Seen in a public importer of the route v2 [V]; that v3 answers alike is inferred [I], as its parameters.
 */

/** One block [V]. `xzufiObjekte` is a whole message as text; empty blocks have none. */
export const Block = z.object({
  xzufiObjekte: z.string().nullish(),
  naechsterIndex: z.int(),
  naechsteAnfrageUrl: z.string().min(1).nullish(),
  vollstaendig: z.boolean(),
  anzahlObjekte: z.int().nullish(),
});
export type Block = z.infer<typeof Block>;

/** Parameters of the first request [V]: `%` stands for all areas. */
export const FIRST = { index: 'index', ars: 'ars', everywhere: '%' };

/** Answer of the token endpoint (RFC 6749, section 5.1). */
export const Token = z.object({ access_token: z.string().min(1), expires_in: z.number().nullish() });
