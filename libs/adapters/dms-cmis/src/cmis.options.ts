// SPDX-License-Identifier: EUPL-1.2
import { baseUrl, expression, milliseconds, secret } from '@amtsbote/adapter-kit';
import { z } from 'zod';

/** Id of a type or a property, as the repository shows it: `cmis:document`, `D:town:vorgang`. */
const cmisId = z.string().regex(/^[^\s'"\\\p{Cc}]{1,200}$/u, 'an id without spaces and quotes');

/** Properties that the adapter or the repository sets itself: not for the index mapping. */
const OWN_PROPERTIES = ['cmis:name', 'cmis:objectTypeId', 'cmis:secondaryObjectTypeIds', 'cmis:objectId', 'cmis:parentId'];

/** Property → expression that gives its value, or a list of them. */
const properties = z
  .record(cmisId, expression())
  .refine((mapping) => !Object.keys(mapping).some((id) => OWN_PROPERTIES.includes(id)), {
    message: `may not set ${OWN_PROPERTIES.join(', ')}`,
  })
  .default({});

/** A folder: its object id, or its path from the root. */
const folder = z.union([
  z.strictObject({ id: z.string().min(1).max(500) }),
  z.strictObject({ path: z.string().regex(/^(\/[^/]+)+$/, 'a path such as /Gewerbeamt/Akten') }),
]);

/** What Akte, Vorgang and document have in common. */
const target = {
  type: cmisId,
  /** Secondary types (aspects) given to every object; their properties may be mapped like the type's own. */
  secondaryTypes: z.array(cmisId).max(20).default([]),
  /** Property under which an object is found again. Absent: by its name in its folder, which then carries a short code. */
  keyProperty: cmisId.optional(),
  properties,
};
const keyNotMapped = {
  test: (object: { keyProperty?: string | undefined; properties: Record<string, string> }) =>
    object.keyProperty === undefined || !(object.keyProperty in object.properties),
  message: 'the key property may not be among the mapped properties',
};

/** Name under which the repository shows our check-outs (`cmis:versionSeriesCheckedOutBy`); with `basic` it is the user name. */
const principal = z.string().min(1).max(200).optional();
const Basic = z.strictObject({ kind: z.literal('basic'), username: z.string().min(1).max(200), password: secret() });
const Bearer = z.strictObject({ kind: z.literal('bearer'), token: secret(), principal });
const OAuth2 = z.strictObject({
  kind: z.literal('oauth2'),
  tokenUrl: baseUrl(),
  clientId: z.string().min(1).max(200),
  clientSecret: secret(),
  scope: z.string().min(1).max(500).optional(),
  /** Where the client's credentials go in the token request: in the Authorization header or in the form (RFC 6749, section 2.3.1). */
  credentialsIn: z.enum(['header', 'form']).default('header'),
  principal,
});

const outboxName = z.string().regex(/^[^/\\:"*?<>|]{1,100}$/, 'the name of a folder');

/** What an operator configures for one CMIS repository. */
export const CmisOptions = z.strictObject({
  /** `nscale`: the CMIS connector of nscale, whose port and path are filled in where `baseUrl` has none. */
  profile: z.enum(['standard', 'nscale']).default('standard'),
  /** Address of the browser binding's service document: `https://dms.example/cmis/browser`. */
  baseUrl: baseUrl(),
  repositoryId: z.string().min(1).max(200),
  auth: z.discriminatedUnion('kind', [Basic, Bearer, OAuth2]),
  /** Certificate authority of the repository (PEM), when it is not a public one. */
  ca: z.string().min(1).optional(),
  akte: z
    .strictObject({
      ...target,
      /** Folder in which new Akten are created: its object id, or its path from the root (`/Gewerbeamt/Akten`). */
      parent: folder,
      /** Folders for rules of the Aktenplan that name a cabinet: name → folder. */
      cabinets: z.record(z.string().min(1).max(60), folder).default({}),
      /** Which Akte an application belongs to; equal text, same Akte. */
      key: expression(),
      /** Name of the Akte; use only what is equal for all applications of it. Without `keyProperty` the key itself is the name. */
      title: expression().optional(),
    })
    .refine(keyNotMapped.test, keyNotMapped.message)
    .refine(({ keyProperty, title }) => (keyProperty === undefined) === (title === undefined), 'title and keyProperty go together'),
  vorgang: z.strictObject({ ...target, title: expression() }).refine(keyNotMapped.test, keyNotMapped.message),
  document: z
    .strictObject({
      ...target,
      /** What the first version of a document is, where the type keeps versions. */
      firstVersion: z.enum(['major', 'minor']).default('major'),
      /** How differing content is replaced: `auto` checks a new version in where the type keeps versions, else overwrites. */
      newContent: z.enum(['auto', 'checkIn', 'setContent']).default('auto'),
      /** How a stored document is compared with the one sent: by its length, or by reading it back. */
      verify: z.enum(['length', 'content']).default('length'),
    })
    .refine(keyNotMapped.test, keyNotMapped.message),
  names: z
    .strictObject({
      /** Characters that a name may not hold; each becomes `_`. */
      illegal: z.string().max(50).default('/\\:"*?<>|'),
      /** Longest name, in bytes of UTF-8. */
      bytesMax: z.int().min(40).max(1_000).default(255),
    })
    .prefault({}),
  /** Where clerks put answers to applicants; absent: none are collected. */
  outbox: z
    .discriminatedUnion('by', [
      z.strictObject({
        by: z.literal('folder'),
        /** Name of a folder in the Vorgang, made by clerks. What lies in a folder in it has that folder's name as its mark. */
        folder: outboxName.default('Ausgang'),
        /** Folder in it to which an answer is moved that was taken; `null`: nothing is moved, the hub remembers. */
        takenTo: outboxName.nullable().default('Erledigt'),
      }),
      z.strictObject({
        by: z.literal('property'),
        /** Type of documents that have the property. */
        type: cmisId,
        property: cmisId,
        /** Its value while an answer waits to be sent. */
        waiting: z.string().min(1).max(200),
        /** Its value once it was taken; `null`: nothing is changed, the hub remembers. */
        taken: z.string().min(1).max(200).nullable(),
      }),
    ])
    .optional(),
  timeouts: z
    .strictObject({
      /** Longest wait for an answer without content. */
      answerMs: milliseconds({ min: 100, max: 300_000, default: 30_000 }),
      /** Longest time for sending, or reading back, one document. */
      uploadMs: milliseconds({ min: 1_000, max: 3_600_000, default: 900_000 }),
      /** How long what is known of the repository and its types is taken for true. */
      discoveryMs: milliseconds({ min: 0, max: 86_400_000, default: 600_000 }),
    })
    .prefault({}),
  limits: z
    .strictObject({
      /** Larger documents are not sent, in bytes. */
      documentBytesMax: z.int().min(1).default(2_147_483_648),
      /** Connections to the repository at the same time. */
      connectionsMax: z.int().min(1).max(64).default(8),
      /** Most objects of one folder that are looked through, where the repository cannot search. */
      childrenMax: z.int().min(1).max(1_000_000).default(20_000),
    })
    .prefault({}),
});
export type CmisOptions = z.infer<typeof CmisOptions>;

/** Settings of nscale's CMIS connector [S: ports; P: path]. */
const NSCALE = { path: '/cmis/browser', ports: { 'http:': '8096', 'https:': '8196' } as Readonly<Record<string, string>> };

/** Address of the service document, with what the profile knows of it. */
export function serviceUrlOf({ profile, baseUrl: address }: Pick<CmisOptions, 'profile' | 'baseUrl'>): string {
  if (profile === 'standard') return address;
  const url = new URL(address);
  // An address that names the default port of its scheme looks the same as one without: whoever runs a proxy there gives a path too.
  if (url.port === '' && url.pathname === '/') url.port = NSCALE.ports[url.protocol] ?? '';
  if (url.pathname === '/') url.pathname = NSCALE.path;
  return url.href;
}

/** Who the repository says we are; undefined = not known. */
export function principalOf({ auth }: Pick<CmisOptions, 'auth'>): string | undefined {
  return auth.kind === 'basic' ? auth.username : auth.principal;
}
