// SPDX-License-Identifier: EUPL-1.2
import { randomBytes } from 'node:crypto';

import { adapter } from '@amtsbote/adapters/catalogue-xzufi';

import { type Counted, treat } from './counting.js';

/** What the reading process tells. */
export interface CatalogueReading {
  readonly seconds: number;
  readonly objects: number;
}

/* Reads one file to objects and tells how long that took, without the time that starting takes. */
const [path = ''] = process.argv.slice(2);
const environment = {
  instance: 'bench',
  clock: { now: () => new Date(), sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) },
  randomness: { fraction: () => Math.random(), bytes: (count: number) => randomBytes(count) },
};
const port = adapter.create(adapter.options.parse({ source: { type: 'file', path } }), environment);
const started = performance.now();
let objects = 0;
// Objects are made and used where a hub makes and uses them: where they are read.
const treatment = { module: new URL('./counting.js', import.meta.url).href, treat };
for await (const { treated } of port.changesSince(null, new AbortController().signal, { treatment }))
  objects += (treated as Counted | undefined)?.objects ?? 0;
const reading: CatalogueReading = { seconds: (performance.now() - started) / 1_000, objects };
process.send?.(reading, () => process.disconnect());
