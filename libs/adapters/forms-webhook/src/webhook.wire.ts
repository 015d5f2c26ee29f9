// SPDX-License-Identifier: EUPL-1.2
/* The words of Standard Webhooks 1.0.0, and the members by which senders describe an attachment. */

/** Header names, in lower case as they arrive. */
export const HEADER = { id: 'webhook-id', timestamp: 'webhook-timestamp', signature: 'webhook-signature' } as const;

/** `v1` = HMAC-SHA256 with a shared secret, `v1a` = ed25519 with the sender's private key. */
export const SCHEME = { hmac: 'v1', ed25519: 'v1a' } as const;

/** Members of an attachment object; of those with one meaning the first that is there counts. */
export const ATTACHMENT_MEMBERS = {
  name: ['name', 'filename', 'file_name', 'originalName'],
  mediaType: ['contentType', 'mediaType', 'type'],
  base64: ['base64', 'content', 'base64Data'],
  link: ['url', 'link'],
  purpose: ['purpose'],
} as const;
