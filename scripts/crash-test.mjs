// SPDX-License-Identifier: EUPL-1.2
import { runMain } from './lib/house.mjs';
import { launch } from './lib/launch.mjs';

/** Kills hubs and compares books, see apps/landscape/src/crash/main.ts. */
await runMain((argv) => launch('apps/landscape/src/crash/main.js', argv));
