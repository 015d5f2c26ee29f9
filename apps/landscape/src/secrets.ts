// SPDX-License-Identifier: EUPL-1.2
import { randomBytes } from 'node:crypto';

/** The secrets of a demo town, by the names under which `config/demo.yaml` asks for them. */
export interface TownSecrets {
  readonly HUB_RECEIPT_SECRET: string;
  readonly HUB_OPS_TOKEN: string;
  readonly TOWN_FORMS_TOKEN: string;
  readonly TOWN_PAYMENT_PASSWORD: string;
  readonly TOWN_DMS_PASSWORD: string;
  readonly TOWN_PORTAL_SECRET: string;
  readonly TOWN_PORTAL_TOKEN: string;
  readonly TOWN_PICKUP_TOKEN: string;
}

/** Made up anew for every town: nothing secret is ever committed. */
export function makeSecrets(): TownSecrets {
  const token = (): string => randomBytes(24).toString('base64url');
  return {
    HUB_RECEIPT_SECRET: randomBytes(32).toString('base64url'),
    HUB_OPS_TOKEN: token(),
    TOWN_FORMS_TOKEN: token(),
    TOWN_PAYMENT_PASSWORD: token(),
    TOWN_DMS_PASSWORD: token(),
    TOWN_PORTAL_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
    TOWN_PORTAL_TOKEN: token(),
    TOWN_PICKUP_TOKEN: token(),
  };
}
