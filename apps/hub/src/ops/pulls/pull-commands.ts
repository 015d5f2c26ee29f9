// SPDX-License-Identifier: EUPL-1.2
import type { PullAsked } from '@amtsbote/ops-api';
import { appendJournal } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { InstanceCommands } from '../../delivery/instance-commands.js';
import { House } from '../../house/tokens.js';
import { ProblemError } from '../../http/problem.js';
import { HeldSubmissions } from '../../intake/pull/held-submissions.js';
import { PullSources } from '../../intake/pull/pull-sources.js';
import { PullWorker } from '../../intake/pull/pull-worker.js';
import { BOOKS, gateOf, instanceOfOutbox } from '../../intake/pull/pulled.js';
import type { Operator } from '../operator.js';
import { PullQueries } from './pull-queries.js';

/** What of an endpoint is to be asked now. */
export interface AskWish {
  readonly reason: string;
  /** Absent: all its sources. */
  readonly source?: string | undefined;
  /** A held submission to be tried again; absent: all of them. */
  readonly submissionId?: string | undefined;
}

/** What people may do with endpoints that fetch; everything is in the journal under their name. */
@Injectable()
export class PullCommands {
  constructor(
    private readonly house: House,
    private readonly queries: PullQueries,
    private readonly sources: PullSources,
    private readonly held: HeldSubmissions,
    private readonly worker: PullWorker,
    private readonly instances: InstanceCommands,
  ) {}

  /** Asks now instead of later, and tries again what is held. @throws ProblemError 404, 403 */
  async ask(operator: Operator, name: string, { reason, source, submissionId }: AskWish): Promise<PullAsked> {
    const endpoint = this.queries.own(name, operator);
    await this.sources.ensure();
    const held = await this.held.again(name, submissionId ?? null);
    const asked = await this.sources.signal(endpoint, source === undefined ? [] : [source], { isForced: true });
    if (asked === 0) throw new ProblemError(404, 'unknown-source', `The endpoint has no source "${source ?? ''}".`);
    const { tenant } = endpoint.config;
    await this.note(operator, tenant, 'pull.asked', { endpoint: name, source: source ?? null, submission: submissionId ?? null, reason });
    this.worker.wake();
    return { sources: asked, held };
  }

  /** Compares the form server's books with ours now. @throws ProblemError 404, 403, 409 where it has none */
  async reconcile(operator: Operator, name: string, reason: string): Promise<PullAsked> {
    const endpoint = this.queries.own(name, operator);
    await this.sources.ensure();
    const sources = await this.sources.signal(endpoint, [BOOKS.name], { isForced: true });
    if (sources === 0) throw new ProblemError(409, 'no-books', 'The form server of this endpoint has no books to be compared.');
    await this.note(operator, endpoint.config.tenant, 'pull.reconciliation-requested', { endpoint: name, reason });
    this.worker.wake();
    return { sources, held: 0 };
  }

  /** No source is asked any more, by any process, until it is resumed. @throws ProblemError 404, 403 */
  async pause(operator: Operator, name: string, reason: string): Promise<void> {
    await this.instances.pause(operator, this.gateToTurn(name, operator), { reason });
  }

  /** Goes on at once, with a closed circuit. @throws ProblemError 404, 403 */
  async resume(operator: Operator, name: string, reason: string): Promise<void> {
    const endpoint = this.queries.own(name, operator);
    await this.instances.resume(operator, this.gateToTurn(name, operator), { reason });
    await this.sources.signal(endpoint, [], { isForced: true });
    this.worker.wake();
  }

  private async note({ actor }: Operator, tenant: string, event: string, data: Readonly<Record<string, string | null>>): Promise<void> {
    const entry = { tenant, applicationId: null, stepId: null, at: this.house.clock.now(), actor, event, data };
    await appendJournal(this.house.database, [entry]);
  }

  /** @throws ProblemError 404, 403; 409 for outboxes */
  private gateToTurn(name: string, operator: Operator): string {
    const instance = instanceOfOutbox(this.queries.own(name, operator).name);
    if (instance === undefined) return gateOf(name);
    const detail = `The outbox is looked into as long as its instance works: pause and resume the instance "${instance}".`;
    throw new ProblemError(409, 'outbox-of-instance', detail);
  }
}
