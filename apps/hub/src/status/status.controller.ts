// SPDX-License-Identifier: EUPL-1.2
import type { ApplicationState } from '@amtsbote/canonical';
import { Controller, Get, Headers, Param, ParseUUIDPipe, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { House } from '../house/tokens.js';
import { authenticate } from '../http/credentials.js';
import { ProblemError } from '../http/problem.js';
import { type SendableBlob, sendBlob } from '../http/send-blob.js';

/** What a portal may read about its applications. */
@ApiTags('status')
@ApiBearerAuth()
@Controller('applications/:id')
export class StatusController {
  constructor(private readonly house: House) {}

  @Get('status')
  @ApiOperation({ summary: 'State of an application in the six words of the ZBP, with the history of its changes.' })
  async status(@Param('id', ParseUUIDPipe) id: string, @Headers('authorization') authorization?: string): Promise<Record<string, unknown>> {
    const tenants = this.tenantsOf(authorization);
    const [row] = await this.house.database.query<StatusRow[]>(STATUS, [id, tenants]);
    if (row === undefined) throw new ProblemError(404, 'unknown-application', 'There is no such application.');
    const history = await this.house.database.query<{ at: Date; to: string }[]>(HISTORY, [id, tenants]);
    return {
      applicationId: id,
      reference: row.reference,
      state: row.state,
      receivedAt: row.receivedAt.toISOString(),
      changedAt: (history.at(-1)?.at ?? row.receivedAt).toISOString(),
      history: [
        { state: 'SUBMITTED', at: row.receivedAt.toISOString() },
        ...history.map(({ at, to }) => ({ state: to, at: at.toISOString() })),
      ],
    };
  }

  @Get('documents/:document')
  @ApiOperation({ summary: "A document of a decision, for the citizen's mailbox." })
  async document(
    @Param('id', ParseUUIDPipe) id: string,
    @Param('document', ParseUUIDPipe) document: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const tenants = this.tenantsOf(request.headers.authorization);
    const [row] = await this.house.database.query<(Omit<SendableBlob, 'size'> & { size: string })[]>(DOCUMENT, [document, id, tenants]);
    if (row === undefined) throw new ProblemError(404, 'unknown-document', 'There is no such document.');
    await sendBlob(this.house.blobs, { ...row, size: Number(row.size) }, request, reply);
  }

  private tenantsOf(authorization: string | undefined): readonly string[] {
    return authenticate(authorization, Object.values(this.house.loaded.config.portals)).tenants;
  }
}

interface StatusRow {
  readonly reference: string;
  readonly state: ApplicationState;
  readonly receivedAt: Date;
}

const STATUS = 'SELECT reference, state, received_at AS "receivedAt" FROM application WHERE id = $1 AND tenant = ANY($2)';
const HISTORY = `
  SELECT at, data->>'to' AS "to" FROM journal WHERE application_id = $1 AND tenant = ANY($2) AND event = 'application.state-changed' ORDER BY seq`;
/** Decision documents only: what the citizen sent is not given out again. */
const DOCUMENT = `
  SELECT id, name, media_type AS "mediaType", size, sha512 FROM attachment
  WHERE id = $1 AND application_id = $2 AND tenant = ANY($3) AND decision_id IS NOT NULL`;
