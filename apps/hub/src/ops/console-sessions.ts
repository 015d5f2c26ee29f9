// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import { returning, type Sql } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { WHOLE_HOUSE } from '../delivery/instance-commands.js';
import { House } from '../house/tokens.js';
import { UnitOfWork } from '../house/unit-of-work.js';
import { bothTenants, type Operator } from './operator.js';

/** How long a login link may lie in a terminal or a mail. */
const LINK_MS = 10 * 60_000;
/** A working day. */
const SESSION_MS = 8 * 60 * 60_000;

/** A secret just made; the store knows its hash only. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresAt: Date;
}

interface StoredSession {
  readonly name: string;
  readonly tenants: readonly string[] | null;
}

/** One-time login links and the sessions they become. */
@Injectable()
export class ConsoleSessions {
  constructor(
    private readonly house: House,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** A link's token; whoever opens the link first becomes `operator`, once. Clears what has expired. */
  async issueLink(operator: Operator): Promise<IssuedToken> {
    await this.house.database.query('DELETE FROM console_session WHERE expires_at <= $1', [this.house.clock.now()]);
    return this.issue(this.house.database, operator, { oneTime: true, lastsMs: LINK_MS });
  }

  /** Trades a link's token for a session, at most once however many ask at the same time. @returns `undefined` for used, expired and unknown ones. */
  async consumeLink(token: string): Promise<IssuedToken | undefined> {
    return this.unitOfWork.run(async (work) => {
      const [link] = await returning<StoredSession>(work.sql, CONSUME, [hashOf(token), this.house.clock.now()]);
      if (link === undefined || !this.isConfigured(link.name)) return undefined;
      const actor = actorOf(link.name);
      work.note({ tenant: WHOLE_HOUSE, applicationId: null, stepId: null, actor, event: 'console.logged-in', data: {} });
      return this.issue(work.sql, link, { oneTime: false, lastsMs: SESSION_MS });
    });
  }

  /** The operator of a session; a credential that was taken out of the configuration, or narrowed, takes its sessions along. */
  async find(token: string): Promise<Operator | undefined> {
    const [session] = await this.house.database.query<StoredSession[]>(FIND, [hashOf(token), this.house.clock.now()]);
    const credential = this.house.loaded.config.ops.credentials.find(({ name }) => name === session?.name);
    if (session === undefined || credential === undefined) return undefined;
    const tenants = bothTenants(session.tenants, credential.tenants ?? null);
    return { name: session.name, actor: actorOf(session.name), tenants, via: 'session' };
  }

  async end(token: string): Promise<void> {
    await this.house.database.query('DELETE FROM console_session WHERE token_hash = $1', [hashOf(token)]);
  }

  private isConfigured(name: string): boolean {
    return this.house.loaded.config.ops.credentials.some((credential) => credential.name === name);
  }

  private async issue(
    sql: Sql,
    { name, tenants }: StoredSession,
    { oneTime, lastsMs }: { oneTime: boolean; lastsMs: number },
  ): Promise<IssuedToken> {
    const token = Buffer.from(this.house.randomness.bytes(32)).toString('base64url');
    const expiresAt = new Date(this.house.clock.now().getTime() + lastsMs);
    await sql.query(ISSUE, [hashOf(token), name, tenants, oneTime, expiresAt]);
    return { token, expiresAt };
  }
}

/** The name of an admin in journal and messages. */
export function actorOf(name: string): string {
  return `admin:${name}`;
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

const ISSUE = 'INSERT INTO console_session (token_hash, actor, tenants, one_time, expires_at) VALUES ($1, $2, $3, $4, $5)';
const CONSUME = 'DELETE FROM console_session WHERE token_hash = $1 AND one_time AND expires_at > $2 RETURNING actor AS name, tenants';
const FIND = 'SELECT actor AS name, tenants FROM console_session WHERE token_hash = $1 AND NOT one_time AND expires_at > $2';
