// SPDX-License-Identifier: EUPL-1.2
import { Command, CommanderError, Option } from 'commander';

import { addCatalogue } from './catalogue/program.js';
import { Progress } from './catalogue/progress.js';
import type { Shown } from './commands.js';
import * as commands from './commands.js';
import { addDms } from './dms/program.js';
import { CommandFailed, EXIT } from './exit-codes.js';
import { addFiling } from './filing/program.js';
import { addForms } from './forms/program.js';
import { HubApi } from './hub-api.js';
import { addCoverage, addMapping } from './mapping/program.js';
import { addRedrive } from './redrive/program.js';

/** What the command line touches of the machine. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  readonly sleep: (ms: number) => Promise<void>;
  /** Shows a line in place of the one before; absent where nobody looks. */
  readonly showProgress?: ((line: string) => void) | undefined;
}

const URL_DEFAULT = 'http://127.0.0.1:8480';

const HELP = `
Environment: AMTSBOTE_URL and AMTSBOTE_TOKEN stand for --url and --token.
An <application> is a reference (7KQ4-M2XD-P, however typed), the sender's id, or the application's id.
Exit codes: 0 done · 1 refused or not there · 2 wrong command line · 3 hub not reachable or token not accepted · 4 a probe or a trial found trouble`;

interface GlobalOptions {
  readonly url?: string;
  readonly token?: string;
  readonly json?: boolean;
}

/** Runs one command line. @returns the exit code; see {@link EXIT}. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const ended: { code: number } = { code: EXIT.ok };
  const program = programOf(terminal, (code) => {
    ended.code = code;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return ended.code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (!(error instanceof CommandFailed)) throw error;
    terminal.error(error.message);
    return error.code;
  }
}

type Act<Options> = (api: HubApi, options: Options) => Promise<Shown>;
type Serve = <Options>(act: Act<Options>) => (options: Options) => Promise<void>;

function programOf(terminal: Terminal, end: (code: number) => void): Command {
  const program = new Command('amtsbote')
    .description('Looks after an Amtsbote hub: find applications, see what happened to them, retry, skip, reroute, cancel.')
    .option('--url <url>', `address of the hub (default: AMTSBOTE_URL or ${URL_DEFAULT})`)
    .option('--token <token>', 'token of ops.credentials (default: AMTSBOTE_TOKEN; a token on the command line is seen by others)')
    .option('--json', 'the hub’s answer as JSON')
    .addHelpText('after', HELP)
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.out(text.trimEnd()), writeErr: (text) => terminal.error(text.trimEnd()) });
  const serve: Serve = (act) => async (options) => {
    const { url, token, json } = program.opts<GlobalOptions>();
    const secret = token ?? terminal.environment['AMTSBOTE_TOKEN'];
    if (secret === undefined || secret === '')
      throw new CommandFailed(EXIT.usage, 'Set AMTSBOTE_TOKEN (or give --token) to a token of ops.credentials.');
    const api = new HubApi(url ?? terminal.environment['AMTSBOTE_URL'] ?? URL_DEFAULT, secret);
    try {
      const shown = await act(api, options);
      terminal.out(json === true ? JSON.stringify(shown.data, null, 2) : shown.text);
      end(shown.code ?? EXIT.ok);
    } finally {
      api.close();
    }
  };
  addReading(program, serve, terminal);
  addSteps(program, serve);
  addApplications(program, serve);
  addInstances(program, serve);
  addCoverage(program, serve);
  addMapping(program, serve);
  const watching = { sleep: terminal.sleep, progress: new Progress(terminal) };
  addCatalogue(program, serve, watching);
  addRedrive(program, serve, watching);
  addFiling(program, serve);
  addForms(program, serve, terminal.now);
  addDms(program, serve, terminal.now);
  return program;
}

const reason = (): Option => new Option('--reason <text>', 'why; stands in the journal with your name').makeOptionMandatory();

function addReading(program: Command, serve: Serve, { now }: Terminal): void {
  const listing = program.command('list').description('applications, newest first').argument('[search]', 'reference, sender’s id or id');
  for (const name of ['state', 'progress', 'route', 'tenant', 'endpoint', 'instance', 'code', 'from', 'to', 'limit', 'cursor'])
    listing.option(`--${name} <${name}>`);
  listing
    .option('--leika-key <key>')
    .action((q: string | undefined, options: Record<string, string>) =>
      serve<typeof options>((api, query) => commands.list(api, { q, ...query }))(options),
    );
  program
    .command('show')
    .argument('<application>')
    .description('the whole story of one application')
    .action((application: string, options: object) => serve((api) => commands.show(api, application))(options));
  program
    .command('parked')
    .description('what is parked, grouped by failure')
    .action(serve((api) => commands.parked(api, now())));
  program
    .command('instances')
    .description('adapter instances and what waits for them')
    .action(serve((api) => commands.instances(api, now())));
  program
    .command('queues')
    .description('pickup queues and their collectors')
    .action(serve((api) => commands.queues(api, now())));
}

function addSteps(program: Command, serve: Serve): void {
  program
    .command('retry')
    .description('try a step again; without a step the one that is parked')
    .argument('<application>')
    .argument('[step]', 'name or id of the step')
    .addOption(reason())
    .addOption(new Option('--force <how>', 'act: it has not happened, do it; confirmDone: it has happened').choices(['act', 'confirmDone']))
    .action((application: string, step: string | undefined, options: { reason: string; force?: string }) =>
      serve<typeof options>((api, order) => commands.retry(api, application, step, order))(options),
    );
  const all = program.command('retry-all').description('retry many parked steps').addOption(reason()).option('--dry-run', 'only count');
  for (const name of ['route', 'instance', 'code', 'tenant', 'from', 'to']) all.option(`--${name} <${name}>`);
  all
    .option('--limit <count>', 'most steps at once', Number)
    .action(serve<{ dryRun?: boolean }>((api, { dryRun = false, ...order }) => commands.retryAll(api, { ...order, dryRun })));
  program
    .command('skip')
    .description('go on without a step; without a step the one that is parked')
    .argument('<application>')
    .argument('[step]', 'name or id of the step')
    .addOption(reason())
    .action((application: string, step: string | undefined, options: { reason: string }) =>
      serve<typeof options>((api, order) => commands.skip(api, application, step, order))(options),
    );
}

function addApplications(program: Command, serve: Serve): void {
  program
    .command('reroute')
    .description('give an application another route; without --route the first that matches now')
    .argument('<application>')
    .addOption(reason())
    .option('--route <name>')
    .option('--dry-run', 'only say what would happen')
    .action((application: string, options: { reason: string; route?: string; dryRun?: boolean }) =>
      serve<typeof options>((api, order) => commands.reroute(api, application, order))(options),
    );
  program
    .command('cancel')
    .description('take an application out of the flow for good')
    .argument('<application>')
    .addOption(reason())
    .action((application: string, options: { reason: string }) =>
      serve<typeof options>((api, order) => commands.cancel(api, application, order))(options),
    );
}

function addInstances(program: Command, serve: Serve): void {
  program
    .command('pause')
    .description('nothing goes out through an adapter instance any more')
    .argument('<instance>')
    .addOption(reason())
    .action((instance: string, options: { reason: string }) =>
      serve<typeof options>((api, order) => commands.pause(api, instance, order))(options),
    );
  program
    .command('resume')
    .description('go on, and retry what was parked as misconfigured')
    .argument('<instance>')
    .addOption(reason())
    .action((instance: string, options: { reason: string }) =>
      serve<typeof options>((api, order) => commands.resume(api, instance, order))(options),
    );
  program
    .command('probe')
    .description('look at settings, reachability and credentials of all adapters, or of those named')
    .argument('[names...]')
    .action((names: string[], options: object) => serve((api) => commands.probe(api, names))(options));
  program
    .command('dead-letters')
    .description('messages no handler could take')
    .option('--redrive', 'put them back into the queue')
    .option('--reason <text>', 'why; needed for --redrive')
    .action(
      serve<{ redrive?: boolean; reason?: string }>((api, { redrive, reason: why }) => {
        if (redrive !== true) return commands.deadLetters(api, undefined);
        if (why === undefined) throw new CommandFailed(EXIT.usage, 'Give a --reason for --redrive.');
        return commands.deadLetters(api, { reason: why });
      }),
    );
  program
    .command('login-link')
    .description('a link that opens the console once')
    .action(serve((api) => commands.loginLink(api)));
}
