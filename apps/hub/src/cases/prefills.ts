// SPDX-License-Identifier: EUPL-1.2
/*
 * Terminology
 *   prefill   what an application says, in the words of another form, so that nobody types it twice; opened once by a token
 */
import { createHash } from 'node:crypto';

import { canPrefill, compileCondition, compileText, DeliveryError, type Expression, ExpressionError } from '@amtsbote/adapter-kit';
import type { Application } from '@amtsbote/canonical';
import { appendJournal, returning } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import type { HubConfig } from '../config/hub-config.js';
import { House } from '../house/tokens.js';
import { ProblemError } from '../http/problem.js';
import { IntakeEndpoints } from '../intake/endpoints.js';

type PrefillConfig = HubConfig['prefills'][string];

/** What a portal is given to open another form with. */
export interface IssuedPrefill {
  readonly form: string;
  /** Opens the values once, and says in the other form's submission where it comes from. */
  readonly token: string;
  readonly expiresAt: Date;
  /** Address of the other form: with the token in it, or where its form server has the values. */
  readonly url: string | null;
  readonly values: Readonly<Record<string, string>>;
}

/** What the other form's server gets for the token. */
export interface RedeemedPrefill {
  readonly form: string;
  /** Reference of the application the values come from. */
  readonly reference: string;
  readonly values: Readonly<Record<string, string>>;
}

interface Compiled {
  readonly config: PrefillConfig;
  readonly when: Expression<boolean> | undefined;
  readonly values: ReadonlyMap<string, Expression<string>>;
}

const TOKEN_BYTES = 32;
/** Longest wait for a form server that values are left at, in milliseconds. */
const LEAVE_MS_MAX = 20_000;

/** Hands what an application says to another form; the values stay with the application and are made anew when they are asked for. */
@Injectable()
export class Prefills {
  private readonly forms: ReadonlyMap<string, Compiled>;

  constructor(
    private readonly house: House,
    private readonly endpoints: IntakeEndpoints,
  ) {
    const compiled = Object.entries(house.loaded.config.prefills).map(([form, config]): [string, Compiled] => [
      form,
      {
        config,
        when: config.when === undefined ? undefined : compileCondition(config.when),
        values: new Map(Object.entries(config.values).map(([name, source]) => [name, compileText(source)])),
      },
    ]);
    this.forms = new Map(compiled);
    for (const [form, { leaveAt }] of Object.entries(house.loaded.config.prefills)) {
      if (leaveAt !== undefined && !canPrefill(endpoints.get(leaveAt.endpoint).port))
        throw new Error(
          `prefills.${form}.leaveAt: the adapter of the endpoint ${leaveAt.endpoint} cannot leave values at its form server.`,
        );
    }
  }

  /**
   * A token and the values for another form.
   * @param who whose applications the asker may use, and the name it has in the journal.
   * @throws ProblemError 404 for an unknown application or form, 409 when the application is none that fills this form, 502 when the form server does
   *   not take the values
   */
  async issue(who: { readonly actor: string; readonly tenants: readonly string[] }, id: string, form: string): Promise<IssuedPrefill> {
    const { database, clock, randomness } = this.house;
    const [row] = await database.query<Source[]>(SOURCE, [id, who.tenants]);
    if (row === undefined) throw new ProblemError(404, 'unknown-application', 'There is no such application.');
    const compiled = this.formFor(form, row.tenant);
    if (!fills(compiled, row.document))
      throw new ProblemError(409, 'prefill-not-for-this', `This application is none that the form "${form}" is filled from.`);
    const values = valuesOf(compiled, row.document);
    const token = Buffer.from(randomness.bytes(TOKEN_BYTES)).toString('base64url');
    const now = clock.now();
    const expiresAt = new Date(now.getTime() + compiled.config.validMs);
    await database.transaction(async (sql) => {
      await sql.query(ISSUE, [hashOf(token), row.tenant, form, id, now, expiresAt]);
      const entry = { tenant: row.tenant, applicationId: id, stepId: null, at: now, actor: who.actor };
      await appendJournal(sql, [{ ...entry, event: 'prefill.issued', data: { form } }]);
    });
    const url = (await this.leave(compiled, values, token)) ?? compiled.config.formUrl?.replace('{token}', token) ?? null;
    return { form, token, expiresAt, url, values };
  }

  /** Leaves the values at the form server, where the form has one that takes them; the token is known before, so its submission finds home. */
  private async leave({ config }: Compiled, values: IssuedPrefill['values'], token: string): Promise<string | undefined> {
    if (config.leaveAt === undefined) return undefined;
    const { endpoint, form } = config.leaveAt;
    const { port } = this.endpoints.get(endpoint);
    if (!canPrefill(port)) throw new Error(`the adapter of ${endpoint} cannot prefill`);
    try {
      return (await port.prefill({ form, values, token }, AbortSignal.timeout(LEAVE_MS_MAX))).url;
    } catch (error) {
      if (!(error instanceof DeliveryError)) throw error;
      this.house.log.warn('prefill.not-left', { endpoint, code: error.code });
      throw new ProblemError(502, 'prefill-not-left', `The form server did not take the values: ${error.message}`, { code: error.code });
    }
  }

  /** The values, once. @throws ProblemError 404 for a token nobody has, 410 for one that was used or is too old */
  async redeem(authorise: (form: string) => string, token: string): Promise<RedeemedPrefill> {
    const { database, clock } = this.house;
    const now = clock.now();
    return database.transaction(async (sql) => {
      const [found] = await sql.query<Redeemable[]>(FOUND, [hashOf(token)]);
      if (found === undefined) throw unknownToken();
      const actor = authorise(found.form);
      const { form, applicationId, tenant } = found;
      const compiled = this.forms.get(form);
      if (compiled === undefined || !compiled.config.tenants.includes(tenant)) throw unknownToken();
      if (found.redeemedAt !== null) throw new ProblemError(410, 'prefill-used', 'The token has been used: it opens the values once.');
      if (found.expiresAt <= now) throw new ProblemError(410, 'prefill-expired', 'The token is too old: have a new one issued.');
      await returning(sql, REDEEM, [hashOf(token), now]);
      const entry = { tenant, applicationId, stepId: null, at: now, actor };
      await appendJournal(sql, [{ ...entry, event: 'prefill.redeemed', data: { form } }]);
      return { form, reference: found.document.reference, values: valuesOf(compiled, found.document) };
    });
  }

  /** The application that a form was filled from, by the token its submission brings; used or not, it may be late. */
  async sourceOf(token: string, tenant: string): Promise<string | undefined> {
    const [row] = await this.house.database.query<{ reference: string }[]>(SOURCE_OF, [hashOf(token), tenant]);
    return row?.reference;
  }

  private formFor(form: string, tenant: string): Compiled {
    const compiled = this.forms.get(form);
    if (compiled?.config.tenants.includes(tenant) === true) return compiled;
    throw new ProblemError(404, 'unknown-prefill', `There is no prefill "${form}" for the municipality of this application.`);
  }
}

interface Source {
  readonly tenant: string;
  readonly document: Application;
}
interface Redeemable extends Source {
  readonly form: string;
  readonly applicationId: string;
  readonly expiresAt: Date;
  readonly redeemedAt: Date | null;
}

/** Only a hash is kept: who reads the database opens nothing with it. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

function unknownToken(): ProblemError {
  return new ProblemError(404, 'unknown-token', 'There is no such token.');
}

function fills({ when }: Compiled, application: Application): boolean {
  try {
    return when?.({ application }) ?? true;
  } catch (error) {
    if (error instanceof ExpressionError) return false;
    throw error;
  }
}

/** A value that this application does not have is left out: the citizen fills it in. */
function valuesOf({ values }: Compiled, application: Application): Record<string, string> {
  const known: Record<string, string> = {};
  for (const [name, expression] of values) {
    try {
      known[name] = expression({ application });
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
    }
  }
  return known;
}

const SOURCE = 'SELECT tenant, document FROM application WHERE id = $1 AND tenant = ANY($2)';
const ISSUE = `
  INSERT INTO prefill (token_hash, tenant, form, application_id, issued_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`;
const FOUND = `
  SELECT p.form, p.application_id AS "applicationId", p.tenant, p.expires_at AS "expiresAt", p.redeemed_at AS "redeemedAt", a.document
  FROM prefill p JOIN application a ON a.id = p.application_id AND a.tenant = p.tenant WHERE p.token_hash = $1 FOR UPDATE OF p`;
const REDEEM = 'UPDATE prefill SET redeemed_at = $2 WHERE token_hash = $1 RETURNING form';
const SOURCE_OF = `
  SELECT a.reference FROM prefill p JOIN application a ON a.id = p.application_id AND a.tenant = p.tenant WHERE p.token_hash = $1 AND p.tenant = $2`;
