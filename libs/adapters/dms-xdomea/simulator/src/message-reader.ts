// SPDX-License-Identifier: EUPL-1.2
import { SaxesParser } from 'saxes';

import { type Grammar, GRAMMAR_3, GRAMMAR_4 } from './grammar.js';

/** An element as it was read; names without prefix. */
export interface Node {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Node[];
  readonly text: string;
}

const NAMESPACE = /^urn:xoev-de:xdomea:schema:(3\.0\.0|4\.0\.0)$/;
const UUID = /^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/;
/** Texts with a form of their own. */
const FORMS: Readonly<Record<string, RegExp>> = {
  uuid: UUID,
  flag: /^[01]$/,
  time: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
  fileName: /^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(_.*)?(\..*)?$/,
};
/** Elements that stand without a namespace. */
const UNQUALIFIED = new Set(['code', 'name', 'nachrichtenUUID', 'nachrichtentyp', 'erstellungszeitpunkt']);

/** Reads a document. @throws Error when it is not well-formed. */
export function readXml(xml: string): Node {
  const parser = new SaxesParser({ xmlns: true });
  const open: { node: Omit<Node, 'children' | 'text'>; children: Node[]; text: string }[] = [];
  const roots: Node[] = [];
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ uri, local, attributes }) => {
    const values = Object.fromEntries(Object.values(attributes).map(({ name, value }) => [name, value]));
    open.push({ node: { name: local, namespace: uri, attributes: values }, children: [], text: '' });
  });
  parser.on('text', (text) => {
    const current = open.at(-1);
    if (current !== undefined) current.text += text;
  });
  parser.on('closetag', () => {
    const closed = open.pop();
    if (closed !== undefined) (open.at(-1)?.children ?? roots).push({ ...closed.node, children: closed.children, text: closed.text });
  });
  parser.write(xml).close();
  const [root] = roots;
  if (root === undefined) throw new Error('no element');
  return root;
}

/** What a DMS would refuse: every element that is not in its place, missing, too often, or of another form; one line each. */
export function faultsOf(root: Node): string[] {
  const version = NAMESPACE.exec(root.namespace)?.[1];
  if (version === undefined) return [`${root.name}: is of no version that is known`];
  const grammar = version === '3.0.0' ? GRAMMAR_3 : GRAMMAR_4;
  if (grammar[root.name] === undefined) return [`${root.name}: is no message that is known`];
  return faultsIn(root, root.name, root.name, root.namespace, grammar);
}

function faultsIn(node: Node, type: string, path: string, namespace: string, grammar: Grammar): string[] {
  const wanted = UNQUALIFIED.has(node.name) ? '' : namespace;
  if (node.namespace !== wanted) return [`${path}: is in the namespace "${node.namespace}"`];
  if (type === 'any') return [];
  const children = grammar[type];
  if (children === undefined) {
    const isOfForm = node.children.length === 0 && (FORMS[type]?.test(node.text) ?? true);
    return isOfForm ? [] : [`${path}: is no ${type}`];
  }
  const faults: string[] = [];
  let at = 0;
  for (const [name, childType, times] of children) {
    let count = 0;
    for (; node.children[at]?.name === name; at += 1, count += 1) {
      const child = node.children[at];
      if (child !== undefined) faults.push(...faultsIn(child, childType, `${path}/${name}`, namespace, grammar));
    }
    if (count === 0 && (times === '1' || times === '+')) faults.push(`${path}/${name}: is missing`);
    if (count > 1 && (times === '1' || times === '?')) faults.push(`${path}/${name}: is there ${count} times`);
  }
  const left = node.children[at];
  return left === undefined ? faults : [...faults, `${path}/${left.name}: is not in its place`];
}

/** Everything of this name, wherever it is. */
export function allOf(node: Node, name: string): Node[] {
  return node.children.flatMap((child) => [...(child.name === name ? [child] : []), ...allOf(child, name)]);
}
/** The child at the end of a path. */
export function at(node: Node, ...path: readonly string[]): Node | undefined {
  return path.reduce<Node | undefined>((found, name) => found?.children.find((child) => child.name === name), node);
}
