// SPDX-License-Identifier: EUPL-1.2

/** The process's environment: the only place that reads it, everybody else is told by the configuration. */
export function processEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}
