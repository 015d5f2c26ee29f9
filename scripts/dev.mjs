// SPDX-License-Identifier: EUPL-1.2
import { runMain } from './lib/house.mjs';
import { launch } from './lib/launch.mjs';

/** The town of npm start, compiled on every change; the hub is restarted, the systems around it stay. */
await runMain((argv) => launch('apps/landscape/src/start.js', ['--watch', ...argv], { watch: true }));
