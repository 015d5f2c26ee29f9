// SPDX-License-Identifier: EUPL-1.2
import { type FormLedger, IntakeRejection, isDay, ownEntry, pointerTo } from '@amtsbote/adapter-kit';
import { FORM_DEPTH_MAX, type FormItem } from '@amtsbote/canonical';
import { type SaxesOptions, SaxesParser, type SaxesTagPlain } from 'saxes';

const OPTIONS: SaxesOptions = { xmlns: false, fragment: false };

/** Whether it is XML without document type, in UTF-8. What needs a document type is left to people: entities are a way to bombs. */
export function isWellFormed(bytes: Uint8Array): boolean {
  try {
    parse(bytes, {});
    return true;
  } catch (error) {
    // A document type is XML and no violation of the syntax: it is refused by the translation, in words of its own.
    return error instanceof IntakeRejection && error.code === 'document-type';
  }
}

interface Handlers {
  readonly open?: (tag: SaxesTagPlain) => void;
  readonly text?: (text: string) => void;
  readonly close?: () => void;
}

function parse(bytes: Uint8Array, { open, text, close }: Handlers): void {
  const parser = new SaxesParser(OPTIONS);
  let depth = 0;
  parser.on('doctype', () => {
    throw new IntakeRejection('untranslatable', 'document-type', 'XML with a document type is not read.', '/');
  });
  parser.on('error', () => {
    throw new IntakeRejection('malformed', 'not-xml', `Not XML at line ${parser.line}.`, '/');
  });
  parser.on('opentag', (tag) => {
    depth += 1;
    // The form's own limit is told with a place; this one only keeps a hostile document from being followed.
    if (depth > 10 * FORM_DEPTH_MAX) throw new IntakeRejection('untranslatable', 'too-deep', 'The XML is nested too deep.', '/');
    open?.(tag as SaxesTagPlain);
  });
  parser.on('closetag', () => {
    depth -= 1;
    close?.();
  });
  parser.on('text', (content) => text?.(content));
  parser.on('cdata', (content) => text?.(content));
  parser.write(decoded(bytes)).close();
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new IntakeRejection('malformed', 'not-utf8', 'XML has to be UTF-8.', '/');
  }
}

interface Element {
  readonly name: string;
  readonly pointer: string;
  readonly items: FormItem[];
  text: string;
  /** How often a child of a name came, for the pointers. */
  readonly counts: Map<string, number>;
}

/**
 * The form tree of XML data: elements with elements or attributes below become groups, the others fields. Names keep their prefix, as people know
 * them. Attributes are fields named `@name`, text beside elements or attributes is a field `#text`.
 * @throws IntakeRejection `malformed`, or `untranslatable` when it is beyond limits
 */
export function formOfXml(bytes: Uint8Array, ledger: FormLedger, labels: Readonly<Record<string, string>>): FormItem[] {
  const top: Element = { name: '', pointer: '', items: [], text: '', counts: new Map() };
  const open: Element[] = [top];
  const field = (name: string, value: string, pointer: string, depth: number): FormItem => {
    ledger.enter(depth, pointer);
    const named = { name: ledger.name(name, pointer), label: ledger.label(ownEntry(labels, name) ?? name, pointer) };
    return { kind: 'field', ...named, type: isDay(value) ? 'date' : 'text', value };
  };
  parse(bytes, {
    open: ({ name, attributes }) => {
      const parent = open.at(-1) ?? top;
      const count = (parent.counts.get(name) ?? 0) + 1;
      parent.counts.set(name, count);
      const pointer = pointerTo(parent.pointer, count === 1 ? name : `${name}[${count}]`);
      const element: Element = { name, pointer, items: [], text: '', counts: new Map() };
      open.push(element);
      if (open.length > FORM_DEPTH_MAX + 1) ledger.enter(open.length - 1, pointer);
      for (const [key, value] of Object.entries(attributes))
        element.items.push(field(`@${key}`, value, pointerTo(pointer, `@${key}`), open.length));
    },
    text: (text) => {
      const element = open.at(-1);
      if (element !== undefined) element.text += text;
    },
    close: () => {
      const element = open.pop() ?? top;
      const { name, pointer, items, text } = element;
      const parent = open.at(-1) ?? top;
      const depth = open.length;
      if (items.length === 0) {
        parent.items.push(field(name, text, pointer, depth));
        return;
      }
      if (text.trim() !== '') items.push(field('#text', text, pointerTo(pointer, '#text'), depth + 1));
      ledger.enter(depth, pointer);
      parent.items.push({
        kind: 'group',
        name: ledger.name(name, pointer),
        label: ledger.label(ownEntry(labels, name) ?? name, pointer),
        items,
      });
    },
  });
  // The document's own element holds nothing but the form.
  const [root] = top.items;
  return root?.kind === 'group' ? root.items : top.items;
}
