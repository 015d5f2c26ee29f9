// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { aPdf } from '@amtsbote/adapter-kit/testing';
import { ozgCloudSender, type OzgCloudSubmission, ozgCloudSubmissions } from '@amtsbote/adapters/forms-ozg-cloud/simulator';

import { LaunchError } from './problem.js';

/** An application the hub has answered with 202, and what was sent in it. */
export interface SentApplication {
  readonly id: string;
  readonly reference: string;
  /** Of every file that was sent; hex. */
  readonly sha512: readonly string[];
}

const UPLOADS = 2;
const AT_ONCE = 4;
/** Large attachments take a while until they are on disk. */
const ANSWER_MS_MAX = 300_000;

/** Made-up business registrations that no earlier start has sent: the time is their seed. */
export function sampleSubmissions(count: number): OzgCloudSubmission[] {
  return ozgCloudSubmissions({ count, seed: Date.now() % 2 ** 32, uploads: UPLOADS });
}

/**
 * Sends applications as a form server does.
 * @throws LaunchError when one is not accepted.
 */
export async function sendSamples(
  hub: { readonly url: string; readonly token: string },
  submissions: readonly OzgCloudSubmission[],
  accepted: (application: SentApplication) => void,
): Promise<void> {
  const formServer = ozgCloudSender({ url: intakeOf(hub.url), auth: { kind: 'bearer', token: hub.token } });
  const queue = submissions.values();
  const send = async (): Promise<void> => {
    for (const submission of queue) {
      const outcome = await formServer.send(submission, { timeoutMs: ANSWER_MS_MAX });
      if (outcome.kind === 'cut') throw new LaunchError(`The hub cut the connection of a sender (${outcome.reason}).`);
      if (outcome.status !== 202) throw new LaunchError(`The hub answered a sender with ${outcome.status}: ${outcome.body.slice(0, 500)}`);
      const { applicationId, reference } = JSON.parse(outcome.body) as { applicationId: string; reference: string };
      accepted({ id: applicationId, reference, sha512: await hashesOf(submission) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, send));
}

/** Files of an application that a person can send by hand. */
export interface SampleFiles {
  readonly formData: string;
  readonly attachment: string;
}

/** Writes an application that no start has sent into a directory. */
export async function writeSampleFiles(directory: string): Promise<SampleFiles> {
  const files = { formData: join(directory, 'form-data.json'), attachment: join(directory, 'Lageplan.pdf') };
  const [submission] = ozgCloudSubmissions({ count: 1, seed: (Date.now() + 1) % 2 ** 32, uploads: 1 });
  await writeFile(files.formData, `${JSON.stringify(submission?.formData, null, 2)}\n`);
  await writeFile(files.attachment, aPdf(['Lageplan']));
  return files;
}

/** Where the demo's form server sends. */
export function intakeOf(hubUrl: string): string {
  return `${hubUrl}/intake/gewerbe`;
}

/** SHA-512 of every file of a submission; hex. */
export async function hashesOf({ representation, attachments }: OzgCloudSubmission): Promise<string[]> {
  const files = representation === undefined ? attachments : [representation, ...attachments];
  return Promise.all(
    files.map(async (file) => {
      const hash = createHash('sha512');
      for await (const chunk of file.open()) hash.update(chunk);
      return hash.digest('hex');
    }),
  );
}
