// SPDX-License-Identifier: EUPL-1.2
/* The words of Standard Webhooks 1.0.0. */

/** Header names, in lower case as they arrive. */
export const HEADER = { id: 'webhook-id', timestamp: 'webhook-timestamp', signature: 'webhook-signature' } as const;

/** `v1` = HMAC-SHA256 with a shared secret, `v1a` = ed25519 with the sender's private key. */
export const SCHEME = { hmac: 'v1', ed25519: 'v1a' } as const;
