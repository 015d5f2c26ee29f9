// SPDX-License-Identifier: EUPL-1.2
import { type Command, Option } from 'commander';

import type { Shown } from '../commands.js';
import type { HubApi } from '../hub-api.js';
import * as dms from './commands.js';

type Serve = <Options>(act: (api: HubApi, options: Options) => Promise<Shown>) => (options: Options) => Promise<void>;

const instance = (): Option => new Option('--instance <name>', 'DMS instance with an outbox').makeOptionMandatory();

/** Adds `amtsbote dms answers …`. */
export function addDms(program: Command, serve: Serve, now: () => Date): void {
  const group = program
    .command('dms')
    .description('document management systems')
    .command('answers')
    .description('what clerks put into the outboxes of Vorgaenge for applicants');
  group
    .command('list')
    .description('outboxes, and how it goes')
    .action(serve((api) => dms.answers(api, now())));
  group
    .command('held')
    .description('answers that could not be sent yet, and why')
    .addOption(instance())
    .action(serve<{ instance: string }>((api, which) => dms.heldAnswers(api, which)));
  group
    .command('collect')
    .description('look into the outbox now instead of later, and try again what is held')
    .addOption(instance())
    .addOption(new Option('--reason <text>', 'why; stands in the journal with your name').makeOptionMandatory())
    .option('--answer <id>', 'try again only this held answer')
    .action(serve<dms.TypedOutbox>((api, wish) => dms.collect(api, wish)));
}
