// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import {
  aFile,
  type FileNameStyle,
  ODD_FILE_NAMES,
  type OutgoingSubmission,
  SubmissionSender,
  wireMultipart,
  type WirePart,
} from '@amtsbote/adapter-kit/testing';

import { PART } from '../../src/ozg-cloud.wire.js';
import type { OzgCloudSubmission } from './ozg-cloud.submissions.js';

/** The credential the simulated sender shows; same words as the adapter's options. */
export type OzgCloudCredential =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'header'; readonly name: string; readonly value: string };

/** Where and how the simulated sender sends. */
export interface OzgCloudSenderSettings {
  readonly url: string;
  readonly auth?: OzgCloudCredential;
  /** Default `utf8`. */
  readonly fileNames?: FileNameStyle;
  /** How the JSON part comes: as a file of type octet-stream (gover), or as a plain form field. Default `file`. */
  readonly formDataAs?: 'file' | 'field';
}

/**
 * How a request can be spoilt.
 * - `noCredential`, `wrongCredential`
 * - `missingAttachment`: an upload the form announces is not sent
 * - `duplicateFormData`: the data part twice
 * - `duplicateAttachment`: the same upload twice, under one name
 * - `noFormData`, `brokenFormData`: the data part missing, or cut in the middle
 * - `oddFileNames`: one more upload for each name in `ODD_FILE_NAMES`
 * - `unknownPart`: a field and a file nobody agreed on
 */
export type OzgCloudMischief =
  | 'noCredential'
  | 'wrongCredential'
  | 'missingAttachment'
  | 'duplicateFormData'
  | 'duplicateAttachment'
  | 'noFormData'
  | 'brokenFormData'
  | 'oddFileNames'
  | 'unknownPart';

/** A form server that sends the OZG-Cloud "Formularmanager JSON" (multipart), such as gover. */
export class OzgCloudSender extends SubmissionSender<OzgCloudSubmission, OzgCloudMischief> {
  constructor(private readonly settings: OzgCloudSenderSettings) {
    super(settings.url);
  }

  override build(submission: OzgCloudSubmission, mischief?: OzgCloudMischief): OutgoingSubmission {
    const id = submission.formData.control.transactionId;
    const boundary = `----formularmanager${createHash('sha256').update(id).digest('hex').slice(0, 24)}`;
    const multipart = wireMultipart(this.partsOf(submission, mischief), this.settings.fileNames ?? 'utf8', boundary);
    return { ...multipart, headers: { ...multipart.headers, accept: 'application/json', ...this.credentialOf(mischief) } };
  }

  private partsOf(submission: OzgCloudSubmission, mischief: OzgCloudMischief | undefined): WirePart[] {
    const json = JSON.stringify(submission.formData);
    const data = this.dataPart(mischief === 'brokenFormData' ? json.slice(0, json.length / 2) : json);
    const dataParts = mischief === 'noFormData' ? [] : mischief === 'duplicateFormData' ? [data, data] : [data];
    const representation = submission.representation === undefined ? [] : [filePart(PART.representation, submission.representation)];
    const uploads = submission.attachments.map((file) => filePart(PART.attachment, file));
    const last = uploads.slice(-1);
    if (mischief === 'missingAttachment') uploads.pop();
    if (mischief === 'duplicateAttachment') uploads.push(...last);
    if (mischief === 'oddFileNames')
      uploads.push(...ODD_FILE_NAMES.map((name) => filePart(PART.attachment, aFile(name, `content of ${name}`))));
    const strange: WirePart[] = [
      { name: 'bemerkung', file: aFile('', 'Über das Formular hinaus') },
      filePart('sonstiges', aFile('Sonstiges.pdf', 'Sonstiges')),
    ];
    return [...dataParts, ...representation, ...uploads, ...(mischief === 'unknownPart' ? strange : [])];
  }

  private dataPart(json: string): WirePart {
    const file = aFile('', json);
    if (this.settings.formDataAs === 'field') return { name: PART.formData, file };
    return { name: PART.formData, file, fileName: 'formData.json', mediaType: 'application/octet-stream' };
  }

  private credentialOf(mischief: OzgCloudMischief | undefined): Record<string, string> {
    const auth = this.settings.auth ?? { kind: 'none' };
    if (mischief === 'noCredential' || auth.kind === 'none') return {};
    const spoil = (secret: string): string => (mischief === 'wrongCredential' ? `${secret}x` : secret);
    switch (auth.kind) {
      case 'basic':
        return { authorization: `Basic ${Buffer.from(`${auth.username}:${spoil(auth.password)}`, 'utf8').toString('base64')}` };
      case 'bearer':
        return { authorization: `Bearer ${spoil(auth.token)}` };
      case 'header':
        return { [auth.name]: spoil(auth.value) };
    }
  }
}

/** A sender for one endpoint. */
export function ozgCloudSender(settings: OzgCloudSenderSettings): OzgCloudSender {
  return new OzgCloudSender(settings);
}

function filePart(name: string, file: OzgCloudSubmission['attachments'][number]): WirePart {
  return { name, file, fileName: file.name, mediaType: file.mediaType };
}
