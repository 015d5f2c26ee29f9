// SPDX-License-Identifier: EUPL-1.2
import { baseUrl, milliseconds, secret } from '@amtsbote/adapter-kit';
import { z } from 'zod';

/** The standard's own rule for path identifiers: 1 to 36 of `[\w\d-]`. */
const pathId = z.string().regex(/^[\w-]{1,36}$/, '1 to 36 letters, digits, hyphens or underscores');

const Basic = z.strictObject({ kind: z.literal('basic'), username: z.string().min(1), password: secret() });

const OAuth2 = z.strictObject({
  kind: z.literal('oauth2'),
  tokenUrl: baseUrl(),
  clientId: z.string().min(1),
  clientSecret: secret(),
  scope: z.string().min(1).optional(),
  /** Where the client's credentials go in the token request: in the Authorization header or in the form (RFC 6749, section 2.3.1). */
  credentialsIn: z.enum(['header', 'form']).default('header'),
});

/** Client certificate: either `pfx` (base64 of a PKCS #12 file) or `cert` and `key` (PEM). */
const Mtls = z
  .strictObject({
    kind: z.literal('mtls'),
    pfx: secret().optional(),
    passphrase: secret().optional(),
    cert: z.string().min(1).optional(),
    key: secret().optional(),
  })
  .refine(
    ({ pfx, cert, key }) => (pfx === undefined ? cert !== undefined && key !== undefined : cert === undefined && key === undefined),
    'either pfx, or cert and key together',
  );

/** Options of one payment provider that speaks XBezahldienste 1.0.0; one instance per originator and end point. */
export const XbezahldiensteOptions = z.strictObject({
  /** Everything before `/paymenttransaction/…`. */
  baseUrl: baseUrl(),
  /** The online service (Verfahren), as agreed with the provider. */
  originatorId: pathId,
  /** The competent authority, as agreed with the provider; often the AGS. */
  endPointId: pathId,
  auth: z.discriminatedUnion('kind', [Basic, OAuth2, Mtls]),
  /** Certificate authority of the provider (PEM), when it is not a public one. */
  ca: z.string().min(1).optional(),
  /**
   * What the provider makes of the standard: `epay21` refuses null members, `requestor` and empty `bookingData`; `epaybl` wants the purpose in
   * capitals.
   */
  profile: z.enum(['standard', 'epaybl', 'epay21']).default('standard'),
  /** Whether name and address of the payer are sent. Switch off what the provider does not need. */
  sendRequestor: z.boolean().default(true),
  /**
   * Whether the provider finds a payment by our request id under the address for transaction ids. The standard does not promise it; ask, or
   * try with a test payment. When false, a lost answer ends in front of a person.
   */
  lookupByRequestId: z.boolean().default(true),
  /** Longest wait for one complete answer. */
  timeoutMs: milliseconds({ min: 100, max: 120_000, default: 30_000 }),
});
export type XbezahldiensteOptions = z.infer<typeof XbezahldiensteOptions>;
