// SPDX-License-Identifier: EUPL-1.2
import type { CatalogueHub } from './catalogue-hub.js';
import { connected } from './raw-copy.js';

/** What people look for: one word, several, a part of one, a slip of the pen, one that is in every text, one that is in none, English. */
const QUESTIONS = [
  'q=Gewerbe',
  'q=Gewerbe%20anzeigen',
  'q=Personalausweis',
  'q=Reisepas',
  'q=Meldebescheinigung%20Personalausweis',
  'q=Geb%C3%BChrenordnung',
  'q=Leistung%20100',
  'q=Bearbeitung%20Arbeitstage',
  'q=Rechtsgrundlage',
  'q=Schwerbehindertenausweis',
  'q=betrieb%20verlegt',
  'q=service',
  'leikaKey=99050012104000',
  'ars=059580004004',
  'q=Hinweis&limit=50',
];

/** Milliseconds of every question, asked in turns, after a first turn that does not count. */
export async function searchTimes(hub: CatalogueHub, turns: number): Promise<number[]> {
  const times: number[] = [];
  for (let turn = 0; turn <= turns; turn += 1)
    for (const question of QUESTIONS) {
      const ms = await hub.time(`/catalogue/services?${question}`);
      if (turn > 0) times.push(ms);
    }
  return times;
}

/** Makes services out of those that are there until there are `wanted`: the same texts under other ids, rows as an import leaves them. */
export async function multiplyServices(databaseUrl: string, wanted: number): Promise<void> {
  await connected(databaseUrl, async (runner) => {
    // Numbers of contents far above those that an import takes.
    const shift = 1_000_000_000;
    const counted = (await runner.query(
      "SELECT count(*)::int AS present, (count(*) FILTER (WHERE content_id < $1))::int AS originals FROM catalogue_object WHERE kind = 'service'",
      [shift],
    )) as { present: number; originals: number }[];
    const { present = 0, originals = 1 } = counted[0] ?? {};
    for (let copy = Math.ceil(present / originals); copy < Math.ceil(wanted / originals); copy += 1) {
      const offset = shift * copy;
      await runner.query(
        `INSERT INTO catalogue_content (id, document) SELECT c.id + $1, c.document FROM catalogue_content c
         JOIN catalogue_object o ON o.content_id = c.id WHERE o.kind = 'service' AND c.id < $2`,
        [offset, shift],
      );
      await runner.query(
        `INSERT INTO catalogue_service (content_id, source_no, title, title_en, leika_keys, tags, edited_at, title_words, words)
         SELECT content_id + $1, source_no, title, title_en, leika_keys, tags, edited_at, title_words, words FROM catalogue_service WHERE content_id < $2`,
        [offset, shift],
      );
      await runner.query(
        `INSERT INTO catalogue_object (source_no, kind, agency, object_id, from_version, to_version, content_id, document_no, hash, valid)
         SELECT source_no, kind, agency, object_id || '-' || $3, from_version, to_version, content_id + $1, document_no, hash, valid
         FROM catalogue_object WHERE kind = 'service' AND content_id < $2`,
        [offset, shift, String(copy)],
      );
    }
    for (const table of ['catalogue_content', 'catalogue_object', 'catalogue_service']) await runner.query(`VACUUM ANALYZE ${table}`);
  });
}
