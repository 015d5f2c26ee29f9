// SPDX-License-Identifier: EUPL-1.2
/*
 * Metadata of a submission, after the JSON Schemas 1.0.0 and 2.1.0 (verified). Minor and patch versions that are not known are taken: the
 * schemas' own patterns allow them. Members that are not known are taken too: senders of 1.x put their own into it.
 */
import { z } from 'zod';

import { WireId } from './fit-connect.wire.js';

const MEDIA_TYPE = /^[-\w.]+\/[-\w.+]+$/;

const Hash = z.looseObject({ type: z.literal('sha512'), content: z.string().regex(/^[a-f0-9]{128}$/) });

const Signature = z.looseObject({
  signatureFormat: z.enum(['cms', 'xml', 'pdf', 'asic', 'json']),
  detachedSignature: z.boolean(),
  eidasAdesProfile: z.string().optional(),
  content: z.string().optional(),
});

const DataDescription = z.looseObject({
  hash: Hash,
  signature: Signature.optional(),
  submissionSchema: z.looseObject({ schemaUri: z.string().min(1), mimeType: z.enum(['application/json', 'application/xml']) }),
});

const AttachmentDescription = z.looseObject({
  hash: Hash,
  signature: Signature.optional(),
  purpose: z.enum(['form', 'attachment', 'report', 'data']),
  mimeType: z.string().regex(MEDIA_TYPE),
  filename: z.string().optional(),
  description: z.string().optional(),
  attachmentId: WireId,
  /** An attachment in several pieces, in this order; it is then not sent under its own id. */
  fragments: z
    .array(WireId)
    .min(1)
    .refine((ids) => new Set(ids).size === ids.length, 'each fragment once')
    .optional(),
});
export type AttachmentDescription = z.infer<typeof AttachmentDescription>;

/** The sender's key for answers, as strict as the schema. */
const ReplyKey = z.looseObject({ kty: z.literal('RSA'), kid: z.string().min(8).max(64), n: z.string().min(683), e: z.literal('AQAB') });

const PaymentInformation = z.looseObject({
  transactionReference: z.string(),
  transactionId: z
    .string()
    .min(1)
    .max(36)
    .regex(/^[\w-]+$/),
  paymentMethod: z.enum(['GIROPAY', 'PAYDIRECT', 'CREDITCARD', 'PAYPAL', 'INVOICE', 'OTHER']),
  status: z.enum(['INITIAL', 'BOOKED', 'FAILED', 'CANCELED']),
});

const ReplyChannel = z
  .looseObject({
    eMail: z.looseObject({ address: z.string() }).optional(),
    deMail: z.looseObject({ address: z.string() }).optional(),
    fink: z.looseObject({ finkPostfachRef: z.string() }).optional(),
    elster: z.looseObject({ accountId: z.string() }).optional(),
    fitConnect: z.looseObject({ processStandards: z.array(z.string()).min(1), encryptionPublicKey: ReplyKey }).optional(),
    idBundDeMailbox: z.looseObject({ mailboxUuid: WireId }).optional(),
  })
  .refine((channel) => Object.keys(channel).length === 1, 'exactly one channel');

const ReferenceInfo = {
  senderReference: z.string().optional(),
  applicationDate: z.string().optional(),
};

/** Metadata 1.x. */
export const MetadataV1 = z.looseObject({
  $schema: z.string().optional(),
  contentStructure: z.looseObject({ data: DataDescription.optional(), attachments: z.array(AttachmentDescription) }),
  publicServiceType: z.looseObject({ identifier: z.string().optional(), name: z.string().optional() }).optional(),
  paymentInformation: PaymentInformation.optional(),
  replyChannel: ReplyChannel.optional(),
  additionalReferenceInfo: z.looseObject(ReferenceInfo).optional(),
  authenticationInformation: z.array(z.looseObject({ type: z.string(), version: z.string(), content: z.string() })).optional(),
});

/** Metadata 2.x. */
export const MetadataV2 = z.looseObject({
  $schema: z.string(),
  contentStructure: z.looseObject({ data: DataDescription, attachments: z.array(AttachmentDescription) }),
  paymentInformation: PaymentInformation.optional(),
  replyChannel: ReplyChannel.optional(),
  additionalReferenceInfo: z
    .strictObject({
      ...ReferenceInfo,
      idBundDeApplicationId: WireId.optional(),
      zustimmungZumDigitalenBescheid: z.boolean().optional(),
    })
    .optional(),
  author: z
    .looseObject({ name: z.string(), product: z.looseObject({ name: z.string(), version: z.string(), manufacturer: z.string() }) })
    .optional(),
  dataSets: z
    .array(
      z.looseObject({
        dataSetId: WireId,
        schema: z.looseObject({ schemaUri: z.string(), mimeType: z.enum(['application/json', 'application/xml', 'application/jose']) }),
        hash: Hash,
        content: z.unknown().refine((content) => content !== undefined, 'a content'),
      }),
    )
    .optional(),
});

/** What both versions have in common, as far as it is needed here. */
export interface Metadata {
  readonly contentStructure: {
    readonly data?: z.infer<typeof DataDescription> | undefined;
    readonly attachments: readonly AttachmentDescription[];
  };
  readonly replyChannel?: z.infer<typeof ReplyChannel> | undefined;
  readonly additionalReferenceInfo?: Readonly<Record<string, unknown>> | undefined;
}

/** Major version → its schema; what is not in this table is not supported. */
export const METADATA_SCHEMAS: Readonly<Record<string, z.ZodType<Metadata>>> = { '1': MetadataV1, '2': MetadataV2 };
export const METADATA_SCHEMA_URI =
  /^https:\/\/schema\.fitko\.de\/fit-connect\/metadata\/(\d{1,4})\.\d{1,6}\.\d{1,6}\/metadata\.schema\.json$/;
