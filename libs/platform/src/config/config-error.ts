// SPDX-License-Identifier: EUPL-1.2

/** One thing wrong with a configuration: where, what is expected, what was found. Never the value of a secret. */
export interface ConfigFinding {
  /** Path of keys: `routes[0].steps[1].instance`. */
  readonly path: string;
  /** Line in the file, from 1; for a missing key that of the nearest key above it, absent when there is none. */
  readonly line?: number;
  readonly expected: string;
  /** The nearest valid choice, when there is one. */
  readonly nearest?: string;
}

/** The operator is wrong: the start stops, and the message says where and what. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(
    readonly file: string,
    readonly findings: readonly ConfigFinding[],
  ) {
    super([`${file} cannot be used:`, ...findings.map(lineOf)].join('\n'));
  }
}

function lineOf({ path, line, expected, nearest }: ConfigFinding): string {
  const where = line === undefined ? path : `${path} (line ${line})`;
  return `  ${where}: ${expected}${nearest === undefined ? '' : `; did you mean "${nearest}"?`}`;
}
