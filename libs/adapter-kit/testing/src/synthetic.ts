// SPDX-License-Identifier: EUPL-1.2

/** A file a simulated sender attaches; opened anew for every sending, so that large ones need no memory. */
export interface OutgoingFile {
  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
  open(): AsyncIterable<Uint8Array>;
}

/** A file held in memory. */
export function aFile(name: string, content: string | Uint8Array, mediaType = 'application/pdf'): OutgoingFile {
  const bytes = Buffer.from(content as string);
  return {
    name,
    mediaType,
    size: bytes.length,
    open: async function* open() {
      yield bytes;
    },
  };
}

/** A file of any size that is never held in memory: `seed` decides its bytes. */
export function aLargeFile(name: string, size: number, seed = 1, mediaType = 'application/octet-stream'): OutgoingFile {
  const block = Buffer.alloc(64 * 1024, `Amtsbote ${seed} `);
  return {
    name,
    mediaType,
    size,
    open: async function* open() {
      for (let left = size; left > 0; left -= block.length) yield block.subarray(0, Math.min(left, block.length));
    },
  };
}

/** A small valid PDF (1.4, one page, Helvetica) with these lines; characters outside ASCII are replaced. */
export function aPdf(lines: readonly string[]): Buffer {
  const shown = lines.map((line) => `(${line.replace(/[^\x20-\x7e]/g, '?').replace(/[\\()]/g, '\\$&')}) Tj T*`).join('\n');
  const content = `BT /F1 12 Tf 14 TL 72 770 Td\n${shown}\nET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let pdf = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = pdf.length;
    pdf += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  pdf += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${pdf.length}\n%%EOF\n`;
  return Buffer.from(pdf, 'ascii');
}

/** A person who does not exist. */
export interface SyntheticPerson {
  readonly givenName: string;
  readonly familyName: string;
  /** ISO day. */
  readonly dateOfBirth: string;
  readonly street: string;
  readonly houseNumber: string;
  readonly postalCode: string;
  readonly city: string;
  /** Below example.org (RFC 2606). */
  readonly email: string;
  /** From the numbers the Bundesnetzagentur keeps for films and novels (Berlin 030 23125 xxx). */
  readonly phone: string;
}

const GIVEN = ['Erika', 'Max', 'Jürgen', 'Zoë', 'Ayşe', 'Mateusz', 'Chloé', 'Björn', 'Anneliese', 'Nguyên'];
const FAMILY = ['Mustermann', 'Beispiel', 'Müster-Lüdenscheidt', 'Groß', 'Testperson', 'Øster', 'O’Muster', 'van der Probe'];
const STREETS = ['Musterstraße', 'Am Beispielweg', 'Probegasse', 'Straße des 32. Mai'];
const CITIES = [
  ['01234', 'Musterstadt'],
  ['99998', 'Beispielhausen'],
  ['00001', 'Groß Probe'],
] as const;

/** The `index`-th person of a seed: the same every time. */
export function aPerson(seed: number, index: number): SyntheticPerson {
  const pick = picker(seed, index);
  const [postalCode, city] = pick(CITIES);
  const two = (value: number): string => String(value).padStart(2, '0');
  return {
    givenName: pick(GIVEN),
    familyName: pick(FAMILY),
    dateOfBirth: `${1940 + pick.number(65)}-${two(1 + pick.number(12))}-${two(1 + pick.number(28))}`,
    street: pick(STREETS),
    houseNumber: `${1 + pick.number(180)}${pick(['', '', '', ' a', '/2'])}`,
    postalCode,
    city,
    email: `person${index}.${seed}@example.org`,
    phone: `+49 30 23125${String(pick.number(1_000)).padStart(3, '0')}`,
  };
}

/** Repeatable choices (splitmix32) for one synthetic thing. */
export interface Picker {
  <Item>(items: readonly Item[]): Item;
  /** Whole number from 0 to below `limit`. */
  number(limit: number): number;
  /** A UUID (version 4 by its bits), the same for the same seed and index. */
  uuid(): string;
}

/** A picker for the `index`-th thing of a seed. */
export function picker(seed: number, index: number): Picker {
  let state = (Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  const number = (limit: number): number => next() % limit;
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[number(items.length)];
    if (item === undefined) throw new Error('nothing to choose from');
    return item;
  };
  const uuid = (): string => {
    // Seed and index stand in it, so two of one seed never collide.
    const hex = (value: number, digits: number): string => (value >>> 0).toString(16).padStart(digits, '0').slice(-digits);
    return `${hex(next(), 8)}-${hex(seed, 4)}-4${hex(next(), 3)}-8${hex(next(), 3)}-${hex(next(), 4)}${hex(index, 8)}`;
  };
  return Object.assign(pick, { number, uuid });
}
