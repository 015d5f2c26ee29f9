// SPDX-License-Identifier: EUPL-1.2
import { ensureBuilt } from '../build.mjs';
import { nodeBinary, toolEnvironment } from '../install.mjs';
import { run } from './house.mjs';

const OUTPUT_LINES_MAX = 80;

const tool = async (...args) => {
  const { code, output } = await run(nodeBinary(), args, { env: toolEnvironment() });
  if (code !== 0) throw new Error(output.trim() || `ended with code ${code}`);
};

/** What is looked at without running the product. Each either resolves or throws with what to mend. */
const CHECKS = {
  format: () => tool('node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'),
  lint: () => tool('--max-old-space-size=3072', 'node_modules/eslint/bin/eslint.js', '--max-warnings', '0', '.'),
  build: () => ensureBuilt({ quiet: true }),
  types: async () => {
    await ensureBuilt({ quiet: true });
    // Tests are not built, only checked; their own build info keeps the build's incremental.
    await tool('node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json', '--tsBuildInfoFile', 'dist/.tsbuildinfo.check');
  },
};
export const CHECK_NAMES = ['format', 'lint', 'types'];

/**
 * Runs checks, two at a time, and prints a line for each as it ends.
 * @param {string[]} names
 * @returns {Promise<{ passed: number, failed: number }>} every check counts as one.
 */
export async function runChecks(names) {
  const counts = { passed: 0, failed: 0 };
  // The linter takes longest: a lane of its own.
  const isLinter = (name) => name === 'lint';
  const lanes = [names.filter((name) => !isLinter(name)), names.filter(isLinter)];
  await Promise.all(
    lanes.map(async (lane) => {
      for (const name of lane) counts[(await passes(name)) ? 'passed' : 'failed'] += 1;
    }),
  );
  return counts;
}

async function passes(name) {
  const startedAt = Date.now();
  const seconds = () => `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
  try {
    await CHECKS[name]();
    console.log(`${name.padEnd(14)}passed (${seconds()})`);
    return true;
  } catch (error) {
    const lines = error.message.split('\n');
    const rest = lines.length > OUTPUT_LINES_MAX ? [`… ${lines.length - OUTPUT_LINES_MAX} more lines`] : [];
    console.log([`${name.padEnd(14)}FAILED (${seconds()})`, ...lines.slice(0, OUTPUT_LINES_MAX), ...rest].join('\n'));
    return false;
  }
}
