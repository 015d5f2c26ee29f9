// SPDX-License-Identifier: EUPL-1.2
import type { Adapter, AdapterKind } from '@amtsbote/adapter-kit';
import { checkConfig, ConfigError, type ConfigFinding, type ConfigSource, finding, readConfig } from '@amtsbote/platform';
import type { z } from 'zod';

import { HUB_INSTANCE } from '../routing/planner.js';
import { HubConfig } from './hub-config.js';
import { checkPairsOfTimes } from './pairs-of-times.js';
import { checkParallelRuns } from './parallel-runs.js';
import { checkPrefills } from './prefills.js';
import type { RouteConfig } from './route-config.js';

/** A configuration that holds together, with adapters' options parsed by their own schemas. */
export interface LoadedConfig {
  readonly config: HubConfig;
  readonly source: ConfigSource;
  /** Instance or endpoint name → its adapter and parsed options. */
  readonly instances: ReadonlyMap<string, { readonly adapter: Adapter; readonly options: unknown }>;
  readonly endpoints: ReadonlyMap<string, { readonly adapter: Adapter; readonly options: unknown }>;
}

/** Step kind of a route → adapter kind of its instance. */
const ADAPTER_KIND = { payment: 'payment', filing: 'dms', export: 'export' } as const satisfies Record<string, AdapterKind>;

/** Names that the planner gives to steps; names are unique within one application. */
const RESERVED_STEP = /^(?:collect|status-\d+|file-decision-\d+|refresh-filing-\d+)$/;

/**
 * Loads and checks everything: syntax, schema, adapters' options, references between parts, pairs of times.
 * @throws ConfigError with all findings of the first check that fails.
 */
export function loadHubConfig(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
  adapters: readonly Adapter[],
): LoadedConfig {
  const raw = readConfig(file, environment);
  const config = checkConfig(HubConfig, raw.value, raw.source);
  const { source } = raw;
  const byType = new Map(adapters.map((adapter) => [adapter.type, adapter]));
  const findings: ConfigFinding[] = [];
  const optionsOf = (
    section: 'instances' | 'endpoints',
    name: string,
    type: string,
    options: unknown,
  ): { adapter: Adapter; options: unknown } | undefined => {
    const adapter = byType.get(type);
    if (adapter === undefined) {
      findings.push(finding(source, [section, name, 'adapter'], `expects one of ${[...byType.keys()].join(', ')}`, type, byType.keys()));
      return undefined;
    }
    return { adapter, options: checkOptions(adapter.options, options, source, [section, name, 'options'], findings) };
  };
  const instances = new Map<string, { adapter: Adapter; options: unknown }>();
  for (const [name, { adapter, options }] of Object.entries(config.instances)) {
    const loaded = optionsOf('instances', name, adapter, options);
    if (loaded !== undefined) instances.set(name, loaded);
  }
  const endpoints = new Map<string, { adapter: Adapter; options: unknown }>();
  for (const [name, { adapter, options }] of Object.entries(config.endpoints)) {
    const loaded = optionsOf('endpoints', name, adapter, options);
    if (loaded?.adapter.kind === 'forms') endpoints.set(name, loaded);
    else if (loaded !== undefined) findings.push(finding(source, ['endpoints', name, 'adapter'], 'expects an adapter of kind forms'));
  }
  findings.push(...crossCheck(config, source, instances));
  if (findings.length > 0) throw new ConfigError(source.file, findings);
  return { config, source, instances, endpoints };
}

function checkOptions(
  schema: z.ZodType,
  options: unknown,
  source: ConfigSource,
  at: readonly string[],
  findings: ConfigFinding[],
): unknown {
  try {
    return checkConfig(schema, options, source, at);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    findings.push(...error.findings);
    return undefined;
  }
}

function crossCheck(config: HubConfig, source: ConfigSource, instances: LoadedConfig['instances']): ConfigFinding[] {
  const findings: ConfigFinding[] = [];
  const tenants = Object.keys(config.tenants);
  const needTenant = (path: readonly PropertyKey[], tenant: string): void => {
    if (!tenants.includes(tenant))
      findings.push(finding(source, path, `expects a tenant listed under tenants, "${tenant}" is not`, tenant, tenants));
  };
  for (const [name, endpoint] of Object.entries(config.endpoints)) {
    needTenant(['endpoints', name, 'tenant'], endpoint.tenant);
    for (const [authority, tenant] of Object.entries(endpoint.authorities ?? {}))
      needTenant(['endpoints', name, 'authorities', authority], tenant);
  }
  for (const [name, queue] of Object.entries(config.queues)) needTenant(['queues', name, 'tenant'], queue.tenant);
  for (const [name, portal] of Object.entries(config.portals))
    portal.tenants.forEach((tenant, index) => needTenant(['portals', name, 'tenants', index], tenant));
  for (const [name, prefill] of Object.entries(config.prefills))
    prefill.tenants.forEach((tenant, index) => needTenant(['prefills', name, 'tenants', index], tenant));
  findings.push(...checkPrefills(config, source));
  for (const [index, { tenants: allowed }] of config.ops.credentials.entries())
    allowed?.forEach((tenant, at) => needTenant(['ops', 'credentials', index, 'tenants', at], tenant));
  for (const [index, { match }] of config.routes.entries())
    match.tenants?.forEach((tenant, at) => needTenant(['routes', index, 'match', 'tenants', at], tenant));
  for (const name of Object.keys(config.instances)) {
    if (name === HUB_INSTANCE) findings.push(finding(source, ['instances', name], 'is the name under which the hub works by itself'));
  }
  if (config.bus.carrier === 'rabbitmq' && config.bus.rabbitmq === undefined)
    findings.push(finding(source, ['bus', 'carrier'], 'expects bus.rabbitmq beside it: at least its url'));
  findings.push(...checkPairsOfTimes(config, source), ...checkPressure(config, source), ...checkParallelRuns(config, source));
  for (const [name, { adapter }] of instances)
    if (adapter.kind !== 'dms' && config.instances[name]?.readBack.policy !== 'never')
      findings.push(finding(source, ['instances', name, 'readBack', 'policy'], `expects never: only a DMS is asked what it holds`));
  findings.push(...checkCatalogue(config, source, instances, needTenant));
  const names = new Set<string>();
  for (const [index, route] of config.routes.entries()) {
    if (names.has(route.name)) findings.push(finding(source, ['routes', index, 'name'], `is used twice: "${route.name}"`));
    names.add(route.name);
    findings.push(...checkRoute(route, index, config, source, instances));
  }
  return findings;
}

/** A submission that could never be let in would be told to come again for ever. */
function checkPressure({ intake: { pressure }, endpoints }: HubConfig, source: ConfigSource): ConfigFinding[] {
  const largest = Math.max(0, ...Object.values(endpoints).map(({ limits }) => limits.bodyBytesMax));
  if (pressure.memoryBytesMax >= 2 * largest) return [];
  const expected = `expects at least twice the largest bodyBytesMax (${2 * largest}): half of it is shared out to the municipalities`;
  return [finding(source, ['intake', 'pressure', 'memoryBytesMax'], expected)];
}

function checkCatalogue(
  { catalogue }: HubConfig,
  source: ConfigSource,
  instances: LoadedConfig['instances'],
  needTenant: (path: readonly PropertyKey[], tenant: string) => void,
): ConfigFinding[] {
  const fitting = [...instances].filter(([, { adapter }]) => adapter.kind === 'catalogue').map(([instance]) => instance);
  const findings: ConfigFinding[] = [];
  for (const [name, { instance, tenants }] of Object.entries(catalogue.sources)) {
    const at = ['catalogue', 'sources', name];
    tenants.forEach((tenant, index) => needTenant([...at, 'tenants', index], tenant));
    if (!fitting.includes(instance))
      findings.push(
        finding(
          source,
          [...at, 'instance'],
          `expects an instance of kind catalogue (${fitting.join(', ') || 'none configured'})`,
          instance,
          fitting,
        ),
      );
  }
  for (const [name, { tenants }] of Object.entries(catalogue.readers))
    tenants.forEach((tenant, index) => needTenant(['catalogue', 'readers', name, 'tenants', index], tenant));
  return findings;
}

function checkRoute(
  route: RouteConfig,
  index: number,
  config: HubConfig,
  source: ConfigSource,
  instances: LoadedConfig['instances'],
): ConfigFinding[] {
  const findings: ConfigFinding[] = [];
  const need = (path: readonly PropertyKey[], name: string, kind: AdapterKind): void => {
    const fitting = [...instances].filter(([, { adapter }]) => adapter.kind === kind).map(([instance]) => instance);
    if (!fitting.includes(name))
      findings.push(
        finding(source, path, `expects an instance of kind ${kind} (${fitting.join(', ') || 'none configured'})`, name, fitting),
      );
  };
  const endpoints = Object.keys(config.endpoints);
  for (const [position, name] of (route.match.endpoints ?? []).entries())
    if (!endpoints.includes(name))
      findings.push(finding(source, ['routes', index, 'match', 'endpoints', position], 'expects a listed endpoint', name, endpoints));
  if (route.reportTo !== undefined) need(['routes', index, 'reportTo'], route.reportTo, 'status');
  const earlier = new Set<string>();
  for (const [position, step] of route.steps.entries()) {
    const at = ['routes', index, 'steps', position];
    if (earlier.has(step.name)) findings.push(finding(source, [...at, 'name'], `is used twice: "${step.name}"`));
    if (RESERVED_STEP.test(step.name)) findings.push(finding(source, [...at, 'name'], 'is the name of a step that the hub adds by itself'));
    // Only earlier steps may be named: a plan without circles by construction.
    for (const name of step.after)
      if (!earlier.has(name))
        findings.push(finding(source, [...at, 'after'], `expects names of earlier steps, "${name}" is none`, name, earlier));
    earlier.add(step.name);
    if (step.kind === 'pickup') {
      const queues = Object.keys(config.queues);
      if (!queues.includes(step.queue))
        findings.push(finding(source, [...at, 'queue'], 'expects a queue listed under queues', step.queue, queues));
    } else need([...at, 'instance'], step.instance, ADAPTER_KIND[step.kind]);
    const rules = Object.keys(config.aktenplan);
    if (step.kind === 'filing' && step.rule !== undefined && !rules.includes(step.rule))
      findings.push(finding(source, [...at, 'rule'], 'expects a rule listed under aktenplan', step.rule, rules));
  }
  return findings;
}
