// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from './delivery-error.js';

/** Where an application goes by a rule of the Aktenplan, worked out for it. Key and titles are personal data where the rule makes them so. */
export interface FilingPlace {
  /** Name and version of the rule. */
  readonly rule: string;
  readonly version: number;
  /** Name of a cabinet among the instance's options; absent: the instance's own. */
  readonly cabinet?: string;
  /** `key`: equal text, same Akte. */
  readonly akte: { readonly key: string; readonly title: string };
  readonly vorgang: { readonly title: string };
  /** Role of a document → its class; roles without one are their own class. */
  readonly classes: Readonly<Record<string, string>>;
  /** How long it is kept, in the words of the house: `10 Jahre`. */
  readonly retention?: string;
}

/** The words `filing` has in expressions of index data; all empty where no rule is used. */
export function filingWords(place: FilingPlace | undefined, role?: string): Record<string, string | number> {
  return {
    rule: place?.rule ?? '',
    version: place?.version ?? 0,
    cabinet: place?.cabinet ?? '',
    retention: place?.retention ?? '',
    documentClass: role === undefined ? '' : (place?.classes[role] ?? role),
  };
}

/**
 * Where new Akten of a place are made.
 * @throws DeliveryError `misconfigured` when the rule names a cabinet that the instance's options do not have.
 */
export function cabinetFor<Parent>(
  adapter: string,
  { parent, cabinets }: { readonly parent: Parent; readonly cabinets: Readonly<Record<string, Parent>> },
  place: Pick<FilingPlace, 'rule' | 'cabinet'> | undefined,
): Parent {
  if (place?.cabinet === undefined) return parent;
  const named = Object.hasOwn(cabinets, place.cabinet) ? cabinets[place.cabinet] : undefined;
  if (named !== undefined) return named;
  const message = `The rule ${place.rule} names the cabinet "${place.cabinet}", and akte.cabinets does not have it.`;
  throw DeliveryError.misconfigured(`${adapter}/unknown-cabinet`, message, { hintKey: 'dmsMissing' });
}
