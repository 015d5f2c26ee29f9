// SPDX-License-Identifier: EUPL-1.2
import { type Command, Option } from 'commander';

import type { Shown } from '../commands.js';
import type { HubApi } from '../hub-api.js';
import * as forms from './commands.js';
import { addParallelRuns } from './parallel-program.js';

type Serve = <Options>(act: (api: HubApi, options: Options) => Promise<Shown>) => (options: Options) => Promise<void>;

const endpoint = (): Option => new Option('--endpoint <name>', 'endpoint that fetches submissions').makeOptionMandatory();
const reason = (): Option => new Option('--reason <text>', 'why; stands in the journal with your name').makeOptionMandatory();

/** Adds `amtsbote forms …`. */
export function addForms(program: Command, serve: Serve, now: () => Date): void {
  const group = program
    .command('forms')
    .description('form servers: ask them for submissions, compare two of them while a service moves, switch between them');
  group
    .command('list')
    .description('endpoints that fetch, and how it goes')
    .action(serve((api) => forms.pulls(api, now())));
  group
    .command('held')
    .description('submissions that could not be taken over yet, and why')
    .addOption(endpoint())
    .action(serve<{ endpoint: string }>((api, which) => forms.held(api, which)));
  group
    .command('pull')
    .description('ask now instead of later, and try again what is held')
    .addOption(endpoint())
    .addOption(reason())
    .option('--source <name>', 'only this form or destination')
    .option('--submission <id>', 'try again only this held submission')
    .action(serve<forms.TypedPull>((api, wish) => forms.pull(api, wish)));
  group
    .command('reconcile')
    .description('compare the form server’s books with ours now; what is missing here is fetched')
    .addOption(endpoint())
    .addOption(reason())
    .action(serve<forms.TypedPull>((api, wish) => forms.reconcile(api, wish)));
  group
    .command('books')
    .description('how the books compared')
    .addOption(endpoint())
    .action(serve<{ endpoint: string }>((api, which) => forms.books(api, which)));
  for (const [to, what] of [['pause', 'ask no more until it is resumed'] as const, ['resume', 'ask again, at once'] as const])
    group
      .command(to)
      .description(what)
      .addOption(endpoint())
      .addOption(reason())
      .action(serve<forms.TypedPull>((api, wish) => forms.turn(api, wish, to)));
  addParallelRuns(group, serve);
}
