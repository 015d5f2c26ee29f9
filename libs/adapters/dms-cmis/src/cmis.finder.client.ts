// SPDX-License-Identifier: EUPL-1.2
import type { Found } from '@amtsbote/adapter-kit';

import type { CmisClient } from './cmis.client.js';
import { CmisFailure, isNotFound, Unfit } from './cmis.errors.js';
import type { ObjectPlan } from './cmis.mapping.js';
import type { CmisOptions } from './cmis.options.js';
import { type TargetType, targetType } from './cmis.types.mapping.js';
import { type ObjectAnswer, queryByProperty } from './cmis.wire.js';

/** An object in the repository. `title` is its name, as a clerk sees it. */
export type Item = { id: string; title: string };
/** A folder something is looked for in, or created in. */
export interface Folder {
  readonly id: string;
  /** Its path from the root, segment by segment; asked for when it is needed. */
  path(): Promise<readonly string[]>;
}
/** How objects of a type are found again. */
export type Way = 'query' | 'children' | 'name';

/** Capabilities with which properties can be searched for. */
const SEARCHES = new Set(['metadataonly', 'bothseparate', 'bothcombined']);

/** Looks for things in the repository; changes nothing. Throws what the client throws. */
export class Finder {
  constructor(
    private readonly client: CmisClient,
    private readonly options: CmisOptions,
  ) {}

  /** A configured type, compared with the configuration. @throws Unfit */
  async type(role: 'akte' | 'vorgang' | 'document', signal: AbortSignal): Promise<TargetType> {
    const options = this.options[role];
    const definition = await this.definition(options.type, signal);
    const secondary = await Promise.all(options.secondaryTypes.map((id) => this.definition(id, signal)));
    return targetType(role, options, definition, secondary);
  }

  /** By query where the repository can, else by looking through the folder; without a key property by name. */
  async wayFor(type: TargetType, signal: AbortSignal): Promise<Way> {
    if (type.options.keyProperty === undefined) return 'name';
    const { capabilities } = await this.client.repository(signal);
    return type.keyQueryName !== undefined && SEARCHES.has(capabilities?.capabilityQuery ?? 'none') ? 'query' : 'children';
  }

  /** The folder for new Akten. */
  async akteParent(signal: AbortSignal, parent: CmisOptions['akte']['parent'] = this.options.akte.parent): Promise<Folder> {
    try {
      const at = 'id' in parent ? parent : { path: segmentsOf(parent.path) };
      const { properties } = await this.client.object(at, signal);
      return this.folder(String(properties['cmis:objectId']), signal, pathIn(properties));
    } catch (error) {
      if (!isNotFound(error)) throw error;
      throw new Unfit('misconfigured', 'folder-missing', 'The folder for Akten is not there, or may not be seen', 'dmsMissing');
    }
  }

  /** A folder that is known by its id; its path is asked for once, when it is needed. */
  folder(id: string, signal: AbortSignal, known?: readonly string[]): Folder {
    let path: Promise<readonly string[]> | undefined = known === undefined ? undefined : Promise.resolve(known);
    const asked = async (): Promise<readonly string[]> => {
      const { properties } = await this.client.object({ id }, signal);
      const found = pathIn(properties);
      // Without a path there is nothing to look at: the repository is not as CMIS 1.1 has it.
      if (found === undefined) throw new CmisFailure(200, 'notSupported');
      return found;
    };
    return { id, path: () => (path ??= asked()) };
  }

  /** The object with the plan's key. */
  async find(plan: ObjectPlan, parent: Folder, signal: AbortSignal): Promise<Found<Item>> {
    const way = await this.wayFor(plan.type, signal);
    if (way === 'name') return this.byName(plan, parent, signal);
    const hits = new Map<string, Item>();
    for await (const object of way === 'query' ? this.queried(plan, signal) : this.lookedThrough(plan, parent, signal)) {
      const { properties } = object;
      if (properties['cmis:isPrivateWorkingCopy'] === true) continue;
      const item = itemOf(object);
      // Versions of one document are one document; a repository that shows several shows the latest first or last, and says which on request.
      const series = properties['cmis:versionSeriesId'];
      hits.set(typeof series === 'string' ? series : item.id, item);
      if (hits.size > 1) return 'cannotTell';
    }
    const [hit] = hits.values();
    return hit === undefined ? 'absent' : { found: hit };
  }

  /** What lies under a name, when it is the plan's object; `other` when it is another one. */
  async at(name: string, plan: ObjectPlan, parent: Folder, signal: AbortSignal): Promise<Item | 'other' | undefined> {
    const path = [...(await parent.path()), name];
    try {
      const object = await this.client.object({ path }, signal);
      return isSame(object, plan) ? itemOf(object) : 'other';
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  private async byName(plan: ObjectPlan, parent: Folder, signal: AbortSignal): Promise<Found<Item>> {
    for (const name of plan.names) {
      const item = await this.at(name, plan, parent, signal);
      if (item !== undefined && item !== 'other') return { found: item };
    }
    return 'absent';
  }

  private queried({ type, key }: ObjectPlan, signal: AbortSignal): AsyncGenerator<ObjectAnswer, void> {
    const { role, definition, keyQueryName = '' } = type;
    const from = { queryName: definition.queryName ?? definition.id, isDocument: role === 'document' };
    return this.client.query(queryByProperty(from, keyQueryName, key), signal);
  }

  private async *lookedThrough(plan: ObjectPlan, parent: Folder, signal: AbortSignal): AsyncGenerator<ObjectAnswer, void> {
    let seen = 0;
    for await (const object of this.client.children(parent.id, signal)) {
      seen += 1;
      if (seen > this.options.limits.childrenMax) {
        const message = 'A folder holds more than limits.childrenMax objects, and the repository cannot search';
        throw new Unfit('misconfigured', 'folder-too-full', message, 'dmsMissing');
      }
      if (isSame(object, plan)) yield object;
    }
  }

  private async definition(id: string, signal: AbortSignal): Promise<Awaited<ReturnType<CmisClient['type']>>> {
    try {
      return await this.client.type(id, signal);
    } catch (error) {
      const isUnknown = isNotFound(error) || (error instanceof CmisFailure && error.exception === 'invalidArgument');
      throw isUnknown ? new Unfit('misconfigured', 'unknown-type', `The repository has no type ${id}`, 'dmsType') : error;
    }
  }
}

/** By its key property; without one, a name with the code of the key says enough, and a folder of the Akte's name is the Akte. */
function isSame({ properties }: ObjectAnswer, { type, key }: ObjectPlan): boolean {
  const { keyProperty } = type.options;
  const value = keyProperty === undefined ? key : properties[keyProperty];
  return properties['cmis:baseTypeId'] === type.definition.baseId && (Array.isArray(value) ? value[0] : value) === key;
}

/** Id and name. */
export function itemOf({ properties }: ObjectAnswer): Item {
  const name = properties['cmis:name'];
  return { id: String(properties['cmis:objectId']), title: typeof name === 'string' ? name : '' };
}

function pathIn(properties: ObjectAnswer['properties']): string[] | undefined {
  const path = properties['cmis:path'];
  return typeof path === 'string' ? segmentsOf(path) : undefined;
}
function segmentsOf(path: string): string[] {
  return path.split('/').filter(Boolean);
}
