// SPDX-License-Identifier: EUPL-1.2
import type { EntityManager } from 'typeorm';

import { DecisionRow } from './entities/decision.entity.js';
import { PaymentRow } from './entities/payment.entity.js';
import { StepRow } from './entities/step.entity.js';

/** Whose rows: a query without its tenant does not exist (law 11). */
export interface OfApplication {
  readonly tenant: string;
  readonly applicationId: string;
}

/** The Laufzettel of an application, in reading order. */
export function stepsOf(sql: EntityManager, of: OfApplication): Promise<StepRow[]> {
  return sql
    .createQueryBuilder(StepRow, 'step')
    .where('step.applicationId = :applicationId AND step.tenant = :tenant', of)
    .orderBy('step.position')
    .addOrderBy('step.name')
    .getMany();
}

/** Payments of an application, oldest first. */
export function paymentsOf(sql: EntityManager, of: OfApplication): Promise<PaymentRow[]> {
  return sql
    .createQueryBuilder(PaymentRow, 'payment')
    .where('payment.applicationId = :applicationId AND payment.tenant = :tenant', of)
    .orderBy('payment.requestedAt')
    .getMany();
}

/** Decisions on an application, newest first. */
export function decisionsOf(sql: EntityManager, of: OfApplication): Promise<DecisionRow[]> {
  return sql
    .createQueryBuilder(DecisionRow, 'decision')
    .where('decision.applicationId = :applicationId AND decision.tenant = :tenant', of)
    .orderBy('decision.receivedAt', 'DESC')
    .addOrderBy('decision.id', 'DESC')
    .getMany();
}
