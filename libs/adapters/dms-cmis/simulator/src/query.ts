// SPDX-License-Identifier: EUPL-1.2
import { Refusal } from './types.js';

/** The part of CMIS' query language that the simulator understands: `SELECT … FROM type WHERE a AND b`, without joins and alternatives. */
export interface Query {
  /** Query names of properties; `*` = all. */
  readonly select: readonly string[];
  readonly from: string;
  readonly where: readonly Condition[];
}
export type Condition =
  | { readonly property: string; readonly operator: '=' | '<>'; readonly value: string }
  | { readonly folder: string; readonly scope: 'IN_FOLDER' | 'IN_TREE' };

const STATEMENT = /^\s*SELECT\s+(?<select>\*|[\w:.]+(?:\s*,\s*[\w:.]+)*)\s+FROM\s+(?<from>[\w:.]+)(?:\s+WHERE\s+(?<where>.+))?\s*$/isu;
const CONDITION =
  /^\s*(?:(?<property>[\w:.]+)\s*(?<operator>=|<>)\s*'(?<value>(?:[^'\\]|\\['\\])*)'|(?<scope>IN_FOLDER|IN_TREE)\s*\(\s*'(?<folder>(?:[^'\\]|\\['\\])*)'\s*\))\s*(?<and>AND\s|$)/iu;

/** @throws Refusal 400 invalidArgument */
export function parseQuery(statement: string): Query {
  const parts = STATEMENT.exec(statement)?.groups;
  if (parts === undefined) throw new Refusal(400, 'invalidArgument', 'the statement is not understood');
  const where: Condition[] = [];
  for (let rest = parts['where'] ?? ''; rest.trim() !== '';) {
    const match = CONDITION.exec(rest);
    if (match?.groups === undefined) throw new Refusal(400, 'invalidArgument', 'the statement is not understood');
    const { property, operator, value = '', scope, folder = '' } = match.groups;
    where.push(
      property === undefined
        ? { folder: unescaped(folder), scope: scope?.toUpperCase() === 'IN_TREE' ? 'IN_TREE' : 'IN_FOLDER' }
        : { property, operator: operator === '<>' ? '<>' : '=', value: unescaped(value) },
    );
    rest = rest.slice(match[0].length);
  }
  return { select: (parts['select'] ?? '').split(',').map((name) => name.trim()), from: parts['from'] ?? '', where };
}

function unescaped(text: string): string {
  return text.replace(/\\(['\\])/g, '$1');
}
