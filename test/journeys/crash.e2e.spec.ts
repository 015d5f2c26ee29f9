// SPDX-License-Identifier: EUPL-1.2
import { execFile } from 'node:child_process';

import { describe, expect, it } from '@jest/globals';

const PROGRAM = 'dist/apps/landscape/src/crash/main.js';
/** On a busy machine the minute may become several. */
const PATIENCE_MS = 420_000;

/** Runs the compiled crash test as `npm run crash-test` does. */
async function crashTest(...options: string[]): Promise<{ code: number; output: string; report: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [PROGRAM, '--json', ...options], { timeout: PATIENCE_MS }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code !== 'number') {
        reject(new Error(`the crash test did not come to its end: ${stdout}${stderr}`));
        return;
      }
      const lastLine = stdout.trimEnd().split('\n').at(-1) ?? '';
      resolve({ code, output: stdout + stderr, report: lastLine.startsWith('{') ? (JSON.parse(lastLine) as Record<string, unknown>) : {} });
    });
  });
}

describe('two hubs under fire', () => {
  it(
    'lose nothing, double nothing, and go on working: three books agree after kills, freezes, cut lines and sick targets',
    async () => {
      const { code, output, report } = await crashTest('--kills', '4', '--seed', '7', '--minutes', '0.4');
      // The whole output is the failure's text: it has the first divergence's story.
      expect({ code, ...report, output: code === 0 ? '' : output }).toMatchObject({
        code: 0,
        lost: 0,
        duplicated: 0,
        unexpected: 0,
        output: '',
      });
      expect(report).toMatchObject({ seed: 7, kills: 4, carrier: 'postgres', ok: true });
      expect(report['completed']).toBeGreaterThan(30);
    },
    PATIENCE_MS,
  );

  it('say what is wrong with a wish instead of starting', async () => {
    const { code, output } = await crashTest('--kills', 'many');
    expect(code).toBe(1);
    expect(output).toContain('--kills expects a number from 0 to 10000.');
  });
});
