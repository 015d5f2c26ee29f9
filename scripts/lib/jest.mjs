// SPDX-License-Identifier: EUPL-1.2
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { nodeBinary, toolEnvironment } from '../install.mjs';
import { ROOT, run } from './house.mjs';

/** Jest's projects, by the runs they share; the second run starts a PostgreSQL. */
const ALWAYS = [
  ['architecture', 'unit', 'contract'],
  ['integration', 'journeys'],
];
/** Only when asked for: against real servers, in a real browser. */
const ON_DEMAND = [['real'], ['browser']];
export const GROUP_NAMES = ALWAYS.flat();
export const ON_DEMAND_NAMES = ON_DEMAND.flat();
/** A test that never ends must not hold the build for ever. */
const RUN_MS_MAX = 30 * 60_000;
/** After its last test Jest ends at once, unless a test left a timer or connection behind. */
const END_MS_MAX = 20_000;
const BREAKDOWN_LINES_MAX = 40;
const JEST = 'node_modules/jest/bin/jest.js';
const REPORTER = join(ROOT, 'scripts', 'lib', 'jest-reporter.mjs');

/**
 * Runs groups of tests; failures and one line per group are printed.
 * @param {string[]} groups
 * @param {string[]} patterns only test files whose path matches one of these; none = all.
 * @param {Record<string, string>} environment what the tests find there beyond this process's own.
 * @returns {Promise<{ passed: number, failed: number }>} a run that breaks down counts as one failed test.
 */
export async function runTests(groups, patterns, environment = {}) {
  const total = { passed: 0, failed: 0 };
  for (const [index, all] of [...ALWAYS, ...ON_DEMAND].entries()) {
    const wanted = all.filter((group) => groups.includes(group));
    if (wanted.length === 0) continue;
    const { passed, failed } = await runOnce(`run-${index + 1}`, wanted, patterns, environment);
    total.passed += passed;
    total.failed += failed;
  }
  if (total.passed + total.failed > 0) return total;
  console.log('No test ran: that is a failure, not a success.');
  return { passed: 0, failed: 1 };
}

async function runOnce(name, groups, patterns, environment) {
  const directory = join(ROOT, 'var', 'test');
  mkdirSync(directory, { recursive: true });
  const resultsFile = join(directory, `${name}.json`);
  rmSync(resultsFile, { force: true });
  const args = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    JEST,
    ...['--passWithNoTests', '--reporters', REPORTER, '--selectProjects', ...groups],
    ...patterns.flatMap((pattern) => ['--testPathPatterns', pattern]),
  ];
  const env = toolEnvironment({ ...environment, NODE_ENV: 'test', AMTSBOTE_TEST_RESULTS: resultsFile });
  const { signal, release } = timeLimit(resultsFile);
  const { code, output } = await run(nodeBinary(), args, { env, show: 'stderr', signal }).finally(release);
  const counts = existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, 'utf8')) : undefined;
  if (counts !== undefined && (code === 0 || counts.failed > 0)) return counts;
  if (counts === undefined && code === 0 && output.includes('No tests found')) return { passed: 0, failed: 0 };
  const reason = signal.aborted ? signal.reason : `the test runner ended with code ${code}`;
  console.log(`✗ ${groups.join(', ')}: ${reason}`);
  console.log(output.trim().split('\n').slice(-BREAKDOWN_LINES_MAX).join('\n'));
  return { passed: counts?.passed ?? 0, failed: (counts?.failed ?? 0) + 1 };
}

/** Ends a run that takes too long, or that does not end after its last test. */
function timeLimit(resultsFile) {
  const controller = new AbortController();
  const startedAt = Date.now();
  let endedAt;
  const timer = setInterval(() => {
    endedAt ??= existsSync(resultsFile) ? Date.now() : undefined;
    if (endedAt !== undefined && Date.now() - endedAt > END_MS_MAX)
      controller.abort('all tests ended, but something they left open keeps the process alive');
    if (Date.now() - startedAt > RUN_MS_MAX) controller.abort(`stopped after ${RUN_MS_MAX / 60_000} minutes`);
  }, 1_000);
  return { signal: controller.signal, release: () => clearInterval(timer) };
}
