// SPDX-License-Identifier: EUPL-1.2
import type { Log } from '@amtsbote/platform';
import type { LoggerService } from '@nestjs/common';

/** Nest's own words in the house's log: warnings and errors only, as an event with Nest's text. */
export class NestLog implements LoggerService {
  constructor(private readonly house: Log) {}

  log(): void {
    // Nest tells at length which routes it mapped; the API description does that better.
  }
  warn(message: unknown, context?: unknown): void {
    this.house.warn('nest.warning', { text: textOf(message), context: textOf(context) });
  }
  error(message: unknown, ...details: unknown[]): void {
    this.house.warn('nest.error', { text: textOf(message), context: textOf(details.at(-1)) });
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, 500);
  return value instanceof Error ? value.name : typeof value;
}
