// SPDX-License-Identifier: EUPL-1.2
import { compileCondition, type Expression, ExpressionError } from '@amtsbote/adapter-kit';
import type { Application } from '@amtsbote/canonical';
import { Injectable } from '@nestjs/common';

import { writeKey } from '../catalogue/read/keys.js';
import type { RouteConfig } from '../config/route-config.js';
import { House } from '../house/tokens.js';

interface CompiledRoute {
  readonly route: RouteConfig;
  readonly when: Expression<boolean> | undefined;
}

/** The route table: data, per tenant and service or form; the first match wins. Moving a service to another system is a change of data. */
@Injectable()
export class Routes {
  private readonly table: readonly CompiledRoute[];

  constructor(private readonly house: House) {
    this.table = house.loaded.config.routes.map((route) => ({
      route,
      when: route.match.when === undefined ? undefined : compileCondition(route.match.when),
    }));
  }

  /** The first route that matches, or `undefined`: then the application is accepted and parked visibly. */
  match(application: Application): RouteConfig | undefined {
    return this.table.find((compiled) => matches(compiled, application))?.route;
  }

  /** Whether a route may carry applications of this tenant: its match allows it, and its pickup queues are that tenant's. */
  serves(route: RouteConfig, tenant: string): boolean {
    const { queues } = this.house.loaded.config;
    const ownQueues = route.steps.every((step) => step.kind !== 'pickup' || queues[step.queue]?.tenant === tenant);
    return ownQueues && (route.match.tenants?.includes(tenant) ?? true);
  }

  find(name: string): RouteConfig | undefined {
    return this.table.find(({ route }) => route.name === name)?.route;
  }
}

function matches({ route: { match }, when }: CompiledRoute, application: Application): boolean {
  const { tenant, origin, publicService } = application;
  return (
    (match.tenants?.includes(tenant) ?? true) &&
    (match.endpoints?.includes(origin.endpoint) ?? true) &&
    (match.formIds?.includes(origin.formId ?? '') ?? true) &&
    (match.leikaKeys?.some((key) => publicService.leikaKeys.includes(key)) ?? true) &&
    (match.authorities?.includes(publicService.authority === undefined ? '' : writeKey(publicService.authority)) ?? true) &&
    (when === undefined || holds(when, application))
  );
}

/** A condition that cannot be evaluated for this application does not match it; the application is then parked for want of a route. */
function holds(when: Expression<boolean>, application: Application): boolean {
  try {
    return when({ application });
  } catch (error) {
    if (error instanceof ExpressionError) return false;
    throw error;
  }
}
