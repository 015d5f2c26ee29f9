// SPDX-License-Identifier: EUPL-1.2
import { On } from '@amtsbote/bus';
import type { Message } from '@amtsbote/canonical';
import { Controller } from '@nestjs/common';

import { House } from '../../house/tokens.js';
import { Rechecking } from './rechecking.js';

/** What the house does when the catalogue has another version. Readers outside ask with If-None-Match or `/catalogue/changes`. */
@Controller()
export class CatalogueListener {
  constructor(
    private readonly house: House,
    private readonly rechecking: Rechecking,
  ) {}

  @On('catalogue.changed.v1')
  async changed({ type, tenant, data }: Message<'catalogue.changed.v1'>): Promise<void> {
    const rechecked = await this.rechecking.recheck(tenant, data);
    const { source, run, version, cause, added, changed, removed } = data;
    this.house.log.info(type, { tenant, source, run, version, cause, added, changed, removed, rechecked: rechecked.length });
  }
}
