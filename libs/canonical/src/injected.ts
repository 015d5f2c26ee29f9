// SPDX-License-Identifier: EUPL-1.2

/** The only source of time in the house (law 12): tests own it. */
export interface Clock {
  now(): Date;
  /** Resolves after `ms` milliseconds of this clock, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The only source of identifiers (law 12). */
export interface Ids {
  /** A UUIDv7 (RFC 9562, section 5.7): sorts by time, unique across processes. */
  uuid(): string;
}

/** The only source of randomness (law 12): jitter, references, tokens. */
export interface Randomness {
  /** Evenly distributed in [0, 1): for jitter, never for secrets. */
  fraction(): number;
  /** Cryptographically strong bytes. */
  bytes(count: number): Uint8Array;
}
