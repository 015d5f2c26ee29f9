// SPDX-License-Identifier: EUPL-1.2
import type { Command } from 'commander';

import type { Shown } from '../commands.js';
import type { HubApi } from '../hub-api.js';
import { type TrialOrder, tryFiling } from './commands.js';

type Serve = <Options>(act: (api: HubApi, options: Options) => Promise<Shown>) => (options: Options) => Promise<void>;

/** Adds `amtsbote filing …`. */
export function addFiling(program: Command, serve: Serve): void {
  program
    .command('filing')
    .description('where applications are filed')
    .command('try')
    .description('show cabinet, Akte, Vorgang, classes and index data for an application, per instance; files nothing')
    .option('--route <name>', 'route; absent: the first that matches')
    .option('--application <application>', 'one the hub holds; what depends on personal data is hidden')
    .option('--file <path>', 'a canonical application as JSON, or the data file filed with one; shown as it is')
    .action(serve<TrialOrder>((api, order) => tryFiling(api, order)));
}
