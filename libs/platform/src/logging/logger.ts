// SPDX-License-Identifier: EUPL-1.2
import { type DestinationStream, type Logger as Pino, pino } from 'pino';

/** Fields of a log line: ids, names of configured things, counts, durations. Never form values, names, addresses, tokens. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Where log lines go. */
export type LogDestination = DestinationStream;

/** Structured log: the event is a dotted, constant word; everything else is a field. */
export class Log {
  private constructor(private readonly pino: Pino) {}

  /**
   * @param level pino's level, or `silent`.
   * @param destination takes the lines, one JSON object each; default standard output.
   */
  static create(level: string, fields: LogFields = {}, destination?: LogDestination): Log {
    const options = { level, base: fields, messageKey: 'event', timestamp: pino.stdTimeFunctions.isoTime };
    return new Log(destination === undefined ? pino(options) : pino(options, destination));
  }
  with(fields: LogFields): Log {
    return new Log(this.pino.child(fields));
  }
  debug(event: string, fields: LogFields = {}): void {
    this.pino.debug(fields, event);
  }
  info(event: string, fields: LogFields = {}): void {
    this.pino.info(fields, event);
  }
  warn(event: string, fields: LogFields = {}): void {
    this.pino.warn(fields, event);
  }
  /** An unexpected error: name and stack frames without the message's text, which may hold a citizen's data. */
  error(event: string, error: unknown, fields: LogFields = {}): void {
    this.pino.error({ ...fields, ...traceOf(error) }, event);
  }
}

function traceOf(error: unknown): LogFields {
  if (!(error instanceof Error)) return { errorName: typeof error };
  // The stack begins with the message, whose lines may look like frames.
  const stack = error.stack ?? '';
  const frames = stack
    .slice(error.message === '' ? 0 : stack.indexOf(error.message) + error.message.length)
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .slice(0, 8)
    .map((line) => line.trim());
  const code = 'code' in error ? String(error.code) : undefined;
  return { errorName: error.name, errorCode: code, errorFrames: frames.join(' | ') };
}
