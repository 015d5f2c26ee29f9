// SPDX-License-Identifier: EUPL-1.2
import { randomUUID } from 'node:crypto';

/** Where a submission is. */
export type SubmissionState = 'created' | 'submitted' | 'accepted' | 'rejected' | 'deleted';

/** Content of an attachment: what was uploaded, or made anew whenever it is fetched. */
export type StoredContent = Buffer | (() => AsyncIterable<Buffer>);

/** Tags of the contents, by the fifth segments. */
export interface Tags {
  readonly metadata: string;
  readonly data?: string;
  readonly attachments: Readonly<Record<string, string>>;
}

/** A submission as the delivery service holds it. What a test spoils, it spoils here. */
export interface HeldSubmission {
  readonly submissionId: string;
  readonly destinationId: string;
  readonly caseId: string;
  readonly announced: readonly string[];
  readonly serviceType: { readonly identifier: string; readonly name?: string };
  readonly attachments: Map<string, StoredContent>;
  state: SubmissionState;
  encryptedMetadata?: string;
  encryptedData?: string;
  tags?: Tags;
  /** What was said of it, by kind. */
  readonly events: { accept: number; reject: number };
  /** Problems of its rejection. */
  problems: readonly { readonly type: string; readonly title: string; readonly detail: string; readonly instance: string }[];
}

/** The delivery service's own books. */
export class DeliveryBooks {
  private readonly held = new Map<string, HeldSubmission>();
  private readonly logs = new Map<string, string[]>();

  create(wish: Pick<HeldSubmission, 'destinationId' | 'announced' | 'serviceType'> & { readonly caseId?: string }): HeldSubmission {
    const submission: HeldSubmission = {
      submissionId: randomUUID(),
      caseId: wish.caseId ?? randomUUID(),
      destinationId: wish.destinationId,
      announced: wish.announced,
      serviceType: wish.serviceType,
      attachments: new Map(),
      state: 'created',
      events: { accept: 0, reject: 0 },
      problems: [],
    };
    this.held.set(submission.submissionId, submission);
    return submission;
  }

  get(submissionId: string): HeldSubmission | undefined {
    return this.held.get(submissionId);
  }

  all(): HeldSubmission[] {
    return [...this.held.values()];
  }

  /** What a subscriber may fetch, the oldest first. */
  waiting(destinationId: string | undefined): HeldSubmission[] {
    return this.all().filter((one) => one.state === 'submitted' && (destinationId === undefined || one.destinationId === destinationId));
  }

  /** The event log of a case; the newest is the last. */
  log(caseId: string): string[] {
    const log = this.logs.get(caseId) ?? [];
    this.logs.set(caseId, log);
    return log;
  }

  isCase(caseId: string): boolean {
    return this.logs.has(caseId);
  }

  /** Settled: the content is deleted, as the delivery service does. */
  settle(submission: HeldSubmission, state: SubmissionState): void {
    submission.state = state;
    submission.attachments.clear();
    delete submission.encryptedMetadata;
    delete submission.encryptedData;
  }
}
