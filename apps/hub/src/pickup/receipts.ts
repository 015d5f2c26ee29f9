// SPDX-License-Identifier: EUPL-1.2
import { createHmac } from 'node:crypto';

import type { JsonValue } from '@amtsbote/canonical';
import { Injectable } from '@nestjs/common';

import { House } from '../house/tokens.js';

/** A fact the hub vouches for, with its signature. */
export interface SignedReceipt {
  readonly receipt: Readonly<Record<string, JsonValue>>;
  /** `v1,` and the base64 of HMAC-SHA256 over the receipt as canonical JSON (keys sorted, no blanks). */
  readonly signature: string;
}

/** Signs receipts, so that a back office can prove later what it acknowledged and when. */
@Injectable()
export class Receipts {
  constructor(private readonly house: House) {}

  sign(receipt: Readonly<Record<string, JsonValue>>): SignedReceipt {
    const sorted = JSON.stringify(Object.fromEntries(Object.entries(receipt).sort(([a], [b]) => (a < b ? -1 : 1))));
    const mac = createHmac('sha256', this.house.loaded.config.receiptSecret).update(sorted).digest('base64');
    return { receipt, signature: `v1,${mac}` };
  }
}
