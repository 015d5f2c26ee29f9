// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

/** One place where a value does not fit its schema. */
export interface Misfit {
  readonly path: readonly PropertyKey[];
  /** Completes the sentence that begins with the place: `expects …` or `is …`. Never holds the value. */
  readonly expected: string;
  /** What was typed, to find the nearest of the choices; for keys and choices only, which are no secrets. */
  readonly typed?: string;
  readonly choices?: readonly string[];
}

/** What an operator is told about one of the schema's complaints. Issues have to carry their inputs (`reportInput`). */
export function misfitsOf(issue: z.core.$ZodIssue, schema: z.ZodType): Misfit[] {
  switch (issue.code) {
    case 'unrecognized_keys': {
      const choices = keysAt(schema, issue.path);
      return issue.keys.map((key) => ({ path: [...issue.path, key], expected: 'is not a known key', typed: key, choices }));
    }
    case 'invalid_value':
      return [choiceMisfit(issue.path, issue.values.map(String), issue.input)];
    case 'invalid_union':
      return unionMisfits(issue, schema);
    case 'invalid_key': {
      const [first] = issue.issues;
      return [{ path: issue.path, expected: `expects as its name ${first === undefined ? 'something else' : expectationOf(first)}` }];
    }
    default: {
      const expectation = expectationOf(issue);
      return [{ path: issue.path, expected: `${expectation.startsWith('not ') ? 'is' : 'expects'} ${expectation}` }];
    }
  }
}

function choiceMisfit(path: readonly PropertyKey[], choices: readonly string[], input: unknown): Misfit {
  const missing = input === undefined ? ', but it is missing' : '';
  const expected = `expects ${choices.length === 1 ? '' : 'one of '}${choices.join(', ')}${missing}`;
  return { path, expected, choices, ...(typeof input === 'string' ? { typed: input } : {}) };
}

function unionMisfits(issue: z.core.$ZodIssueInvalidUnion, schema: z.ZodType): Misfit[] {
  if (issue.discriminator !== undefined && 'options' in issue && Array.isArray(issue.options)) {
    const given: unknown = (issue.input as Record<string, unknown> | undefined)?.[issue.discriminator];
    return [choiceMisfit(issue.path, issue.options.map(String), given)];
  }
  // The alternative that got furthest is the one that was meant.
  const meant = issue.errors.filter((errors) => errors.some(({ path }) => path.length > 0)).sort((a, b) => a.length - b.length)[0];
  if (meant !== undefined) {
    return meant.flatMap((error) => misfitsOf({ ...error, path: [...issue.path, ...error.path] }, schema));
  }
  const expectations = new Set(issue.errors.flatMap((errors) => errors.map((error) => expectationOf(error))));
  return [{ path: issue.path, expected: `expects ${[...expectations].join(' or ') || 'something else'}` }];
}

function expectationOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `${issue.expected}${issue.input === undefined ? ', but it is missing' : ''}`;
  if (issue.code === 'invalid_format' && issue.message.startsWith('Invalid ')) return `a valid ${issue.format}`;
  return issue.message.replace(/^(?:Invalid [^:]*|Too small|Too big): expected /, '');
}

/** Keys an object schema knows at a path, read from its JSON Schema, of all alternatives; empty when the path leads nowhere certain. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let nodes: readonly SchemaNode[];
  try {
    nodes = alternatives(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  } catch {
    return [];
  }
  for (const key of path) {
    nodes = nodes.flatMap(({ properties, items, additionalProperties }) =>
      alternatives(typeof key === 'number' ? items : (properties?.[String(key)] ?? additionalProperties)),
    );
  }
  return [...new Set(nodes.flatMap(({ properties }) => Object.keys(properties ?? {})))];
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly items?: unknown;
  readonly additionalProperties?: unknown;
  readonly anyOf?: readonly unknown[];
  readonly oneOf?: readonly unknown[];
}

function alternatives(node: unknown): readonly SchemaNode[] {
  if (typeof node !== 'object' || node === null) return [];
  const { anyOf, oneOf } = node as SchemaNode;
  const inner = [...(anyOf ?? []), ...(oneOf ?? [])];
  return inner.length === 0 ? [node] : inner.flatMap(alternatives);
}
