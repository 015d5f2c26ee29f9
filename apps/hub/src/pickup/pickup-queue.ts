// SPDX-License-Identifier: EUPL-1.2
/*
 * Terminology
 *   offered       may be leased by the next poll
 *   leased        somebody collects it; invisible to others until acknowledged, rejected, or the lease is over
 *   acknowledged  the Fachverfahren has it: the export step is done, a signed receipt exists
 *   rejected      the Fachverfahren refused it: in front of a person, offered again when that person says so
 *   withdrawn     the step was cancelled, skipped or rerouted while it was open
 */
import type { JsonValue } from '@amtsbote/canonical';
import { crashPoint } from '@amtsbote/platform';
import { affected, type PickupItemRow, returning, storable } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { LaufzettelProgress } from '../delivery/progress.js';
import { House } from '../house/tokens.js';
import { UnitOfWork, type Work } from '../house/unit-of-work.js';
import { ProblemError } from '../http/problem.js';
import { StatusKeeper } from '../status/status-keeper.js';
import { Receipts, type SignedReceipt } from './receipts.js';

/** One leased item, as the poll lists it. */
export interface LeasedItem {
  readonly id: string;
  readonly seq: string;
  readonly applicationId: string;
  readonly reference: string;
  readonly leikaKey: string | null;
  readonly formId: string | null;
  /** A test submission: for trying out, not to be processed. Only on queues that want such. */
  readonly test: boolean;
  readonly offeredAt: Date;
  readonly deliveries: number;
  readonly leaseId: string;
  readonly leaseUntil: Date;
}

/** What a poll gives. */
export interface Poll {
  readonly items: readonly LeasedItem[];
  /** Items that could still be leased. */
  readonly remaining: number;
}

/** The queue a caller is allowed to use, with the name of its credential for the journal. */
export interface QueueAccess {
  readonly queue: string;
  readonly tenant: string;
  readonly leaseMs: number;
  readonly actor: string;
}

/** Pickup queues: what a Fachverfahren polls. Every query carries queue and tenant. */
@Injectable()
export class PickupQueue {
  constructor(
    private readonly house: House,
    private readonly unitOfWork: UnitOfWork,
    private readonly status: StatusKeeper,
    private readonly laufzettel: LaufzettelProgress,
    private readonly receipts: Receipts,
  ) {}

  /** How many items a poll could lease now. */
  async available(access: QueueAccess): Promise<number> {
    const [row] = await this.house.database.query<{ count: number }[]>(AVAILABLE, [access.queue, access.tenant, this.house.clock.now()]);
    return row?.count ?? 0;
  }

  /**
   * Leases the oldest items, at most `limit`. Leases alone tell what somebody has, never a reader's position: a lease may run out, and an
   * application may be committed after a younger one was read.
   */
  async poll(access: QueueAccess, limit: number): Promise<Poll> {
    const now = this.house.clock.now();
    const until = new Date(now.getTime() + access.leaseMs);
    const leases = Array.from({ length: limit }, () => this.house.ids.uuid());
    const items = await this.house.database.query<LeasedItem[]>(LEASE, [access.queue, access.tenant, now, limit, until, leases]);
    if (items.length > 0) crashPoint('pickup.leased');
    return { items, remaining: items.length < limit ? 0 : await this.available(access) };
  }

  /** @throws ProblemError 404 for items of other queues and tenants as for unknown ones. */
  async item(access: QueueAccess, id: string): Promise<PickupItemRow> {
    const [row] = await this.house.database.query<PickupItemRow[]>(ITEM, [id, access.queue, access.tenant]);
    if (row === undefined || row.state === 'withdrawn') throw new ProblemError(404, 'unknown-item', 'There is no such item on this queue.');
    return row;
  }

  /** Prolongs a lease. @throws ProblemError 409 when it is lost. */
  async renew(access: QueueAccess, id: string, leaseId: string): Promise<Date> {
    const until = new Date(this.house.clock.now().getTime() + access.leaseMs);
    const renewed = await affected(this.house.database, RENEW, [id, access.queue, access.tenant, leaseId, until]);
    if (renewed === 0) throw leaseLost(await this.item(access, id));
    return until;
  }

  /** The Fachverfahren has it. Repeating it gives the same receipt. @throws ProblemError 409 when the lease is lost. */
  async acknowledge(access: QueueAccess, id: string, leaseId: string): Promise<SignedReceipt> {
    const item = await this.item(access, id);
    const receipt = await this.unitOfWork.run(async (work) => {
      const application = await this.status.lock(work, item.applicationId, [access.tenant]);
      const [current] = await work.sql.query<PickupItemRow[]>(`${ITEM} FOR UPDATE`, [id, access.queue, access.tenant]);
      if (application === undefined || current === undefined)
        throw new ProblemError(404, 'unknown-item', 'There is no such item on this queue.');
      if (current.state === 'acknowledged' && current.leaseId === leaseId) return current.receipt as unknown as SignedReceipt;
      if (current.state !== 'leased' || current.leaseId !== leaseId) throw leaseLost(current);
      const { id: applicationId, tenant, reference } = application;
      const signed = this.receipts.sign({
        applicationId,
        reference,
        queue: access.queue,
        item: id,
        acknowledgedAt: this.house.clock.now().toISOString(),
        acknowledgedBy: access.actor,
      });
      await this.settle(work, item, 'acknowledged', signed as unknown as JsonValue);
      const done = await returning(work.sql, STEP_DONE, [id, tenant, JSON.stringify(signed.receipt), this.house.clock.now()]);
      if (done.length === 0) throw leaseLost({ state: 'withdrawn' });
      work.note({ tenant, applicationId, stepId: id, actor: access.actor, event: 'pickup.acknowledged', data: { queue: access.queue } });
      await this.laufzettel.advance(work, application, id);
      return signed;
    });
    crashPoint('pickup.acknowledged');
    return receipt;
  }

  /** The Fachverfahren refuses it: a person decides. Repeating it is harmless. @throws ProblemError 409 when the lease is lost. */
  async reject(access: QueueAccess, id: string, leaseId: string, reason: string): Promise<void> {
    const item = await this.item(access, id);
    await this.unitOfWork.run(async (work) => {
      const application = await this.status.lock(work, item.applicationId, [access.tenant]);
      const [current] = await work.sql.query<PickupItemRow[]>(`${ITEM} FOR UPDATE`, [id, access.queue, access.tenant]);
      if (application === undefined || current === undefined)
        throw new ProblemError(404, 'unknown-item', 'There is no such item on this queue.');
      if (current.state === 'rejected' && current.leaseId === leaseId) return;
      if (current.state !== 'leased' || current.leaseId !== leaseId) throw leaseLost(current);
      const failure = {
        kind: 'refused',
        code: 'pickup/rejected',
        message: 'The Fachverfahren rejected the application; its reason is with the queue item.',
        hintKey: 'pickupRejected',
      };
      await this.settle(work, item, 'rejected', storable({ reason }).value);
      await work.sql.query(STEP_PARKED, [id, application.tenant, JSON.stringify(failure), this.house.clock.now()]);
      work.note({
        tenant: application.tenant,
        applicationId: application.id,
        stepId: id,
        actor: access.actor,
        event: 'pickup.rejected',
        data: { queue: access.queue },
      });
      await this.laufzettel.advance(work, application, id);
    });
  }

  private async settle(work: Work, { id, tenant }: PickupItemRow, state: PickupItemRow['state'], receipt: JsonValue): Promise<void> {
    await work.sql.query(SETTLE, [id, tenant, state, JSON.stringify(receipt), this.house.clock.now()]);
  }
}

function leaseLost(item: Pick<PickupItemRow, 'state'>): ProblemError {
  const meaning: Record<PickupItemRow['state'], string> = {
    offered: 'its lease is over and it is offered again',
    leased: 'its lease ran out and somebody else holds it now',
    acknowledged: 'it was acknowledged under another lease',
    rejected: 'it was rejected',
    withdrawn: 'it was withdrawn',
  };
  return new ProblemError(409, 'lease-lost', `This lease no longer holds the item: ${meaning[item.state]}. Nothing was changed.`, {
    itemState: item.state,
  });
}

const COLUMNS = `id, seq, tenant, queue, application_id AS "applicationId", state, lease_id AS "leaseId", lease_until AS "leaseUntil", deliveries,
  offered_at AS "offeredAt", settled_at AS "settledAt", receipt`;
const IS_AVAILABLE = "(state = 'offered' OR (state = 'leased' AND lease_until < $3))";
const ITEM = `SELECT ${COLUMNS} FROM pickup_item WHERE id = $1 AND queue = $2 AND tenant = $3`;
const AVAILABLE = `SELECT count(*)::int AS count FROM (SELECT 1 FROM pickup_item WHERE queue = $1 AND tenant = $2 AND state IN ('offered', 'leased') AND ${IS_AVAILABLE} LIMIT 1000) AS available`;
const LEASE = `
  WITH candidate AS (
    SELECT id, row_number() OVER (ORDER BY seq) AS position FROM (
      SELECT id, seq FROM pickup_item
      WHERE queue = $1 AND tenant = $2 AND state IN ('offered', 'leased') AND ${IS_AVAILABLE}
      ORDER BY seq LIMIT $4 FOR UPDATE SKIP LOCKED) oldest),
  leased AS (
    UPDATE pickup_item p SET state = 'leased', lease_id = ($6::uuid[])[candidate.position], lease_until = $5, deliveries = deliveries + 1
    FROM candidate WHERE p.id = candidate.id
    RETURNING p.id, p.seq, p.application_id, p.offered_at, p.deliveries, p.lease_id, p.lease_until)
  SELECT l.id, l.seq, l.application_id AS "applicationId", a.reference, a.leika_key AS "leikaKey", a.form_id AS "formId", a.test, l.offered_at AS "offeredAt",
    l.deliveries, l.lease_id AS "leaseId", l.lease_until AS "leaseUntil"
  FROM leased l JOIN application a ON a.id = l.application_id ORDER BY l.seq`;
const RENEW = "UPDATE pickup_item SET lease_until = $5 WHERE id = $1 AND queue = $2 AND tenant = $3 AND lease_id = $4 AND state = 'leased'";
const SETTLE = 'UPDATE pickup_item SET state = $3, receipt = $4::jsonb, settled_at = $5 WHERE id = $1 AND tenant = $2';
const STEP_DONE =
  "UPDATE step SET state = 'done', receipt = $3::jsonb, changed_at = $4 WHERE id = $1 AND tenant = $2 AND state = 'awaiting' RETURNING id";
const STEP_PARKED =
  "UPDATE step SET state = 'parked', failure = $3::jsonb, changed_at = $4 WHERE id = $1 AND tenant = $2 AND state = 'awaiting'";
