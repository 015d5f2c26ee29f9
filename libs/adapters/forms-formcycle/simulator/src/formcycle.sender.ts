// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import {
  aFile,
  ODD_FILE_NAMES,
  type OutgoingSubmission,
  SubmissionSender,
  wireMultipart,
  type WirePart,
} from '@amtsbote/adapter-kit/testing';

import type { FormcycleSubmission } from './formcycle.submissions.js';

/** Where and how the simulated workflow sends. */
export interface FormcycleSenderSettings {
  readonly url: string;
  readonly auth?: { readonly username: string; readonly password: string };
  /** How a body is made; `automatic` as the action does it: url-encoded without files, multipart as soon as there is one. */
  readonly body?: 'automatic' | 'multipart';
  /** Charset of the request as chosen in the action; said in the Content-Type. Default utf-8. */
  readonly charset?: 'utf-8' | 'iso-8859-1';
}

/**
 * How a request can be spoilt.
 * - `noCredential`, `wrongCredential`
 * - `noSubmissionId`, `doubledSubmissionId`
 * - `brokenEncoding`: a percent sign that stands for no byte; `wrongCharset`: bytes that are not in the charset (both without files)
 * - `tooManyParameters`: more than any form has
 * - `oddFileNames`: one more upload for each name in `ODD_FILE_NAMES`
 * - `unknownParameter`: a parameter and a file nobody agreed on
 */
export type FormcycleMischief =
  | 'noCredential'
  | 'wrongCredential'
  | 'noSubmissionId'
  | 'doubledSubmissionId'
  | 'brokenEncoding'
  | 'wrongCharset'
  | 'tooManyParameters'
  | 'oddFileNames'
  | 'unknownParameter';

type Parameter = readonly [name: string, value: string];

/** FORMCYCLE's workflow action "HTTP-Request" in its automatic mode. */
export class FormcycleSender extends SubmissionSender<FormcycleSubmission, FormcycleMischief> {
  constructor(private readonly settings: FormcycleSenderSettings) {
    super(settings.url);
  }

  override build(submission: FormcycleSubmission, mischief?: FormcycleMischief): OutgoingSubmission {
    const parameters = spoiltParameters(submission.parameters, mischief);
    const files = submission.files.map(({ element, file }) => filePart(element, file));
    if (mischief === 'oddFileNames') files.push(...ODD_FILE_NAMES.map((name) => filePart('upWeitere', aFile(name, `content of ${name}`))));
    if (mischief === 'unknownParameter') files.push(filePart('upUnbekannt', aFile('Sonstiges.pdf', 'Sonstiges')));
    const isMultipart = files.length > 0 || this.settings.body === 'multipart';
    const outgoing = isMultipart ? this.multipart(parameters, files) : this.urlEncoded(parameters, mischief);
    return { ...outgoing, headers: { ...outgoing.headers, accept: '*/*', ...this.credentialOf(mischief) } };
  }

  private multipart(parameters: readonly Parameter[], files: readonly WirePart[]): OutgoingSubmission {
    const boundary = `----formcycle${createHash('sha256').update(JSON.stringify(parameters)).digest('hex').slice(0, 24)}`;
    const fields = parameters.map(([name, value]): WirePart => ({ name, file: aFile('', Buffer.from(value, this.encoding)) }));
    const multipart = wireMultipart([...fields, ...files], 'utf8', boundary);
    const { charset = 'utf-8' } = this.settings;
    return { ...multipart, headers: { 'content-type': `${multipart.headers['content-type'] ?? ''}; charset=${charset}` } };
  }

  private urlEncoded(parameters: readonly Parameter[], mischief: FormcycleMischief | undefined): OutgoingSubmission {
    const { charset = 'utf-8' } = this.settings;
    const pairs = parameters.map(([name, value]) => `${escaped(Buffer.from(name))}=${escaped(Buffer.from(value, this.encoding))}`);
    if (mischief === 'brokenEncoding') pairs.push('tfRabatt=100%');
    if (mischief === 'wrongCharset') pairs.push('tfOrt2=M%FCnchen');
    const body = Buffer.from(pairs.join('&'));
    return {
      headers: { 'content-type': `application/x-www-form-urlencoded; charset=${charset}` },
      length: body.length,
      bytes: async function* bytes() {
        yield body;
      },
    };
  }

  private get encoding(): 'utf8' | 'latin1' {
    return this.settings.charset === 'iso-8859-1' ? 'latin1' : 'utf8';
  }

  private credentialOf(mischief: FormcycleMischief | undefined): Record<string, string> {
    const { auth } = this.settings;
    if (auth === undefined || mischief === 'noCredential') return {};
    const password = mischief === 'wrongCredential' ? `${auth.password}x` : auth.password;
    return { authorization: `Basic ${Buffer.from(`${auth.username}:${password}`).toString('base64')}` };
  }
}

/** A sender for one endpoint. */
export function formcycleSender(settings: FormcycleSenderSettings): FormcycleSender {
  return new FormcycleSender(settings);
}

/** The names of the made-up submissions: `vorgang` names the submission. */
function spoiltParameters(parameters: readonly Parameter[], mischief: FormcycleMischief | undefined): readonly Parameter[] {
  switch (mischief) {
    case 'noSubmissionId':
      return parameters.filter(([name]) => name !== 'vorgang');
    case 'doubledSubmissionId':
      return [...parameters, ['vorgang', 'ein-anderer']];
    case 'tooManyParameters':
      return [...parameters, ...Array.from({ length: 6_000 }, (_, index): Parameter => [`tf${index}`, 'x'])];
    case 'unknownParameter':
      return [...parameters, ['tfUnbekannt', 'Über das Formular hinaus']];
    default:
      return parameters;
  }
}

/** As HTML forms are encoded: everything but letters, digits and *-._ ; a blank is a plus. Written here independently of the product's reader. */
function escaped(bytes: Buffer): string {
  return [...bytes]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      if (character === ' ') return '+';
      return /[A-Za-z0-9*\-._]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

function filePart(name: string, file: FormcycleSubmission['files'][number]['file']): WirePart {
  return { name, file, fileName: file.name, mediaType: file.mediaType };
}
