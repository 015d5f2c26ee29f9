// SPDX-License-Identifier: EUPL-1.2
import { randomBytes } from 'node:crypto';

import { createDatabase, dropDatabase, startEmbeddedPostgres } from '@amtsbote/platform';

import type { Undoing } from './undoing.js';

/** Which database the town is to have. */
export interface DatabaseWish {
  /** A PostgreSQL of the person's own; absent = the embedded one. */
  readonly url: string | undefined;
  /** Data of the embedded one. */
  readonly directory: string;
  /** Whether everything is thrown away at the end: then a database of its own, also on a server of the person's own. */
  readonly temporary: boolean;
  readonly say: (line: string) => void;
}

const NAME = 'amtsbote';

/** Starts or finds the town's database. @returns its connection string. */
export async function provideDatabase(wish: DatabaseWish, undoing: Undoing): Promise<string> {
  if (wish.url === undefined) return embedded(wish, undoing);
  if (!wish.temporary) return wish.url;
  const { url } = wish;
  const name = `${NAME}_once_${randomBytes(6).toString('hex')}`;
  undoing.add('temporary database', () => dropDatabase(url, name));
  await createDatabase(url, name);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.href;
}

async function embedded({ directory, temporary, say }: DatabaseWish, undoing: Undoing): Promise<string> {
  const server = await startEmbeddedPostgres({ dataDirectory: directory, durable: !temporary, log: say });
  undoing.add('PostgreSQL', () => server.stop());
  await server.createDatabase(NAME);
  return server.url(NAME);
}
