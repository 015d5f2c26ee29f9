// SPDX-License-Identifier: EUPL-1.2

/** A start that cannot go on, told in sentences without a stack: the person at the terminal can do something about it. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
}

/** What a thrown value says to the person at the terminal. */
export function sentenceOf(error: unknown): string {
  if (error instanceof Error && ['LaunchError', 'EmbeddedPostgresError'].includes(error.name)) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
