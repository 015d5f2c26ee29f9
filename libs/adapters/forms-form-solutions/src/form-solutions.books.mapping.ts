// SPDX-License-Identifier: EUPL-1.2
import { type BookedSubmission, type JsonPath, pointerTo, type WaitingSubmission } from '@amtsbote/adapter-kit';

import type { ListedSubmission } from './form-solutions.client.js';
import { TAKEN_BACK } from './form-solutions.wire.js';

/** Submissions of one page; the list itself always comes whole. */
const PAGE_LENGTH = 500;

/** What it takes to fetch and settle a submission; as a type, not an interface, it is a JsonValue. */
export type Handle = {
  /** Number of the form in the API's addresses. */
  readonly form: string;
  /** Its status in the books, when they were looked through: it is to be had whatever that is. */
  readonly booked?: string | null;
};

/** A page of a list that gets shorter while it is read: it goes on behind the last one, by time and id. */
export function pageOf(
  list: readonly ListedSubmission[],
  from: string | null,
): { readonly entries: readonly ListedSubmission[]; readonly next: string | null } {
  const after = from === null ? list : list.filter((entry) => keyOf(entry) > from);
  const entries = after.slice(0, PAGE_LENGTH);
  const last = entries.at(-1);
  return { entries, next: after.length > PAGE_LENGTH && last !== undefined ? keyOf(last) : null };
}

/** Sorts as the list is sorted. */
function keyOf({ submittedAt, transId }: ListedSubmission): string {
  return `${String(submittedAt?.getTime() ?? 0).padStart(16, '0')} ${transId}`;
}

/** A listed submission that is waiting. */
export function waitingOf({ transId, submittedAt }: ListedSubmission, form: string): WaitingSubmission {
  const handle: Handle = { form };
  return { submissionId: transId, ...(submittedAt === null ? {} : { submittedAt }), handle };
}

/** A submission in the books; without its time it cannot be compared. */
export function bookedOf({ transId, submittedAt, status }: ListedSubmission, form: string): BookedSubmission[] {
  if (submittedAt === null) return [];
  const handle: Handle = { form, booked: status };
  return [{ submissionId: transId, submittedAt, handle, isDue: status === null || !TAKEN_BACK.includes(status) }];
}

/** Whether a submission of this status is still to be had. */
export function isToBeHad(status: string | undefined, { booked }: Handle, waiting: readonly string[]): boolean {
  if (status === undefined || waiting.includes(status)) return true;
  return booked !== undefined && !TAKEN_BACK.includes(status);
}

/** Whether somebody at the form server has looked at it by the books: then its status there is not ours to write. */
export function isInHand({ booked }: Handle, waiting: readonly string[]): boolean {
  return typeof booked === 'string' && !waiting.includes(booked);
}

/** Where a file stood in the data. */
export function pointerOf(path: JsonPath): string {
  return path.reduce<string>((parent, member) => pointerTo(parent, member), '');
}
