// SPDX-License-Identifier: EUPL-1.2
/*
 * Terminology
 *   books     what a source says that was submitted there within a window, whatever has become of it
 *   missing   in the books and not here: it is fetched, and if that fails somebody has to look
 *   surplus   here and not in the books: reported, because nobody but a person can tell why
 */
import { type BookedSubmission, FormsLedgerPort, type WaitingSubmission } from '@amtsbote/adapter-kit';
import { appendJournal } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { failureOf } from '../../delivery/decide.js';
import { House } from '../../house/tokens.js';
import { HeldSubmissions } from './held-submissions.js';
import { TakeOver, type UnderWay, withinTime } from './take-over.js';

/** Ids that a report names; beyond that it counts. */
const NAMED_MAX = 200;
/** Pages of one source after which it is taken to go on for ever. */
const PAGES_MAX = 10_000;

/** What was found. */
interface Findings {
  booked: number;
  matched: number;
  readonly fetched: string[];
  readonly missing: string[];
  readonly surplus: string[];
}

/** Compares the books of an endpoint's sources with ours: a run for each comparison, its result in a table and in the journal. */
@Injectable()
export class Reconciliation {
  constructor(
    private readonly house: House,
    private readonly held: HeldSubmissions,
    private readonly takeOver: TakeOver,
  ) {}

  /** @returns when to compare again. @throws what concerns the source as a whole; then the run has failed */
  async visit(round: UnderWay): Promise<Date> {
    const { endpoint } = round.source;
    const { everyMs, windowMs, settleMs } = endpoint.config.pull.reconcile;
    const now = this.house.clock.now();
    const until = new Date(now.getTime() - settleMs);
    const since = new Date(until.getTime() - windowMs);
    const id = this.house.ids.uuid();
    await this.house.database.query(BEGIN, [id, endpoint.name, since, until, now]);
    try {
      const findings = await this.compare(round, { since, until, lookBackMs: windowMs });
      await this.end(round, id, findings);
    } catch (error) {
      await this.house.database.query(FAIL, [id, JSON.stringify(failureOf(error)), this.house.clock.now()]);
      throw error;
    }
    return new Date(now.getTime() + everyMs);
  }

  private async compare(round: UnderWay, window: Window): Promise<Findings> {
    const { endpoint } = round.source;
    const { port } = endpoint;
    const findings: Findings = { booked: 0, matched: 0, fetched: [], missing: [], surplus: [] };
    const booked: string[] = [];
    if (!(port instanceof FormsLedgerPort)) return findings;
    const known = await this.knownSince(endpoint.name);
    for (const source of port.sources) {
      const since = latest(window.since, known.get(source.name));
      const own: UnderWay = { ...round, source: { ...round.source, source } };
      // What came here within the window may have been submitted before it.
      const from = new Date(window.since.getTime() - window.lookBackMs);
      for (let next: string | null = null, pages = 0; pages < PAGES_MAX; pages += 1) {
        const page = await withinTime(this.house.clock, endpoint.config.pull.listMs, round.signal, (limited) =>
          port.booked(source.name, from, next, limited),
        );
        booked.push(...page.booked.map(({ submissionId }) => submissionId));
        await this.compareDue(
          own,
          page.booked.filter((one) => isWithin(one, since, window.until)),
          findings,
        );
        next = page.next;
        if (next === null) break;
      }
    }
    const rows = await this.house.database.query<{ id: string }[]>(SURPLUS, [endpoint.name, window.since, window.until, booked]);
    findings.surplus.push(...rows.map(({ id }) => id));
    return findings;
  }

  private async compareDue(round: UnderWay, due: readonly BookedSubmission[], findings: Findings): Promise<void> {
    const known = await this.knownAmong(round, due);
    findings.booked += due.length;
    findings.matched += known.size;
    const lacking = due.filter(({ submissionId }) => !known.has(submissionId));
    const held = await this.held.among(round.source, lacking);
    for (const { submittedAt, submissionId, handle } of lacking) {
      round.signal.throwIfAborted();
      if (!held.has(submissionId)) await this.takeOver.take(round, { submittedAt, submissionId, handle });
    }
    const fetched = await this.knownAmong(round, lacking);
    for (const { submissionId } of lacking) (fetched.has(submissionId) ? findings.fetched : findings.missing).push(submissionId);
  }

  /** What was submitted before was somebody else's to take: it is not missing here. */
  private async knownSince(endpoint: string): Promise<ReadonlyMap<string, Date>> {
    const rows = await this.house.database.query<{ source: string; since: Date }[]>(KNOWN_SINCE, [endpoint]);
    return new Map(rows.map(({ source, since }) => [source, since]));
  }

  private async knownAmong({ source: { endpoint } }: UnderWay, some: readonly WaitingSubmission[]): Promise<ReadonlySet<string>> {
    const ids = some.map(({ submissionId }) => submissionId);
    const rows = await this.house.database.query<{ id: string }[]>(KNOWN, [endpoint.name, ids]);
    return new Set(rows.map(({ id }) => id));
  }

  /** The result and its entry in the journal, together. */
  private async end({ source: { endpoint } }: UnderWay, id: string, findings: Findings): Promise<void> {
    const { booked, matched, fetched, missing, surplus } = findings;
    const at = this.house.clock.now();
    const counts = { booked, matched, fetched: fetched.length, missing: missing.length, surplus: surplus.length };
    const named = [fetched, missing, surplus].map((ids) => JSON.stringify(ids.slice(0, NAMED_MAX)));
    await this.house.database.transaction(async (sql) => {
      await sql.query(END, [id, at, booked, matched, fetched.length, missing.length, surplus.length, ...named]);
      const who = { tenant: endpoint.config.tenant, applicationId: null, stepId: null, actor: `endpoint:${endpoint.name}` };
      await appendJournal(sql, [{ ...who, at, event: 'pull.reconciled', data: { run: id, ...counts } }]);
    });
    const differs = fetched.length + missing.length + surplus.length > 0;
    this.house.log[differs ? 'warn' : 'info']('pull.reconciled', { endpoint: endpoint.name, ...counts });
  }
}

interface Window {
  readonly since: Date;
  readonly until: Date;
  readonly lookBackMs: number;
}

function isWithin({ submittedAt, isDue }: BookedSubmission, since: Date, until: Date): boolean {
  return isDue && submittedAt >= since && submittedAt <= until;
}

function latest(one: Date, other: Date | undefined): Date {
  return other !== undefined && other > one ? other : one;
}

const BEGIN = `
  INSERT INTO pull_reconciliation (id, endpoint, since_at, until_at, started_at, state) VALUES ($1, $2, $3, $4, $5, 'running')`;
const FAIL = "UPDATE pull_reconciliation SET state = 'failed', failure = $2::jsonb, ended_at = $3 WHERE id = $1";
const END = `
  UPDATE pull_reconciliation SET state = 'done', ended_at = $2, booked = $3, matched = $4, fetched = $5, missing = $6, surplus = $7,
    fetched_ids = $8::jsonb, missing_ids = $9::jsonb, surplus_ids = $10::jsonb
  WHERE id = $1`;
const KNOWN_SINCE = 'SELECT source, known_since AS since FROM pull_source WHERE endpoint = $1';
const KNOWN = 'SELECT submission_id AS id FROM application WHERE endpoint = $1 AND submission_id = ANY($2)';
/** Of what came within the window; a test may be deleted at the form server at any time. */
const SURPLUS = `
  SELECT a.submission_id AS id FROM application a
  WHERE a.endpoint = $1 AND a.received_at >= $2 AND a.received_at <= $3 AND NOT a.test
    AND NOT EXISTS (SELECT FROM unnest($4::text[]) AS b(id) WHERE b.id = a.submission_id)
  ORDER BY a.received_at, a.submission_id`;
