// SPDX-License-Identifier: EUPL-1.2
import { expression } from '@amtsbote/adapter-kit';
import { hasWayToLogIn, NO_WAY_TO_LOG_IN, sftpConnection, sftpDirectory } from '@amtsbote/adapter-kit/sftp';
import { z } from 'zod';

/** A name as it stands in a message. */
const text = z.string().min(1).max(500);
/** A body that sends or receives messages. */
const body = z.strictObject({ institution: text, unit: text.optional() });
const code = z.string().regex(/^[\w.-]{1,40}$/, 'a code of the list');
const properties = z.record(z.string().min(1).max(100), expression()).default({});

/** Where messages are dropped; the folder has to be there. */
const drop = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('sftp'), ...sftpConnection, directory: sftpDirectory }).refine(hasWayToLogIn, NO_WAY_TO_LOG_IN),
  /** A directory of this machine: a mounted share. */
  z.strictObject({ type: z.literal('folder'), directory: z.string().regex(/^(\/[^/]+)+$/, 'an absolute path without a slash at its end') }),
]);
export type DropOptions = z.infer<typeof drop>;

/** What an operator configures for a DMS that imports xdomea messages from a folder. */
export const XdomeaOptions = z.strictObject({
  version: z.enum(['3.0.0', '4.0.0']),
  /** `0605`: FVDaten.SGOAblegen, "to be filed"; `0101`: Information.Information, "for information, or to be taken over". */
  message: z.enum(['0605', '0101']).default('0605'),
  drop,
  sender: body,
  receiver: body,
  /** Erstellerkennung of 0605: the user name under which the DMS knows the hub. */
  creator: text.default('amtsbote'),
  /** Ablageort of 0605: where the DMS finds the files, as agreed with it; the standard wants it unless a database is the way. */
  location: text.optional(),
  akte: z.strictObject({
    /** Which Akte an application belongs to: equal text, same Akte, same UUID. Use only what never changes of an application. */
    key: expression(),
    /** Betreff. */
    title: expression(),
    /** Aktenzeichen; empty = none. */
    number: expression().default('""'),
    /** Unit of the Aktenplan. */
    plan: z.strictObject({ number: text, title: text.optional() }).optional(),
    properties,
  }),
  vorgang: z.strictObject({ title: expression(), number: expression().default('application.reference'), properties }),
  document: z.strictObject({ properties }).prefault({}),
  codes: z
    .strictObject({
      /** Code list "dateiformat": media type → code. What is not named here goes as 100 ("Sonstiges") with its media type. */
      fileFormats: z.record(z.string().max(255), code).default({ 'text/plain': '045' }),
      /** Version of that list, as the DMS has it. */
      fileFormatsVersion: code.default('2.0'),
    })
    .prefault({}),
  /** Every message is validated before it is sent, when the operator has the schema (`xdomea.xsd` or the entry of the message group). */
  schema: z.strictObject({ folder: text.default('schemas/external'), entry: text }).optional(),
  limits: z
    .strictObject({
      /** Larger documents are not sent, in bytes. */
      documentBytesMax: z.int().min(1).default(2_147_483_648),
    })
    .prefault({}),
});
export type XdomeaOptions = z.infer<typeof XdomeaOptions>;
