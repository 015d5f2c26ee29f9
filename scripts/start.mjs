// SPDX-License-Identifier: EUPL-1.2
import { runMain } from './lib/house.mjs';
import { launch } from './lib/launch.mjs';

/** A town with its hub on this machine, see apps/landscape/src/start.ts. */
await runMain((argv) => launch('apps/landscape/src/start.js', argv));
