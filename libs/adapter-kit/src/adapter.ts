// SPDX-License-Identifier: EUPL-1.2
import type { Clock, Randomness } from '@amtsbote/canonical';
import type { z } from 'zod';

import type { CataloguePort } from './ports/catalogue.js';
import type { DmsPort } from './ports/dms.js';
import type { ExportPort } from './ports/export.js';
import type { FormsPort } from './ports/forms.js';
import type { PaymentPort } from './ports/payment.js';
import type { StatusPort } from './ports/status.js';

/** Adapter kind → its port. The core knows these six, never a vendor. */
export interface PortsByKind {
  catalogue: CataloguePort;
  forms: FormsPort;
  dms: DmsPort;
  payment: PaymentPort;
  export: ExportPort;
  status: StatusPort;
}
export type AdapterKind = keyof PortsByKind;

/** What an adapter instance gets from the house. */
export interface AdapterEnvironment {
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** Name of the instance in the configuration, for `describeTarget` and error texts. */
  readonly instance: string;
}

/** What an adapter folder exports: its type, its options, and how to make an instance. Two tenants with the same system = two instances. */
export interface Adapter<Kind extends AdapterKind = AdapterKind, Options = unknown> {
  /** `<kind>-<system>`, equal to the folder's name. */
  readonly type: string;
  readonly kind: Kind;
  /** For operators: system and interface version. */
  readonly title: string;
  /** Strict: unknown keys are refused. Secrets are marked with `secret()`. */
  readonly options: z.ZodType<Options>;
  create(options: Options, environment: AdapterEnvironment): PortsByKind[Kind];
}

/** Types an adapter without repeating its options' type. */
export function defineAdapter<Kind extends AdapterKind, Options>(adapter: Adapter<Kind, Options>): Adapter<Kind, Options> {
  return adapter;
}
