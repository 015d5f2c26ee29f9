// SPDX-License-Identifier: EUPL-1.2
import type {
  Applicant,
  Application,
  AttachmentPurpose,
  Consent,
  Deadline,
  FormItem,
  PaymentDemand,
  Place,
  Relation,
  Unmapped,
} from '@amtsbote/canonical';

import { Port } from './port.js';

/** A request as it came in. Header names in lower case; the body byte for byte. */
export interface RawRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** The raw bytes; empty for multipart and web forms, whose parts are read one by one and cannot be signed as a whole. */
  readonly body: Uint8Array;
  /** SHA-256 of everything that came, in lower-case hex, where `body` is what is left without its files; absent: of `body`. */
  readonly bodySha256?: string;
  /** Moment of receipt: what a signature's timestamp is compared to. */
  readonly receivedAt: Date;
}

/** A file part that is already in the blob store. */
export interface ReceivedFile {
  readonly id: string;
  readonly partName: string;
  /** As the sender gave it, decoded but not cleaned. */
  readonly fileName: string;
  readonly mediaType: string;
  readonly size: number;
  readonly sha512: string;
}

/** A verified submission, taken apart by the intake but not yet understood. */
export interface ReceivedSubmission {
  readonly request: RawRequest;
  /** Data parts of a multipart (the names in `dataParts`, and every part that is no file) or values of a web form, in order. */
  readonly data: readonly { readonly name: string; readonly value: Uint8Array }[];
  readonly files: readonly ReceivedFile[];
}

/** An attachment as the translation hands it over: already stored, decoded bytes, or a link still to be collected. */
export type AttachmentDraft = { readonly name: string; readonly mediaType: string; readonly purpose: AttachmentPurpose } & (
  { readonly file: ReceivedFile } | { readonly bytes: Uint8Array } | { readonly link: string }
);

/** What a translation knows of an application; the intake adds ids, reference, tenant and time. */
export interface ApplicationDraft {
  readonly submissionId: string;
  readonly test: boolean;
  readonly formId?: string;
  readonly formVersion?: string;
  readonly authorityId?: string;
  readonly serviceName: string;
  readonly leikaKeys: readonly string[];
  readonly applicant: Applicant;
  readonly form: readonly FormItem[];
  readonly attachments: readonly AttachmentDraft[];
  readonly places: readonly Place[];
  readonly consents: readonly Consent[];
  readonly deadlines: readonly Deadline[];
  readonly relations: readonly Relation[];
  readonly payment?: PaymentDemand;
  /** Everything that has no place above: nothing that was sent is dropped. */
  readonly unmapped: readonly Unmapped[];
  /** Where things stood that are neither answers nor unmapped; absent where the adapter does not know. */
  readonly sources?: DraftSources;
}

/** Places in what was sent (JSON pointers, RFC 6901), for the count of fields. Places only, never values. */
export interface DraftSources {
  /** What found its place outside the form: ids, applicant, payment. */
  readonly mapped: readonly string[];
  /** What is there and deliberately not carried. */
  readonly ignored: readonly string[];
}

/** How the intake has to read the body: whole bytes (bounded), multipart with streamed files, or a web form. */
export type BodyForm =
  | {
      readonly form: 'bytes';
      readonly mediaTypes: readonly string[];
      /**
       * JSON whose long base64 texts (and `data:` addresses) may be handed over as files: in the body their `partName` stands for them. Then the
       * body takes no more memory than its answers. Only where {@link FormsPort.bodyCheck} can do without the whole of it.
       */
      readonly inlineFiles?: boolean;
    }
  | {
      readonly form: 'multipart';
      /** Parts that are data even when they look like files; kept in memory, bounded. */
      readonly dataParts: readonly string[];
    }
  /** As browsers send forms: url-encoded, or multipart as soon as a file is among the values. Every value is a data part, in either case. */
  | { readonly form: 'fields'; readonly fieldsMax: number };

/** Checks a body while it is read. */
export interface BodyCheck {
  update(chunk: Uint8Array): void;
  /** @throws IntakeRejection kind `unsigned`. */
  end(): void;
}

/** In, push: a form server or portal sends submissions to an endpoint. */
export abstract class FormsPort extends Port {
  abstract readonly body: BodyForm;
  /**
   * Checks credentials or signature on the raw bytes, before anything is parsed. For multipart and web forms it sees the headers only.
   * @throws IntakeRejection kind `unsigned`.
   */
  abstract verify(request: RawRequest): void;
  /**
   * The same for a body that is never whole in memory: looks at the headers now, and at the bytes as they come. Nothing: `verify` needs all of them.
   * @throws IntakeRejection kind `unsigned`, for credentials that stand in the headers.
   */
  bodyCheck(_head: RawRequest): BodyCheck | undefined {
    return undefined;
  }
  /**
   * Pure: whether this is sent beside submissions and is none (a draft). It is answered as a success, so that nobody sends it again, and not kept.
   * @throws IntakeRejection kind `malformed`.
   */
  isNoSubmission(_received: ReceivedSubmission): boolean {
    return false;
  }
  /**
   * Pure: what was sent, in canonical words.
   * @throws IntakeRejection kind `malformed` (not the format at all) or `untranslatable` (the format, but it cannot be used), naming the place.
   */
  abstract translate(submission: ReceivedSubmission): ApplicationDraft;
}

/** What the sender is told; equal for the same submission sent again. */
export type AcceptedApplication = Pick<Application, 'id' | 'reference' | 'receivedAt'>;
