// SPDX-License-Identifier: EUPL-1.2

/** What a script can tell from how `amtsbote` ended. */
export const EXIT = {
  ok: 0,
  /** The hub understood and refused, or there is no such thing. */
  refused: 1,
  /** The command line is wrong. */
  usage: 2,
  /** The hub does not answer, fails, or does not accept the token. */
  unreachable: 3,
  /** A probe or a trial found something wrong. */
  unhealthy: 4,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with one sentence for the person and a code for the script. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  constructor(
    readonly code: ExitCode,
    message: string,
  ) {
    super(message);
  }
}
