// SPDX-License-Identifier: EUPL-1.2
import { parseArgs } from 'node:util';

import { ensureInstalled } from './install.mjs';
import { CHECK_NAMES, runChecks } from './lib/checks.mjs';
import { ScriptError } from './lib/house.mjs';
import { GROUP_NAMES, ON_DEMAND_NAMES, runTests } from './lib/jest.mjs';
import { meetNeeds } from './lib/needs.mjs';

const NAMES = [...CHECK_NAMES, ...GROUP_NAMES, ...ON_DEMAND_NAMES];
const USAGE = `npm test -- [--quick] [--only <what>] [<pattern of test files> …]
  --quick   unit, contract and architecture tests alone
  --only    check (format, lint, types, architecture) or one of: ${NAMES.join(', ')}; may be repeated
  real (servers of Debian packages) and browser (Chromium) run only when named; what they lack they install when this is root`;

/** What one word after --only stands for. */
const SELECTIONS = new Map([['check', [...CHECK_NAMES, 'architecture']], ...NAMES.map((name) => [name, [name]])]);

/** Everything that `npm test` promises, without Docker; the last line is always "N passed, N failed". */
async function main(argv) {
  const { names, patterns } = selected(argv);
  await ensureInstalled();
  const groups = [...GROUP_NAMES, ...ON_DEMAND_NAMES].filter((name) => names.includes(name));
  // First of all: who has to install something should not wait for the build to hear of it.
  const environment = await meetNeeds(groups);
  const checks = CHECK_NAMES.filter((name) => names.includes(name));
  // Journeys and generators run what was built.
  if (groups.length > 0 && !checks.includes('types')) checks.push('build');
  const counts = [await runChecks(checks)];
  if (groups.length > 0) counts.push(await runTests(groups, patterns, environment));
  return {
    passed: counts.reduce((sum, { passed }) => sum + passed, 0),
    failed: counts.reduce((sum, { failed }) => sum + failed, 0),
  };
}

function selected(argv) {
  const { values, positionals: patterns } = parse(argv);
  if (values.quick) return { names: ['architecture', 'unit', 'contract'], patterns };
  const only = (values.only ?? []).flatMap((list) => list.split(','));
  const unknown = only.find((name) => !SELECTIONS.has(name));
  if (unknown !== undefined) throw new ScriptError(`--only ${unknown}: there is no such check or group of tests.\n${USAGE}`);
  if (only.length > 0) return { names: only.flatMap((name) => SELECTIONS.get(name)), patterns };
  return { names: patterns.length > 0 ? GROUP_NAMES : [...CHECK_NAMES, ...GROUP_NAMES], patterns };
}

function parse(argv) {
  try {
    return parseArgs({
      args: argv,
      allowPositionals: true,
      options: { only: { type: 'string', multiple: true }, quick: { type: 'boolean' } },
    });
  } catch (error) {
    throw new ScriptError(`${error.message}\n${USAGE}`);
  }
}

let counts;
try {
  counts = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof ScriptError ? error.message : error);
  counts = { passed: 0, failed: 1 };
}
process.exitCode = counts.failed > 0 ? 1 : 0;
console.log(`${counts.passed} passed, ${counts.failed} failed`);
