// SPDX-License-Identifier: EUPL-1.2
import { runMain } from './lib/house.mjs';
import { launch } from './lib/launch.mjs';

/** Measures, see apps/landscape/src/bench/main.ts. */
await runMain((argv) => launch('apps/landscape/src/bench/main.js', argv));
