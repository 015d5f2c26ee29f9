// SPDX-License-Identifier: EUPL-1.2
import { setTimeout as sleep } from 'node:timers/promises';

import { CatalogueChange } from '@amtsbote/canonical';

const EDITION_MS = 3_000;
const RETRY_MS = 300;

/** An editorial system that pushes documents of the service catalogue. */
export class Editors {
  constructor(
    private readonly hubUrl: string,
    private readonly token: string,
  ) {}

  /** Pushes an edition now and then while something goes on, each until it is taken. */
  async keepPushing(meanwhile: Promise<unknown>): Promise<void> {
    let isOver = false;
    const over = meanwhile.then(
      () => (isOver = true),
      () => (isOver = true),
    );
    const goesOn = (): boolean => !isOver;
    for (let edition = 1; goesOn(); edition += 1) {
      while (goesOn() && !(await this.push(`edition ${edition}`))) await Promise.race([sleep(RETRY_MS), over]);
      await Promise.race([sleep(EDITION_MS), over]);
    }
  }

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
