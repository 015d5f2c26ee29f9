// SPDX-License-Identifier: EUPL-1.2
import { type DeliveryError, type DmsPort, type FilingRequest, type HeldDocument } from '@amtsbote/adapter-kit';
import { aDocument, anApplication, TestDelivery } from '@amtsbote/adapter-kit/testing';
import { describe, expect, it } from '@jest/globals';

import { FakeDms, receiptFor } from '../../../../../test/support/fake-adapters.js';
import { withProof } from './filing-proof.js';

const request: FilingRequest = { application: anApplication(), documents: [aDocument('Antrag.pdf'), aDocument('Lageplan.pdf')] };
const receipt = receiptFor(request);
const [first, second] = request.documents;
const asSent = (document = first): HeldDocument => ({
  ...{ key: document?.key ?? '', id: `D-${document?.key}` },
  content: { size: document?.size ?? 0, sha512: document?.sha512 ?? '', version: '1.0' },
});

/** A DMS that holds what a test says. */
class HoldingDms extends FakeDms {
  asked = 0;
  constructor(private readonly held: readonly HeldDocument[] | undefined) {
    super();
  }
  override async readBack(): Promise<readonly HeldDocument[] | undefined> {
    this.asked += 1;
    return this.held;
  }
}
const proven = (dms: DmsPort, policy: 'never' | 'sampled' | 'always' = 'always', key = 'filing-1') =>
  withProof(dms, { policy, oneIn: 10 }, request, receipt, new TestDelivery(key));
const failure = (call: Promise<unknown>): Promise<DeliveryError> =>
  call.then(
    () => Promise.reject(new Error('succeeded')),
    (error: unknown) => error as DeliveryError,
  );

describe('the proof of a filing', () => {
  it('stands in the receipt: ids, lengths, digests and versions as the DMS has them', async () => {
    const { proof, ...rest } = await proven(new HoldingDms([asSent(first), asSent(second)]));
    expect(rest).toEqual(receipt);
    expect(proof).toEqual({
      readBackAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      documents: [first, second].map((document) => ({
        ...{ key: document?.key, id: `D-${document?.key}`, size: document?.size, sha512: document?.sha512, version: '1.0' },
      })),
    });
  });

  it('may rest on the length alone, where the DMS shows no more', async () => {
    const lengths = [first, second].map((document) => ({ key: document?.key ?? '', id: 'D', content: { size: document?.size ?? 0 } }));
    expect((await proven(new HoldingDms(lengths))).proof).toMatchObject({ documents: [{ size: first?.size }, { size: second?.size }] });
  });

  it.each<[string, readonly HeldDocument[], RegExp]>([
    ['is not there', [asSent(first), { ...asSent(second), content: null }], /of 2, 1 is not there\.$/],
    ['is not spoken of', [asSent(first)], /of 2, 1 is not there\.$/],
    ['is shorter', [asSent(first), { ...asSent(second), content: { size: 1 } }], /of 2, 1 has another length or SHA-512\.$/],
    [
      'has other bytes',
      [{ ...asSent(first), content: { size: first?.size ?? 0, sha512: 'f'.repeat(128) } }],
      /1 is not there, 1 has another/,
    ],
  ])('is refused when a document %s, and a person looks', async (_what, held, message) => {
    const error = await failure(proven(new HoldingDms(held)));
    expect(error).toMatchObject({ kind: 'refused', code: 'filing/read-back-differs', hintKey: 'readBackDiffers' });
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('Lageplan');
  });

  it('says so where a DMS cannot be asked what it holds', async () => {
    expect((await proven(new FakeDms())).proof).toEqual({ readBackAt: null });
  });

  it('is taken of no filing, or of about one in as many as configured, always the same ones', async () => {
    const dms = new HoldingDms([asSent(first), asSent(second)]);
    expect(await proven(dms, 'never')).toEqual(receipt);
    expect(dms.asked).toBe(0);
    const keys = Array.from({ length: 1_000 }, (_, number) => `filing-${number}`);
    for (const key of keys) await proven(dms, 'sampled', key);
    const once = dms.asked;
    expect(once).toBeGreaterThan(60);
    expect(once).toBeLessThan(140);
    for (const key of keys) await proven(dms, 'sampled', key);
    expect(dms.asked).toBe(2 * once);
  });
});
