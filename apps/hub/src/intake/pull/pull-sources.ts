// SPDX-License-Identifier: EUPL-1.2
import { FormsLedgerPort, FormsPullPort, type PullSource } from '@amtsbote/adapter-kit';
import type { Failure } from '@amtsbote/canonical';
import { affected, returning } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { Outboxes } from '../../answers/outboxes.js';
import type { LeaseKeeper } from '../../delivery/lease.js';
import { House } from '../../house/tokens.js';
import { IntakeEndpoints } from '../endpoints.js';
import type { IntakeEndpoint } from '../intake.service.js';
import { type Asked, BOOKS, type ClaimedSource, type PullEndpoint, SourceLost, type Tally } from './pulled.js';

/** How a round ended. */
export interface RoundEnd {
  readonly tally: Tally;
  readonly dueAt: Date;
  /** `left`: by us, in the middle; it tells nothing about the source. */
  readonly outcome: 'succeeded' | 'left' | Failure;
}

/** The sources of all endpoints that fetch, and of all outboxes: which are due, who asks them, where the next round begins. */
@Injectable()
export class PullSources implements LeaseKeeper<ClaimedSource> {
  private readonly byName: ReadonlyMap<string, Asked>;

  constructor(
    private readonly house: House,
    endpoints: IntakeEndpoints,
    outboxes: Outboxes,
  ) {
    const all: readonly Asked[] = [...endpoints.list().filter(isPulled), ...outboxes.list()];
    this.byName = new Map(all.map((asked) => [asked.name, asked]));
  }

  list(): readonly Asked[] {
    return [...this.byName.values()];
  }
  find(name: string): Asked | undefined {
    return this.byName.get(name);
  }

  /** A row for every source that is configured: due at once when it is new; its books have to fill first. */
  async ensure(): Promise<void> {
    const now = this.house.clock.now();
    const rows = this.list().flatMap((endpoint) =>
      allOf(endpoint).map((source) => {
        const dueAt = source === BOOKS ? new Date(now.getTime() + endpoint.config.pull.reconcile.everyMs) : now;
        return { endpoint: endpoint.name, source: source.name, dueAt };
      }),
    );
    if (rows.length > 0) await this.house.database.query(ENSURE, [JSON.stringify(rows), now]);
  }

  /** Endpoints of which sources are due, with how many; what the configuration no longer names is left alone. */
  async due(): Promise<ReadonlyMap<string, number>> {
    const configured = this.list().flatMap((endpoint) => allOf(endpoint).map(({ name }) => [endpoint.name, name] as const));
    const parameters = [configured.map(([endpoint]) => endpoint), configured.map(([, source]) => source), this.house.clock.now()];
    const rows = await this.house.database.query<{ endpoint: string; count: number }[]>(DUE, parameters);
    return new Map(rows.map(({ endpoint, count }) => [endpoint, count]));
  }

  /** Takes up to `places` due sources of an endpoint, the longest due first; whoever took one over finds the round of the one before unended. */
  async claim(endpoint: Asked, places: number): Promise<ClaimedSource[]> {
    const now = this.house.clock.now();
    const leaseUntil = new Date(now.getTime() + endpoint.config.pull.leaseMs);
    const all = allOf(endpoint);
    const names = all.map(({ name }) => name);
    const rows = await returning<ClaimedRow>(this.house.database, CLAIM, [
      endpoint.name,
      names,
      now,
      this.house.processId,
      leaseUntil,
      places,
    ]);
    return rows.flatMap(({ source: name, cursor, fence, failures }) => {
      const source = all.find((one) => one.name === name);
      return source === undefined ? [] : [{ endpoint, source, cursor, fence, failures, leaseUntil }];
    });
  }

  async renew({ endpoint, source, fence }: ClaimedSource, leaseMs: number): Promise<boolean> {
    const until = new Date(this.house.clock.now().getTime() + leaseMs);
    return (await affected(this.house.database, RENEW, [endpoint.name, source.name, fence, until])) === 1;
  }

  /** A later round goes on here. @throws SourceLost */
  async keepCursor({ endpoint, source, fence }: ClaimedSource, cursor: string): Promise<void> {
    if ((await affected(this.house.database, KEEP_CURSOR, [endpoint.name, source.name, fence, cursor])) === 0)
      throw new SourceLost('another process asks this source');
  }

  /** The round is over; who signalled during it gets another one at once. @throws SourceLost */
  async end({ endpoint, source, fence }: ClaimedSource, { tally, dueAt, outcome }: RoundEnd): Promise<void> {
    const { accepted, known, acknowledged, refused, delayMs } = tally;
    const failure = typeof outcome === 'string' ? null : JSON.stringify(outcome);
    const counts = [accepted, known, acknowledged, refused, delayMs];
    const parameters = [endpoint.name, source.name, fence, this.house.clock.now(), dueAt, failure, ...counts, outcome === 'left'];
    if ((await affected(this.house.database, END, parameters)) === 0) throw new SourceLost('another process asks this source');
  }

  /** These sources are to be asked at once, whoever asks them; `isForced`: even if they failed a moment ago. @returns how many there are. */
  async signal(endpoint: Asked, names: readonly string[], { isForced = false } = {}): Promise<number> {
    const wanted =
      names.length === 0
        ? endpoint.port.sources.map(({ name }) => name)
        : allOf(endpoint)
            .map(({ name }) => name)
            .filter((name) => names.includes(name));
    if (wanted.length > 0) await this.house.database.query(SIGNAL, [endpoint.name, wanted, this.house.clock.now(), isForced]);
    return wanted.length;
  }
}

/** What of an endpoint has a time: its sources, and the comparison of their books where they have any. */
function allOf({ port }: Asked): readonly PullSource[] {
  return port instanceof FormsLedgerPort && port.sources.length > 0 ? [...port.sources, BOOKS] : port.sources;
}

/** Whether an endpoint's adapter can fetch. */
export function isPulled(endpoint: IntakeEndpoint): endpoint is PullEndpoint {
  return endpoint.port instanceof FormsPullPort;
}

interface ClaimedRow {
  readonly source: string;
  readonly cursor: string | null;
  readonly fence: string;
  readonly failures: number;
}

const ENSURE = `
  INSERT INTO pull_source (endpoint, source, due_at, known_since)
  SELECT s.endpoint, s.source, s."dueAt", $2 FROM jsonb_to_recordset($1::jsonb) AS s(endpoint text, source text, "dueAt" timestamptz)
  ON CONFLICT (endpoint, source) DO NOTHING`;

const DUE = `
  SELECT p.endpoint, count(*)::int AS count FROM pull_source p JOIN unnest($1::text[], $2::text[]) AS c(endpoint, source) USING (endpoint, source)
  WHERE p.due_at <= $3 AND (p.lease_until IS NULL OR p.lease_until < $3) GROUP BY p.endpoint`;

const CLAIM = `
  UPDATE pull_source SET lease_owner = $4, lease_until = $5, fence = fence + 1, started_at = $3
  WHERE (endpoint, source) IN (
    SELECT endpoint, source FROM pull_source
    WHERE endpoint = $1 AND source = ANY($2) AND due_at <= $3 AND (lease_until IS NULL OR lease_until < $3)
    ORDER BY due_at, source LIMIT $6 FOR UPDATE SKIP LOCKED)
  RETURNING source, cursor, fence::text AS fence, failures`;

const HELD = 'WHERE endpoint = $1 AND source = $2 AND fence = $3 AND lease_owner IS NOT NULL';
const RENEW = `UPDATE pull_source SET lease_until = $4 ${HELD}`;
const KEEP_CURSOR = `UPDATE pull_source SET cursor = $4 ${HELD}`;

const END = `
  UPDATE pull_source SET lease_owner = NULL, lease_until = NULL, ended_at = $4::timestamptz,
    due_at = CASE WHEN signalled_at >= started_at AND $6::jsonb IS NULL THEN $4::timestamptz ELSE $5::timestamptz END,
    signalled_at = NULL,
    failures = CASE WHEN $12::boolean THEN failures WHEN $6::jsonb IS NULL THEN 0 ELSE failures + 1 END,
    succeeded_at = CASE WHEN $12::boolean OR $6::jsonb IS NOT NULL THEN succeeded_at ELSE $4::timestamptz END,
    failed_at = CASE WHEN $6::jsonb IS NULL THEN failed_at ELSE $4::timestamptz END,
    failure = CASE WHEN $12::boolean THEN failure ELSE $6::jsonb END,
    accepted = accepted + $7::bigint, known = known + $8::bigint, acknowledged = acknowledged + $9::bigint, refused = refused + $10::bigint,
    accepted_at = CASE WHEN $7::bigint > 0 THEN $4::timestamptz ELSE accepted_at END, delay_ms = coalesce($11::bigint, delay_ms)
  ${HELD}`;

/** A sender's signal does not shorten the pause after failures: a source that is down is not asked the more for it. An operator's wish does. */
const SIGNAL = `
  UPDATE pull_source SET signalled_at = $3::timestamptz, due_at = CASE WHEN failures = 0 OR $4::boolean THEN least(due_at, $3::timestamptz) ELSE due_at END
  WHERE endpoint = $1 AND source = ANY($2)`;
