// SPDX-License-Identifier: EUPL-1.2
import { IntakeRejection, pointerTo, type ReceivedSubmission, shortPointer } from '@amtsbote/adapter-kit';

import type { FormcycleOptions, ParameterSource } from './formcycle.options.js';
import { CHARSETS } from './formcycle.wire.js';

/** The parameters of a request, in the order in which their names first came; whoever takes one leaves the rest to the form. */
export class Parameters {
  private readonly left = new Map<string, string[]>();
  private readonly found = new Set<string>();

  constructor(values: readonly { readonly name: string; readonly value: string }[]) {
    for (const { name, value } of values) {
      const same = this.left.get(name);
      if (same === undefined) this.left.set(name, [value]);
      else same.push(value);
    }
  }

  /**
   * Takes what stands for one thing, or the operator's constant.
   * @throws IntakeRejection `malformed`, code `duplicate-parameter`: choosing one of two would drop the other.
   */
  one(source: ParameterSource | undefined): string | undefined {
    if (source === undefined) return undefined;
    if ('text' in source) return source.text;
    const values = this.left.get(source.parameter);
    if (values !== undefined && values.length > 1)
      throw new IntakeRejection('malformed', 'duplicate-parameter', 'The parameter may come once.', placeOf(source.parameter));
    if (this.left.delete(source.parameter)) this.found.add(source.parameter);
    return values?.[0];
  }

  /** Names of what was taken. */
  get taken(): Iterable<string> {
    return this.found;
  }

  /** What nobody took. */
  get rest(): ReadonlyMap<string, readonly string[]> {
    return this.left;
  }
}

/** Where a parameter stands, for errors and for what is kept unmapped. */
export function placeOf(parameter: string): string {
  return shortPointer(pointerTo('/parameters', parameter), 300);
}

/**
 * The values of a request as text.
 * @throws IntakeRejection `malformed`, code `charset-unknown` or `not-in-charset`.
 */
export function parametersOf({ request, data }: ReceivedSubmission, { charset }: Pick<FormcycleOptions, 'charset'>): Parameters {
  const decoder = new TextDecoder(charsetOf(request.headers['content-type']) ?? charset, { fatal: true, ignoreBOM: true });
  return new Parameters(data.map(({ name, value }) => ({ name, value: decoded(decoder, value, name) })));
}

function charsetOf(contentType = ''): string | undefined {
  const given = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(contentType)?.[1]?.toLowerCase();
  if (given === undefined) return undefined;
  const known = Object.hasOwn(CHARSETS, given) ? CHARSETS[given] : undefined;
  if (known !== undefined) return known;
  throw new IntakeRejection(
    'malformed',
    'charset-unknown',
    `Expects one of the charsets ${Object.keys(CHARSETS).join(', ')}.`,
    'Content-Type',
  );
}

function decoded(decoder: InstanceType<typeof TextDecoder>, value: Uint8Array, name: string): string {
  try {
    return decoder.decode(value);
  } catch {
    throw new IntakeRejection('malformed', 'not-in-charset', `The value is not ${decoder.encoding}.`, placeOf(name));
  }
}
