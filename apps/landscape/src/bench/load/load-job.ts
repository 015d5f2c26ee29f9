// SPDX-License-Identifier: EUPL-1.2

/** A kind of request; each one sent names itself anew. */
export interface LoadRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body, base64, cut wherever the id of the submission stands. */
  readonly pieces: readonly string[];
  /** Signs each request as Standard Webhooks says. */
  readonly secret?: string;
}

/** What the load generator is to do. */
export interface LoadJob {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Ends earlier, once so many were sent. */
  readonly count?: number;
  readonly request: LoadRequest;
}

/** What it did. */
export interface LoadReport {
  /** Answers with a 2xx status. */
  readonly accepted: number;
  readonly seconds: number;
  /** Anything else that came back: what → how often. */
  readonly refused: Readonly<Record<string, number>>;
  /** Of the accepted ones, in milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}
