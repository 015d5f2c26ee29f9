// SPDX-License-Identifier: EUPL-1.2
import { type Dialect, Spelling, XZUFI_220 } from './dialect.js';
import { closing, opening, schreibe } from './message.js';
import { leistung, onlinedienst, organisationseinheit, zustaendigkeitTransferObjekt } from './objects.js';

/** How a large file is mixed: of hundred objects so many are Leistungen (about 20 kB), offices and online services; the rest competences (0.9 kB). */
export interface LargeWish {
  readonly objects: number;
  readonly services?: number;
  readonly dialect?: Dialect;
}

const SENTENCES = [
  'Wenn Sie ein stehendes Gewerbe anfangen wollen, müssen Sie dies der zuständigen Stelle anzeigen.',
  'Die Anzeige ist auch erforderlich, wenn der Betrieb verlegt oder der Gegenstand geändert wird.',
  'Bringen Sie bitte einen gültigen Personalausweis oder Reisepass mit „aktueller“ Meldebescheinigung mit.',
  'Die Bearbeitung dauert in der Regel drei Arbeitstage; Rückfragen verlängern sie.',
  'Gebühren richten sich nach der Gebührenordnung (§ 4 Abs. 2) & dem Aufwand.',
];
const PIECE_CHARS = 256 * 1024;

/** Paragraphs, a list and a link, about `chars` long. */
function longHtml(seed: number, chars: number): string {
  const parts: string[] = [];
  for (let index = seed, length = 0; length < chars; index += 1) {
    const sentence = (SENTENCES[index % SENTENCES.length] ?? '').replaceAll('&', '&amp;');
    const part =
      index % 4 === 0
        ? `<ul><li>${sentence}</li><li><a href="https://www.example.de/gesetz/${index}">Rechtsgrundlage</a></li></ul>`
        : `<p>${sentence} <strong>Hinweis ${index}</strong></p>`;
    parts.push(part);
    length += part.length;
  }
  return parts.join('');
}

function operation(x: Spelling, index: number, services: number): string {
  const id = String(100_000 + index);
  const place = (index * 37) % 100;
  if (place < services) {
    const more = ['05', '07', '08', '09', '11', '15', '16', '22', '25'].map((code, position) =>
      x.el('modulText', x.code('leikaTextmodul', code) + x.text('inhalt', longHtml(index + position, 1_700), { languageCode: 'de' })),
    );
    return leistung(x, {
      id,
      title: `Leistung Nr. ${id}`,
      englishTitle: `Service ${id}`,
      html: longHtml(index, 3_000),
      more: more.join(''),
    });
  }
  if (place === services) return organisationseinheit(x, { id });
  if (place === services + 1) return onlinedienst(x, { id });
  return zustaendigkeitTransferObjekt(x, { id, subject: String(index % 1_000), service: String(100_000 + (index % 5_000)) });
}

/** A large message piece by piece; the same wish gives the same bytes. */
export function* largeMessage({ objects, services = 5, dialect = XZUFI_220 }: LargeWish): Generator<string> {
  const x = new Spelling(dialect);
  let piece = opening({ dialect });
  for (let index = 0; index < objects; index += 1) {
    piece += schreibe(dialect, operation(x, index, services));
    if (piece.length < PIECE_CHARS) continue;
    yield piece;
    piece = '';
  }
  yield piece + closing({ dialect });
}
