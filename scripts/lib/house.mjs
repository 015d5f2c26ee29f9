// SPDX-License-Identifier: EUPL-1.2
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root, without a trailing slash. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');

/** How long a program that was asked to end may take. */
const KILL_AFTER_MS = 5_000;

/** A failure that is told in one sentence, without a stack: the person at the terminal can do something about it. */
export class ScriptError extends Error {
  name = 'ScriptError';
}

/** Runs a script's main function; a {@link ScriptError} becomes its sentence, and every failure exit code 1. */
export async function runMain(main) {
  try {
    const code = await main(process.argv.slice(2));
    process.exitCode = code ?? 0;
  } catch (error) {
    console.error(error instanceof ScriptError ? error.message : error);
    process.exitCode = 1;
  }
}

/** Whether the module with this `import.meta.url` is the one that was started. */
export function isStarted(moduleUrl) {
  return process.argv[1] !== undefined && fileURLToPath(moduleUrl) === process.argv[1];
}

const running = new Set();

/** Ends every program that {@link run} has started and that still runs. */
export function endPrograms() {
  for (const child of running) child.kill('SIGTERM');
}

/**
 * Runs a program to its end.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: 'stderr', signal?: AbortSignal }} options `show` lets its output through while it
 *   runs; `signal` ends it.
 * @returns {Promise<{ code: number, output: string }>} stdout and stderr in the order in which they came; code 127 when it cannot be
 *   started, 1 when a signal ended it.
 */
export function run(command, args, { cwd = ROOT, env = process.env, show, signal } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    let output = '';
    for (const name of ['stdout', 'stderr']) {
      child[name].setEncoding('utf8').on('data', (text) => {
        output += text;
        if (show === name) process.stdout.write(text);
      });
    }
    const stop = () => {
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS).unref();
    };
    signal?.addEventListener('abort', stop, { once: true });
    child.on('error', (error) => resolve({ code: 127, output: `${output}${error.message}\n` }));
    child.on('close', (code) => {
      running.delete(child);
      signal?.removeEventListener('abort', stop);
      resolve({ code: code ?? 1, output });
    });
  });
}

/** SHA-256 in hex. */
export function hashOf(content) {
  return createHash('sha256').update(content).digest('hex');
}

/** All files below a directory of the project, as sorted paths relative to the root; built and installed things left out. */
export function filesBelow(directory, root = ROOT) {
  if (!existsSync(join(root, directory))) return [];
  return readdirSync(join(root, directory), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !/(^|\/)(node_modules|dist|var)\//.test(path))
    .sort();
}

/** One hash over names and contents of files given relative to the root. */
export function hashOfFiles(paths, root = ROOT) {
  return hashOf(paths.map((path) => `${path}\0${hashOf(readFileSync(join(root, path)))}`).join('\n'));
}
