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

/** Adds `amtsbote mapping …`. */
export function addMapping(program: Command, serve: Serve): void {
  program
    .command('mapping')
    .description('what submissions become')
    .command('try')
    .description('show what a submission would become: canonical result, unmapped rest, violations; nothing is stored')
    .requiredOption('--endpoint <endpoint>', 'endpoint that would take it')
    .requiredOption('--file <file>', 'the body, byte for byte as the sender sends it')
    .option('--content-type <type>', 'as the sender says it; absent: guessed from the file')
    .option('--header <header...>', 'a header that the mapping reads, as "name: value"')
    .option('--mapping <file>', 'a mapping (YAML or JSON) to try in the place of the configured one')
    .action(serve<forms.TypedTrial>((api, typed) => forms.tryMapping(api, typed)));
}
