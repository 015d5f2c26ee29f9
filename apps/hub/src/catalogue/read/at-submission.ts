// SPDX-License-Identifier: EUPL-1.2
import type { ApplicationDraft } from '@amtsbote/adapter-kit';
import { LeikaKey, type PublicService } from '@amtsbote/canonical';
import { Injectable } from '@nestjs/common';

import { Competences } from './competence.js';
import { Views } from './views.js';

/**
 * What the catalogue says of an application when it comes in. It is written into the application and stays: later versions of the catalogue
 * route later applications. An office that the sender names itself is not called into question.
 */
@Injectable()
export class CatalogueAtSubmission {
  constructor(
    private readonly views: Views,
    private readonly competences: Competences,
  ) {}

  /** Version and competent authority; nothing for municipalities without a catalogue. */
  async of(
    { leikaKeys, authorityId }: Pick<ApplicationDraft, 'leikaKeys' | 'authorityId'>,
    tenant: string,
  ): Promise<Pick<PublicService, 'catalogueVersion' | 'authority'>> {
    if (this.views.sourcesOf([tenant]).length === 0) return {};
    const view = await this.views.of([tenant]);
    const catalogueVersion = String(view.version);
    const [leikaKey] = leikaKeys;
    // A key that is none is the composer's to refuse.
    if (authorityId !== undefined || !LeikaKey.safeParse(leikaKey).success || leikaKey === undefined) return { catalogueVersion };
    const { authority } = await this.competences.find(leikaKey, tenant, view);
    if (authority === null) return { catalogueVersion };
    const { agency: schemeAgencyId, id, name } = authority;
    return { catalogueVersion, authority: { schemeAgencyId, id, ...(name === null ? {} : { name: name.slice(0, 500) }) } };
  }
}
