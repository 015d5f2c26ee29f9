// SPDX-License-Identifier: EUPL-1.2
import 'reflect-metadata';

import { writeFile } from 'node:fs/promises';

import { GENERATORS } from './generators.js';

/** Runs every generator and leaves all files in one JSON file named by the first argument; scripts/gen.mjs compares and writes them. */
const target = process.argv[2];
if (target === undefined) throw new Error('expected the path of the result');
const files = await Promise.all(GENERATORS.map(async (generate) => generate()));
await writeFile(target, JSON.stringify(files.flat()));
