// SPDX-License-Identifier: EUPL-1.2
import { type Command, Option } from 'commander';

import type { Shown } from '../commands.js';
import type { HubApi } from '../hub-api.js';
import * as catalogue from './commands.js';
import type { UploadOrder } from './upload.js';

type Serve = <Options>(act: (api: HubApi, options: Options) => Promise<Shown>) => (options: Options) => Promise<void>;

/** Adds `amtsbote catalogue …`. */
export function addCatalogue(program: Command, serve: Serve, watching: catalogue.Watching): void {
  const group = program.command('catalogue').description('the service catalogue: read sources, watch runs, decide on them, go back');
  group
    .command('sources')
    .description('sources, what they hold, their last run')
    .action(serve((api) => catalogue.sources(api)));
  group
    .command('sync')
    .description('read a source and wait for the end; exit code 1 when it failed or waits for a decision')
    .requiredOption('--source <source>')
    .option('--dry-run', 'only say what would change and break')
    .option('--full', 'from the beginning, whatever was read before')
    .option('--wait', 'wait for the end (the default)')
    .option('--no-wait', 'do not wait for the end')
    .action(
      serve<{ source: string; dryRun?: boolean; full?: boolean; wait?: boolean }>((api, order) => catalogue.sync(api, order, watching)),
    );
  group
    .command('upload')
    .description('bring a document of the source’s standard; exit code 1 when its run failed or waits for a decision')
    .argument('<file>', 'what the source’s adapter reads; - for the standard input')
    .requiredOption('--source <source>')
    .addOption(
      new Option('--mode <mode>', 'snapshot: everything, what is missing is removed; increments: only what changed')
        .choices(['snapshot', 'increments'])
        .default('increments'),
    )
    .option('--name <name>', 'what it is called in findings (default: the name of the file)')
    .option('--dry-run', 'only say what would change and break')
    .option('--wait', 'wait for the end (the default)')
    .option('--no-wait', 'do not wait for the end')
    .action((file: string, options: UploadOrder & { wait?: boolean }) =>
      serve<typeof options>((api, order) => catalogue.bring(api, file, order, watching))(options),
    );
  group
    .command('runs')
    .description('runs, newest first')
    .option('--source <source>')
    .option('--limit <count>')
    .option('--before <run>')
    .action(serve<Record<string, string | undefined>>((api, query) => catalogue.runs(api, query)));
  const one = (name: string, what: string, act: (api: HubApi, id: string) => Promise<Shown>): void => {
    group
      .command(name)
      .description(what)
      .argument('<run>')
      .action((id: string, options: object) => serve((api) => act(api, id))(options));
  };
  one('run', 'one run: progress, changes, what it breaks', catalogue.run);
  one('approve', 'let a held run go on', (api, id) => catalogue.approve(api, id, watching));
  one('discard', 'end a held run; the catalogue stays as it is', (api, id) => catalogue.end(api, id, 'discard'));
  one('cancel', 'end a run before it is applied', (api, id) => catalogue.end(api, id, 'cancel'));
  addLooking(group, serve, watching);
}

function addLooking(group: Command, serve: Serve, watching: catalogue.Watching): void {
  group
    .command('findings')
    .description('what was wrong with the source')
    .argument('<run>')
    .option('--csv', 'as CSV')
    .action((id: string, options: { csv?: boolean }) => serve<typeof options>((api, how) => catalogue.findings(api, id, how))(options));
  group
    .command('diff')
    .description('what became otherwise between two runs of one source')
    .argument('<from>')
    .argument('<to>')
    .action((from: string, to: string, options: object) => serve((api) => catalogue.diff(api, from, to))(options));
  group
    .command('rollback')
    .description('bring a source back to what it was after a run; it is then read only when somebody asks')
    .argument('<run>')
    .option('--dry-run', 'only say what would change and break')
    .option('--wait', 'wait for the end (the default)')
    .option('--no-wait', 'do not wait for the end')
    .action((id: string, options: { dryRun?: boolean; wait?: boolean }) =>
      serve<typeof options>((api, how) => catalogue.rollback(api, id, how, watching))(options),
    );
}
