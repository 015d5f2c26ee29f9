// SPDX-License-Identifier: EUPL-1.2
import {
  compareFiling,
  type DeliveryContext,
  DeliveryError,
  type DmsPort,
  type FilingReceipt,
  type FilingRequest,
  nameHash,
  type ProvenDocument,
} from '@amtsbote/adapter-kit';

import type { ReadBackConfig } from '../../config/dms-config.js';

/** What the receipt of a filing says of its proof. */
export type FilingProof =
  | { readonly readBackAt: string; readonly documents: readonly ProvenDocument[] }
  /** The DMS cannot be asked what it holds. */
  | { readonly readBackAt: null };

/** A receipt as it is kept: with the proof, where the policy asked for one. */
export type KeptReceipt = FilingReceipt & { readonly proof?: FilingProof };

/**
 * Reads back what was filed, by the instance's policy, and puts the proof into the receipt.
 * @throws DeliveryError when the DMS holds something else than was sent: never taken for a success.
 */
export async function withProof(
  port: DmsPort,
  policy: ReadBackConfig,
  request: FilingRequest,
  receipt: FilingReceipt,
  ctx: DeliveryContext,
): Promise<KeptReceipt> {
  if (!isAsked(policy, ctx.key)) return receipt;
  const held = await port.readBack(request, receipt, ctx);
  if (held === undefined) return { ...receipt, proof: { readBackAt: null } };
  const { proven, missing, changed } = compareFiling(request, held);
  if (missing.length + changed.length > 0) throw differs(request.documents.length, missing.length, changed.length);
  return { ...receipt, proof: { readBackAt: ctx.clock.now().toISOString(), documents: proven } };
}

/** A sample is drawn by the act: an attempt that is made again asks again. */
function isAsked({ policy, oneIn }: ReadBackConfig, actKey: string): boolean {
  if (policy === 'sampled') return Number.parseInt(nameHash(actKey, 8), 16) % oneIn === 0;
  return policy === 'always';
}

/** Filing again would not mend it: what is there has the name of what is missing. A person looks. */
function differs(all: number, missing: number, changed: number): DeliveryError {
  const parts = [
    ...(missing === 0 ? [] : [`${missing} ${missing === 1 ? 'is' : 'are'} not there`]),
    ...(changed === 0 ? [] : [`${changed} ${changed === 1 ? 'has' : 'have'} another length or SHA-512`]),
  ];
  return DeliveryError.refused(
    'filing/read-back-differs',
    `The DMS said that it filed the documents, and holds something else: of ${all}, ${parts.join(', ')}.`,
    { hintKey: 'readBackDiffers' },
  );
}
