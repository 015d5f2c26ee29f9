// SPDX-License-Identifier: EUPL-1.2
import { Controller, Get, HttpCode, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { BusState } from '../house/bus-state.js';
import { Lifecycle } from '../house/lifecycle.js';
import { House } from '../house/tokens.js';

/** For load balancers and supervisors. */
@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly house: House,
    private readonly lifecycle: Lifecycle,
    private readonly bus: BusState,
  ) {}

  @Get('live')
  @HttpCode(200)
  @ApiOperation({ summary: 'The process runs.' })
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  /**
   * Not ready while stopping or without database: send nothing here now. Without its broker a process is ready: requests are taken on, what
   * they cause waits in the database.
   */
  @Get('ready')
  @ApiOperation({ summary: 'The process may be sent requests.' })
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const stored = await this.house.database.query('SELECT 1').then(
      () => true,
      () => false,
    );
    const ready = stored && !this.lifecycle.isDraining;
    const { broker } = this.bus;
    await reply.status(ready ? 200 : 503).send({
      status: ready ? 'ready' : 'not-ready',
      database: stored,
      draining: this.lifecycle.isDraining,
      ...(broker === undefined ? {} : { broker }),
    });
  }
}
