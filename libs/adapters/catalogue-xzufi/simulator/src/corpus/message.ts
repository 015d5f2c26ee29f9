// SPDX-License-Identifier: EUPL-1.2
import { type Dialect, escaped, Spelling } from './dialect.js';

/** The frame of a synthetic message. Root name and number of the transfer message are not known: readers must not depend on them. */
export interface Frame {
  readonly dialect: Dialect;
  /** Local name of the root. */
  readonly root?: string;
  readonly messageId?: string;
  /** Before the root: the XML declaration by default. */
  readonly prolog?: string;
  /** XML between the head and the first object. */
  readonly afterHead?: string;
}

/** XML declaration, root and head. */
export function opening({ dialect, root = 'transfer.operation.0201', prolog, messageId, afterHead = '' }: Frame): string {
  const x = new Spelling(dialect);
  const xmlns = dialect.prefix === '' ? 'xmlns' : `xmlns:${dialect.prefix}`;
  const attributes = `${xmlns}="${dialect.namespace}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" produktbezeichnung="Muster" produkthersteller="Amtsbote" xzufiVersion="${escaped(dialect.version)}"`;
  const head = [
    x.text('nachrichtUUID', messageId ?? '4d3c2b1a-0000-4000-8000-000000000001'),
    x.text('erstelltDatumZeit', '2026-01-15T08:00:00Z'),
    x.text('empfaenger', 'Amtsbote'),
    x.text('sender', 'Musterredaktion'),
  ].join('');
  return `${prolog ?? '<?xml version="1.0" encoding="UTF-8"?>\n'}<${tagOf(dialect, root)} ${attributes}>\n${x.el('nachrichtenkopf', head)}\n${afterHead}`;
}

/** The root's end. */
export function closing({ dialect, root = 'transfer.operation.0201' }: Frame): string {
  return `</${tagOf(dialect, root)}>\n`;
}

/** One write operation. */
export function schreibe(dialect: Dialect, object: string): string {
  return `${new Spelling(dialect).el('schreibe', object)}\n`;
}

/** One delete operation. */
export function loesche(dialect: Dialect, klasse: string, id: string, agency = 'S1000020'): string {
  const x = new Spelling(dialect);
  return `${x.el('loesche', x.id('id', id, agency), { klasse })}\n`;
}

/** A whole message. */
export function message(frame: Frame, ...operations: readonly string[]): string {
  return opening(frame) + operations.join('') + closing(frame);
}

function tagOf({ prefix }: Dialect, root: string): string {
  return prefix === '' ? root : `${prefix}:${root}`;
}
