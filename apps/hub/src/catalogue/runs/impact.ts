// SPDX-License-Identifier: EUPL-1.2
import type { FeeModule, FeeRule } from '@amtsbote/canonical';
import type { Impact } from '@amtsbote/ops-api';
import type { Sql } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import type { HubConfig } from '../../config/hub-config.js';
import { House } from '../../house/tokens.js';
import { tenantsOfEndpoint } from '../../ops/reach.js';
import { Competences, type Competent, type CompetentSubject } from '../read/competence.js';
import { Views } from '../read/views.js';
import type { Run } from './run.js';

/** A key that something in the house depends on, in one municipality. */
interface Use {
  readonly tenant: string;
  readonly leikaKey: string;
  readonly routes: readonly string[];
  readonly endpoints: readonly string[];
  readonly openApplications: number;
}

/** What the catalogue said about a use before the run. */
export interface UseBefore {
  readonly use: Use;
  readonly said: Competent;
}

const LEIKA_KEY = /"(\d{14})"/g;
/** Beyond that somebody has made a mistake in the configuration, and a run must not take hours. */
const USES_MAX = 5_000;

/** Finds out what a run would change for what is in use: routes, endpoints and open applications name LeiKa keys. */
@Injectable()
export class Impacts {
  constructor(
    private readonly house: House,
    private readonly views: Views,
    private readonly competences: Competences,
  ) {}

  /** What is in use for the run's source, with what the catalogue says of it at a version. */
  async inUse(sql: Sql, run: Run, version: number): Promise<UseBefore[]> {
    const before: UseBefore[] = [];
    for (const use of await this.usesOf(sql, run)) before.push({ use, said: await this.said(sql, use, version) });
    return before;
  }

  /** What is said otherwise at the new version. What was unknown before breaks nothing. */
  async compare(sql: Sql, before: readonly UseBefore[], version: number): Promise<Impact[]> {
    const impacts: Impact[] = [];
    for (const { use, said } of before) impacts.push(...differences(use, said, await this.said(sql, use, version)));
    return impacts;
  }

  private async said(sql: Sql, { tenant, leikaKey }: Use, version: number): Promise<Competent> {
    return this.competences.find(leikaKey, tenant, await this.views.of([tenant], { version }, sql), { sql });
  }

  private async usesOf(sql: Sql, { source }: Run): Promise<Use[]> {
    const { config } = this.house.loaded;
    const tenants = config.catalogue.sources[source]?.tenants ?? [];
    const open = await sql.query<{ tenant: string; leikaKey: string; count: number }>(OPEN, [tenants]);
    const uses = tenants.flatMap((tenant) => {
      const routes = keysOfRoutes(config, tenant);
      const endpoints = keysOfEndpoints(config, tenant);
      const waiting = new Map(open.filter((row) => row.tenant === tenant).map(({ leikaKey, count }) => [leikaKey, count]));
      const keys = new Set([...routes.keys(), ...endpoints.keys(), ...waiting.keys()]);
      return [...keys].map((leikaKey) => ({
        tenant,
        leikaKey,
        routes: routes.get(leikaKey) ?? [],
        endpoints: endpoints.get(leikaKey) ?? [],
        openApplications: waiting.get(leikaKey) ?? 0,
      }));
    });
    return uses.slice(0, USES_MAX);
  }
}

/** LeiKa key → names of the routes that ask for it, for one tenant. */
function keysOfRoutes({ routes }: HubConfig, tenant: string): Map<string, string[]> {
  const own = routes.filter(({ match }) => match.tenants?.includes(tenant) ?? true);
  return gather(own.flatMap(({ name, match }) => (match.leikaKeys ?? []).map((key) => [key, name])));
}

/** LeiKa key → names of the endpoints whose adapter's options hold it, whatever the option is called. */
function keysOfEndpoints(config: HubConfig, tenant: string): Map<string, string[]> {
  const own = Object.entries(config.endpoints).filter(([name]) => tenantsOfEndpoint(name, config).includes(tenant));
  return gather(own.flatMap(([name, { options }]) => [...JSON.stringify(options).matchAll(LEIKA_KEY)].map(([, key = '']) => [key, name])));
}

function gather(pairs: readonly (readonly string[])[]): Map<string, string[]> {
  const gathered = new Map<string, string[]>();
  for (const [key = '', name = ''] of pairs) gathered.set(key, [...new Set([...(gathered.get(key) ?? []), name])]);
  return gathered;
}

function differences(use: Use, before: Competent, after: Competent): Impact[] {
  const facts: [Impact['what'], string | null, string | null][] = [
    ['service', nameOf(before.service), nameOf(after.service)],
    ['authority', nameOf(before.authority), nameOf(after.authority)],
    ['onlineService', linkOf(before.onlineService), linkOf(after.onlineService)],
    ['form', linkOf(before.form), linkOf(after.form)],
    ['fee', feesOf(before.fees), feesOf(after.fees)],
  ];
  return facts.flatMap(([what, was, is]): Impact[] => {
    // Another description of the same service breaks nothing; none at all does. Without the service the rest is gone with it.
    const breaks = what === 'service' ? was !== null && is === null : was !== null && was !== is && after.service !== null;
    return breaks ? [{ what, ...use, before: was, after: is }] : [];
  });
}

function nameOf(subject: { readonly agency: string; readonly id: string } | null): string | null {
  return subject === null ? null : `${subject.agency}:${subject.id}`;
}

function linkOf(subject: CompetentSubject | null): string | null {
  return subject === null ? null : [nameOf(subject), ...subject.links.map(({ uri }) => uri)].join(' ').slice(0, 1_000);
}

/** Fees in one line, for comparison and for people; `null` when there are none. */
function feesOf(modules: readonly FeeModule[]): string | null {
  const fees = modules.flatMap((module) =>
    module.fees.map(({ rule, type }) => `${type?.code ?? ''} ${rule === undefined ? '?' : ruleOf(rule)}`.trim()),
  );
  return fees.length === 0 ? null : fees.join('; ').slice(0, 1_000);
}

function ruleOf(rule: FeeRule): string {
  const amount = (one: { cents: number; currency?: string | undefined } | undefined): string =>
    one === undefined ? '?' : `${(one.cents / 100).toFixed(2)} ${one.currency ?? 'EUR'}`;
  switch (rule.kind) {
    case 'fixed':
      return amount(rule.amount);
    case 'variable':
      return `${amount(rule.from)} to ${amount(rule.to)}`;
    case 'free':
      return 'free';
  }
}

const OPEN = `
  SELECT tenant, leika_key AS "leikaKey", count(*)::int AS count FROM application
  WHERE progress IN ('flowing', 'parked') AND tenant = ANY($1) AND leika_key IS NOT NULL GROUP BY tenant, leika_key`;
