// SPDX-License-Identifier: EUPL-1.2
import type { HubConfig } from '../config/hub-config.js';
import type { RouteConfig } from '../config/route-config.js';
import { instanceOfOutbox } from '../intake/pull/pulled.js';

/** Whose applications an operator may see; `null` = all. */
type Tenants = readonly string[] | null;

/** Tenants whose applications a route may carry, as far as its match says. */
function tenantsOfRoute({ match }: RouteConfig, config: HubConfig): readonly string[] {
  const all = match.tenants ?? Object.keys(config.tenants);
  if (match.endpoints === undefined) return all;
  const fed = match.endpoints.flatMap((name) => tenantsOfEndpoint(name, config));
  return all.filter((tenant) => fed.includes(tenant));
}

/** Tenants for whom an endpoint takes applications, or an outbox answers. */
export function tenantsOfEndpoint(name: string, config: HubConfig): readonly string[] {
  const instance = instanceOfOutbox(name);
  if (instance !== undefined) return tenantsOfInstance(instance, config);
  const endpoint = config.endpoints[name];
  if (endpoint === undefined) return [];
  return endpoint.authorities === undefined ? [endpoint.tenant] : Object.values(endpoint.authorities);
}

/** Tenants whose applications go through an adapter instance. */
export function tenantsOfInstance(name: string, config: HubConfig): readonly string[] {
  const routes = config.routes.filter(
    ({ reportTo, steps }) => reportTo === name || steps.some((step) => step.kind !== 'pickup' && step.instance === name),
  );
  return [...new Set(routes.flatMap((route) => tenantsOfRoute(route, config)))];
}

/** Whether something that serves these tenants may be shown to an operator (law 11). */
export function isVisible(serves: readonly string[], tenants: Tenants): boolean {
  return tenants === null || serves.some((tenant) => tenants.includes(tenant));
}

/** Whether an operator may stop and start something that serves these tenants: nobody else's applications go through it. */
export function isOwn(serves: readonly string[], tenants: Tenants): boolean {
  return tenants === null || (serves.length > 0 && serves.every((tenant) => tenants.includes(tenant)));
}
