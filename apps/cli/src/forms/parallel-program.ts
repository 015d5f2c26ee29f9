// SPDX-License-Identifier: EUPL-1.2
import { type Command, Option } from 'commander';

import type { Shown } from '../commands.js';
import { CommandFailed, EXIT } from '../exit-codes.js';
import type { HubApi } from '../hub-api.js';
import * as forms from './parallel-commands.js';

type Serve = <Options>(act: (api: HubApi, options: Options) => Promise<Shown>) => (options: Options) => Promise<void>;

const reason = (): Option => new Option('--reason <text>', 'why; stands in the journal with your name').makeOptionMandatory();

/** Adds to `amtsbote forms …` what is done while a service moves from one form system to another. */
export function addParallelRuns(group: Command, serve: Serve): void {
  group
    .command('runs')
    .description('parallel runs and who is in charge')
    .action(serve((api) => forms.runs(api)));
  group
    .command('compare')
    .argument('<run>')
    .description('where both form systems differ, field by field; with --current and --next one pair and what the citizen wrote')
    .option('--limit <count>', 'newest pairs (1 to 1000, default 100)')
    .option('--current <application>', 'one that came through the current form system')
    .option('--next <application>', 'one that came through the next form system')
    .action((run: string, options: { current?: string; next?: string; limit?: string }) => {
      if ((options.current === undefined) !== (options.next === undefined))
        throw new CommandFailed(EXIT.usage, 'Give both --current and --next, or none of them.');
      return serve<typeof options>((api, wishes) => forms.compare(api, run, wishes))(options);
    });
  group
    .command('switch')
    .argument('<run>')
    .description('put a form system in charge, from the next submission on')
    .requiredOption('--to <endpoint>', 'its endpoint')
    .addOption(reason())
    .option('--dry-run', 'only tell what would be')
    .action((run: string, options: { to: string; reason: string; dryRun?: boolean }) =>
      serve<typeof options>((api, order) => forms.switchTo(api, run, order))(options),
    );
  group
    .command('settle')
    .argument('<run>')
    .description('decide on applications that were kept while their form system was not in charge')
    .option('--release', 'deliver those that nobody delivers a counterpart of')
    .addOption(new Option('--discard <which>', 'end them as copies').choices(['paired', 'alone']).conflicts('release'))
    .addOption(reason())
    .option('--limit <count>', 'most at once (1 to 500, default 100)', Number)
    .option('--dry-run', 'only count')
    .action((run: string, options: forms.TypedSettlement) => {
      if (options.release !== true && options.discard === undefined)
        throw new CommandFailed(EXIT.usage, 'Give --release, --discard paired or --discard alone.');
      return serve<typeof options>((api, order) => forms.settle(api, run, order))(options);
    });
}
