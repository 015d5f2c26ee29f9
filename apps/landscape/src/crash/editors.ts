// SPDX-License-Identifier: EUPL-1.2
import { CatalogueChange } from '@amtsbote/canonical';

/** An editorial system that pushes documents of the service catalogue. */
export class Editors {
  constructor(
    private readonly hubUrl: string,
    private readonly token: string,
  ) {}

  /** Pushes one service whose title says `edition`. @returns whether the hub took it. */
  async push(edition: string): Promise<boolean> {
    const change: CatalogueChange = CatalogueChange.parse({
      op: 'put',
      object: {
        kind: 'service',
        key: { schemeAgencyId: 'L100042', id: 'gewerbe' },
        id: { value: 'gewerbe', schemeAgencyId: 'L100042' },
        source: { standard: 'test', version: '1', namespace: '' },
        texts: [{ type: { code: '03' }, content: [{ language: 'de', html: `Gewerbeanmeldung, ${edition}` }] }],
      },
    });
    const answer = await fetch(`${this.hubUrl}/catalogue/sources/redaktion/documents?mode=increments&name=${encodeURIComponent(edition)}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/octet-stream' },
      body: JSON.stringify([change]),
      signal: AbortSignal.timeout(5_000),
    }).catch(() => undefined);
    await answer?.body?.cancel();
    return answer?.ok === true;
  }
}
