// SPDX-License-Identifier: EUPL-1.2
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const MESSAGE_LINES_MAX = 25;
/** Of a run that is worth a look. */
const SLOWEST_FILES = 5;
const SLOW_RUN_SECONDS = 60;

/**
 * Prints failures as they happen and one line per group at the end, and leaves the counts in a file for scripts/test.mjs. A test file that
 * cannot be run counts as one failed test. It writes to stderr: stdout has what Jest says about itself.
 */
export default class CompactReporter {
  #root;
  #resultsFile;
  #groups = new Map();
  #files = [];

  constructor(globalConfig) {
    this.#root = globalConfig.rootDir;
    this.#resultsFile = process.env.AMTSBOTE_TEST_RESULTS;
  }

  onTestResult(test, result) {
    const name = test.context.config.displayName?.name ?? 'tests';
    const group = this.#groups.get(name) ?? { passed: 0, failed: 0, skipped: 0, files: 0 };
    this.#groups.set(name, group);
    group.files += 1;
    group.passed += result.numPassingTests;
    group.failed += result.numFailingTests;
    group.skipped += result.numPendingTests + result.numTodoTests;
    const path = relative(this.#root, test.path);
    const { start, end } = result.perfStats;
    this.#files.push({ path, seconds: (end - start) / 1000 });
    if (result.testExecError && result.numFailingTests === 0) {
      group.failed += 1;
      print(`✗ ${path}`, result.failureMessage ?? result.testExecError.message);
    }
    for (const { status, fullName, failureMessages } of result.testResults) {
      if (status === 'failed') print(`✗ ${path} › ${fullName}`, failureMessages.join('\n'));
    }
  }

  onRunComplete(_contexts, results) {
    const seconds = ((Date.now() - results.startTime) / 1000).toFixed(1);
    for (const [name, { passed, failed, skipped, files }] of this.#groups) {
      const parts = [`${passed} passed`, ...(failed > 0 ? [`${failed} FAILED`] : []), ...(skipped > 0 ? [`${skipped} skipped`] : [])];
      console.error(`${name.padEnd(14)}${parts.join(', ')} (${files} files)`);
    }
    if (seconds > SLOW_RUN_SECONDS) {
      const slowest = this.#files.sort((a, b) => b.seconds - a.seconds).slice(0, SLOWEST_FILES);
      for (const { path, seconds: own } of slowest) console.error(`${`${own.toFixed(0)} s`.padStart(13)} ${path}`);
    }
    const total = { passed: 0, failed: 0 };
    for (const { passed, failed } of this.#groups.values()) {
      total.passed += passed;
      total.failed += failed;
    }
    if (this.#groups.size > 0) console.error(`${' '.repeat(14)}in ${seconds} s`);
    if (this.#resultsFile !== undefined && !results.wasInterrupted) writeFileSync(this.#resultsFile, JSON.stringify(total));
  }
}

/** Message and the places in our own code; the runner's own frames say nothing. */
function print(title, message) {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s+at .*(node_modules|node:internal)/.test(line));
  console.error([title, ...lines.slice(0, MESSAGE_LINES_MAX).map((line) => `    ${line}`)].join('\n'));
}
