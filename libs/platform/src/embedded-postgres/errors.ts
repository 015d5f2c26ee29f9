// SPDX-License-Identifier: EUPL-1.2

/** The embedded database cannot be started or stopped; the message names what the operator can do about it. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

/** The ways out that always exist, appended wherever the embedded server is not an option. */
export const WAYS_OUT =
  'Either install PostgreSQL on this host (for example "apt install postgresql") or set DATABASE_URL to a PostgreSQL server of your own.';

/**
 * The system's error code (`ENOENT`, `EACCES`, …) or PostgreSQL's SQLSTATE of an unknown thrown value. Does not ask for `instanceof
 * Error`: errors of Node's own modules come from another realm when the code runs in a VM context, as under Jest.
 */
export function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** The message of an unknown thrown value. */
export function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}
