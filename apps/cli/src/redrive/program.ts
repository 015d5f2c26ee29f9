// SPDX-License-Identifier: EUPL-1.2
import { type Command, Option } from 'commander';

import type { Watching } from '../catalogue/commands.js';
import type { Shown } from '../commands.js';
import { CommandFailed, EXIT } from '../exit-codes.js';
import type { HubApi } from '../hub-api.js';
import * as redrive from './commands.js';

type Serve = <Options>(act: (api: HubApi, options: Options) => Promise<Shown>) => (options: Options) => Promise<void>;

/** Adds `amtsbote redrive …`. */
export function addRedrive(program: Command, serve: Serve, watching: Watching): void {
  const group = program
    .command('redrive')
    .description('retry many parked steps or dead letters: count, start, watch, pause, resume, cancel');
  const start = group
    .command('start')
    .description('redrive what fits now, one after the other, and wait for the end; interrupting only ends the waiting')
    .addOption(new Option('--what <what>', 'which').choices(['steps', 'dead-letters']).default('steps'))
    .option('--reason <text>', 'why; stands in the journal with your name; needed without --dry-run')
    .option('--dry-run', 'only count, equal failures together')
    .option('--no-wait', 'do not wait for the end')
    .option('--rate <count>', 'so many per second at most (0.1 to 100, default 5)', Number)
    .option('--uncertain', 'also ask targets again that could not tell whether it has happened')
    .option('--failure-kind <kind>', 'steps: kind of the failure')
    .option('--kind <kind>', 'steps: what they do (filing, payment, …)')
    .option('--type <type>', 'dead letters: type of the message')
    .option('--code <code>', 'steps: code of the failure; dead letters: the reason');
  for (const name of ['tenant', 'instance', 'route', 'state', 'from', 'to']) start.option(`--${name} <${name}>`);
  start.action(
    serve<redrive.TypedOrder>((api, order) => {
      if (order.dryRun !== true && order.reason === undefined)
        throw new CommandFailed(EXIT.usage, 'Give a --reason, or --dry-run to count only.');
      return redrive.start(api, order, watching);
    }),
  );
  group
    .command('list')
    .description('redrives, newest first')
    .action(serve((api) => redrive.list(api)));
  group
    .command('show')
    .argument('<redrive>')
    .description('one redrive: progress and refusals')
    .action((id: string, options: object) => serve((api) => redrive.show(api, id))(options));
  const turn = (to: 'pause' | 'resume' | 'cancel', what: string): void => {
    group
      .command(to)
      .argument('<redrive>')
      .description(what)
      .addOption(new Option('--reason <text>', 'why; stands in the journal with your name').makeOptionMandatory())
      .action((id: string, options: { reason: string }) =>
        serve<typeof options>((api, order) => redrive.turn(api, id, to, order))(options),
      );
  };
  turn('pause', 'nothing more is redriven until it is resumed');
  turn('resume', 'go on behind the last item');
  turn('cancel', 'end it; what was redriven stays so');
}
