// SPDX-License-Identifier: EUPL-1.2
import { Body, Controller, Headers, HttpCode, Param, ParseUUIDPipe, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';

import { House } from '../house/tokens.js';
import { authenticate } from '../http/credentials.js';
import { PrefillBody, RedeemBody } from './prefill.dto.js';
import { type IssuedPrefill, Prefills, type RedeemedPrefill } from './prefills.js';

/** Filling one form from what was said in another one. */
@ApiTags('prefill')
@ApiBearerAuth()
@Controller()
export class PrefillController {
  constructor(
    private readonly house: House,
    private readonly prefills: Prefills,
  ) {}

  @Post('applications/:id/prefill')
  @HttpCode(201)
  @ApiOperation({ summary: 'For portals: a one-time token and the values for another form. Who asked is noted.' })
  async issue(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { form }: PrefillBody,
    @Headers('authorization') authorization?: string,
  ): Promise<IssuedPrefill> {
    const portals = Object.entries(this.house.loaded.config.portals).map(([name, portal]) => ({ name, ...portal }));
    const { name, tenants } = authenticate(authorization, portals);
    return this.prefills.issue({ actor: `portal:${name}`, tenants }, id, form);
  }

  @Post('prefills/redeem')
  @HttpCode(200)
  @ApiOperation({ summary: 'For form servers: the values of a token, once.' })
  async redeem(@Body() { token }: RedeemBody, @Headers('authorization') authorization?: string): Promise<RedeemedPrefill> {
    const { prefills } = this.house.loaded.config;
    // Before anything is looked up: who has no credential at all learns nothing about tokens.
    authenticate(
      authorization,
      Object.values(prefills).flatMap(({ credentials }) => credentials),
    );
    return this.prefills.redeem((form) => {
      const { name } = authenticate(authorization, prefills[form]?.credentials ?? []);
      return `form:${form}/${name}`;
    }, token);
  }
}
