// SPDX-License-Identifier: EUPL-1.2

/*
 * A row of `catalogue_content` (id bigint, document text) as PostgreSQL's binary COPY has it: number of fields; of each field its length and its
 * bytes. Documents are copied as the bytes they are, nothing in them is escaped.
 */

/** Bytes before the document. */
export const TUPLE_HEAD = 18;
const ID = 6;
const LENGTH = 14;

/** Writes a row whose id is not known yet. @returns where it ends. */
export function writeTuple(target: Buffer, from: number, document: string): number {
  const length = target.write(document, from + TUPLE_HEAD, 'utf8');
  target.writeUInt16BE(2, from);
  target.writeUInt32BE(8, from + 2);
  target.writeUInt32BE(length, from + LENGTH);
  return from + TUPLE_HEAD + length;
}

/** Says the id of a row. */
export function numberTuple(contents: DataView, from: number, id: number): void {
  contents.setUint32(from + ID, Math.floor(id / 2 ** 32));
  contents.setUint32(from + ID + 4, id % 2 ** 32);
}
