// SPDX-License-Identifier: EUPL-1.2

/**
 * Classes and codes of SQLSTATE that say nothing about the statement, only about the moment: connection exceptions (08), serialisation and
 * deadlock (40), insufficient resources such as too many connections (53), operator intervention such as a shutdown (57P), an idle
 * transaction cut off, a lock not to be had. Not a cancelled statement (57014): one that is too slow will be too slow again.
 */
const MOMENTARY = /^(08...|40...|53...|57P..|25P03|55P03)$/;
/** Errors of the network on the way to the server. */
const NETWORK = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'];
/** A full disk below the blobs: somebody makes space, then it works again. */
const NO_SPACE = ['ENOSPC', 'EDQUOT'];
/** What the client says of a connection that is gone or not to be had; it gives these no code. */
const CONNECTION_LOST =
  /^(Connection terminated|timeout exceeded when trying to connect|Client (was closed|has encountered a connection error))/;

/**
 * Whether the hub's own store could not do its part at this moment: away, restarting, without a free connection or without space. The same may succeed
 * later; neither message nor step nor target is to blame. To be asked about errors of code that talks to nobody but the store, or whose
 * other calls fail with errors of their own (an adapter's delivery errors).
 */
export function isStoreTrouble(error: unknown): boolean {
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  if (typeof code === 'string' && (MOMENTARY.test(code) || NETWORK.includes(code) || NO_SPACE.includes(code))) return true;
  return typeof message === 'string' && CONNECTION_LOST.test(message);
}

/**
 * Whether the hub's own store gave a statement up because it took too long (or somebody cancelled it). Unlike {@link isStoreTrouble} that may last, so
 * whoever tries again has to have a limit.
 */
export function isStatementCancelled(error: unknown): boolean {
  return (Object(error) as { code?: unknown }).code === '57014';
}
