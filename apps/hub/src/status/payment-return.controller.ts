// SPDX-License-Identifier: EUPL-1.2
import { returning } from '@amtsbote/store';
import { Controller, Get, Header, Param, ParseUUIDPipe } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { requestStep } from '../delivery/progress.js';
import { UnitOfWork } from '../house/unit-of-work.js';
import { StatusKeeper } from './status-keeper.js';

/** Where a payment provider sends the citizen's browser. What the browser says counts for nothing: it only makes the hub ask sooner. */
@ApiTags('status')
@Controller('payments/return')
export class PaymentReturnController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly status: StatusKeeper,
  ) {}

  @Get(':request')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
  @ApiOperation({ summary: 'Page after a payment; makes the hub ask the provider now.' })
  async back(@Param('request', ParseUUIDPipe) request: string): Promise<string> {
    await this.unitOfWork.run(async (work) => {
      const [payment] = await work.sql.query<{ applicationId: string; tenant: string }[]>(PAYMENT, [request]);
      // Who publishes for an application holds its lock: its messages keep their order.
      if (payment === undefined || (await this.status.lock(work, payment.applicationId, [payment.tenant])) === undefined) return;
      const [step] = await returning<Parameters<typeof requestStep>[1]>(work.sql, LOOK_NOW, [request, work.house.clock.now()]);
      if (step !== undefined) requestStep(work, step, request);
    });
    return PAGE;
  }
}

const PAYMENT = 'SELECT application_id AS "applicationId", tenant FROM payment WHERE request_id = $1';

const LOOK_NOW = `
  UPDATE step SET due_at = $2 FROM payment WHERE payment.request_id = $1::text AND step.id = payment.step_id AND step.state = 'awaiting'
  RETURNING step.id, step.name, step.kind, step.instance, step.application_id AS "applicationId", step.tenant`;

const PAGE = `<!doctype html><html lang="de"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Vielen Dank</title></head><body style="font-family: sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1>Vielen Dank</h1><p>Ihre Rückkehr von der Bezahlseite ist angekommen. Wir fragen den Zahlungsstand jetzt ab und informieren Sie über das Portal.</p></body></html>`;
