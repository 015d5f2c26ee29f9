// SPDX-License-Identifier: EUPL-1.2

/** What a probe found, one line per thing looked at: settings, reachability, credentials. */
export interface ProbeReport {
  readonly ok: boolean;
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly detail: string }[];
}

/** What every adapter instance can do. */
export abstract class Port {
  /** One line for operators: which system, where, as whom. No secrets. */
  abstract describeTarget(): string;
  /** Looks at settings, reachability and credentials; changes nothing outside. Never throws: a failed check is a report. */
  abstract probe(signal: AbortSignal): Promise<ProbeReport>;
  /** Ends connections; calls under way may finish. */
  abstract close(): Promise<void>;
}
