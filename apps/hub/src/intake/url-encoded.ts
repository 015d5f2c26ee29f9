// SPDX-License-Identifier: EUPL-1.2
import { IntakeRejection } from '@amtsbote/adapter-kit';

/** One value of a web form, as bytes: which charset they are in, the form server alone knows. */
export interface EncodedField {
  readonly name: string;
  readonly value: Buffer;
}

/** What stands for a byte; everything else that is written stands for itself. */
const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;
const HEX = /^[0-9a-f]{2}$/i;

/**
 * The values of an application/x-www-form-urlencoded body (WHATWG URL, section 5.1) in the order sent, as bytes. Stricter than browsers' servers:
 * a percent sign that introduces no byte is refused, where guessing would change what a citizen wrote. Names are read as UTF-8, and have to be.
 * @throws IntakeRejection malformed (`not-url-encoded`, `not-utf8`) or tooLarge (`too-many-fields`, `part-too-large`).
 */
export function urlEncodedFields(body: Buffer, { fieldsMax, valueBytesMax }: { fieldsMax: number; valueBytesMax: number }): EncodedField[] {
  const fields: EncodedField[] = [];
  for (let start = 0; start < body.length;) {
    const separator = body.indexOf('&', start);
    const end = separator < 0 ? body.length : separator;
    if (end > start) {
      const place = `field ${fields.length + 1}`;
      if (fields.length >= fieldsMax) throw new IntakeRejection('tooLarge', 'too-many-fields', `At most ${fieldsMax} fields are accepted.`);
      const field = fieldOf(body.subarray(start, end), place);
      if (field.value.length > valueBytesMax)
        throw new IntakeRejection('tooLarge', 'part-too-large', `The field has more than ${valueBytesMax} bytes.`, place);
      fields.push(field);
    }
    start = end + 1;
  }
  return fields;
}

function fieldOf(pair: Buffer, place: string): EncodedField {
  const equals = pair.indexOf('=');
  const name = decoded(equals < 0 ? pair : pair.subarray(0, equals), place);
  const value = equals < 0 ? Buffer.alloc(0) : decoded(pair.subarray(equals + 1), place);
  try {
    return { name: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(name), value };
  } catch {
    throw new IntakeRejection('malformed', 'not-utf8', 'The name of the field is not UTF-8.', place);
  }
}

function decoded(encoded: Buffer, place: string): Buffer {
  const bytes = Buffer.alloc(encoded.length);
  let length = 0;
  for (let at = 0; at < encoded.length; at += 1) {
    const byte = encoded[at] as number;
    if (byte !== PERCENT) {
      bytes[length] = byte === PLUS ? SPACE : byte;
    } else {
      const digits = encoded.subarray(at + 1, at + 3).toString('latin1');
      if (!HEX.test(digits))
        throw new IntakeRejection('malformed', 'not-url-encoded', 'A percent sign has to be followed by two hexadecimal digits.', place);
      bytes[length] = Number.parseInt(digits, 16);
      at += 2;
    }
    length += 1;
  }
  return bytes.subarray(0, length);
}
