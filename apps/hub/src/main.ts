// SPDX-License-Identifier: EUPL-1.2
import 'reflect-metadata';

import { BrokerProblem } from '@amtsbote/bus';
import { ConfigError, processEnvironment } from '@amtsbote/platform';
import { DatabaseProblem } from '@amtsbote/store';

import { ADAPTERS } from './adapters.generated.js';
import { startHub } from './start-hub.js';

const FATAL = 1;

try {
  const environment = processEnvironment();
  const configFile = process.argv[2] ?? environment['AMTSBOTE_CONFIG'] ?? 'config/hub.yaml';
  const hub = await startHub({ configFile, environment, adapters: ADAPTERS });
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    void hub.stop().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
} catch (error) {
  const isForOperators = [ConfigError, DatabaseProblem, BrokerProblem].some((kind) => error instanceof kind);
  process.stderr.write(`${isForOperators ? (error as Error).message : String(error)}\n`);
  process.exit(FATAL);
}
