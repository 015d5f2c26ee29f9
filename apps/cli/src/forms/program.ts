// SPDX-License-Identifier: EUPL-1.2
import type { Command } from 'commander';

import type { Shown } from '../commands.js';
import type { HubApi } from '../hub-api.js';
import * as forms from './commands.js';

type Serve = <Options>(act: (api: HubApi, options: Options) => Promise<Shown>) => (options: Options) => Promise<void>;

/** Adds `amtsbote coverage`. */
export function addCoverage(program: Command, serve: Serve): void {
  program
    .command('coverage')
    .argument('[form-version]', 'id of a form version: then every field of it')
    .description('which forms came in which version, and what becomes of their fields')
    .option('--endpoint <endpoint>')
    .action((id: string | undefined, options: { endpoint?: string }) =>
      serve<typeof options>((api, { endpoint }) => forms.coverage(api, id, endpoint))(options),
    );
}
