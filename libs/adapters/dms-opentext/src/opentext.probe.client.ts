// SPDX-License-Identifier: EUPL-1.2
import type { ProbeReport } from '@amtsbote/adapter-kit';

import type { OpentextClient } from './opentext.client.js';
import { asDeliveryError, Unfit } from './opentext.errors.js';
import { ATTRIBUTE, type OpentextOptions } from './opentext.options.js';
import { SUBTYPE } from './opentext.wire.js';

type Check = ProbeReport['checks'][number];

/** The folder in which Akten are created. @throws Unfit when a part of its path is not there, or not once. */
export async function cabinetOf(client: OpentextClient, parent: OpentextOptions['akte']['parent'], signal: AbortSignal): Promise<string> {
  if ('id' in parent) return parent.id;
  let place = parent.root;
  for (const name of parent.path.split('/').slice(1)) {
    const folders = (await client.children(place, name.normalize('NFC'), signal)).filter(({ type }) => type === SUBTYPE.folder);
    const [folder] = folders;
    if (folder === undefined || folders.length > 1) {
      throw new Unfit('misconfigured', 'folder-missing', `There is no one folder "${name}" of the path ${parent.path}`, 'dmsMissing');
    }
    place = folder.id;
  }
  return place;
}

/** Looks at reachability, credentials, the folder for Akten with the rights there, and the categories; reads only, never throws. */
export async function probeOpentext(client: OpentextClient, options: OpentextOptions, signal: AbortSignal): Promise<ProbeReport> {
  const login = await check('login', signal, async () => {
    await client.login(signal);
    return 'ticket given';
  });
  if (!login.ok) return { ok: false, checks: [login] };
  const known: { cabinet?: string } = {};
  const folder = await check('folder for Akten', signal, async () => {
    const id = await cabinetOf(client, options.akte.parent, signal);
    const { type, permissions } = await client.node(id, signal);
    if (type === SUBTYPE.document || type === SUBTYPE.category) throw new Mismatch('is no folder');
    known.cabinet = id;
    if (permissions?.perm_create === false) throw new Mismatch('the user may not create anything in it');
    return permissions?.perm_create === true ? 'is there, and Akten may be created in it' : 'is there; rights are not told';
  });
  const checks = [login, folder];
  const { cabinet } = known;
  if (cabinet !== undefined) {
    for (const [category, attributes] of categoriesOf(options)) {
      checks.push(await check(`category ${category}`, signal, () => compared(client, cabinet, category, attributes, signal)));
    }
  }
  return { ok: checks.every(({ ok }) => ok), checks };
}

function categoriesOf({ akte, vorgang, document }: OpentextOptions): Map<string, Set<string>> {
  const categories = new Map<string, Set<string>>();
  for (const name of [akte, vorgang, document].flatMap(({ properties }) => Object.keys(properties))) {
    const category = ATTRIBUTE.exec(name)?.[1] ?? '';
    categories.set(category, (categories.get(category) ?? new Set()).add(name));
  }
  return categories;
}

async function compared(
  client: OpentextClient,
  cabinet: string,
  category: string,
  wanted: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<string> {
  const { type, name } = await client.node(category, signal);
  if (type !== SUBTYPE.category) throw new Mismatch(`${category} is no category`);
  const known = await client.attributes(cabinet, category, signal);
  const missing = [...wanted].filter((attribute) => !known.includes(attribute));
  if (missing.length > 0) throw new Mismatch(`${name} has no attribute ${missing.join(', ')}`);
  return `${name} fits`;
}

/** The configuration and the server do not fit together. */
class Mismatch extends Error {
  override readonly name = 'Mismatch';
}

async function check(name: string, signal: AbortSignal, look: () => Promise<string>): Promise<Check> {
  try {
    return { name, ok: true, detail: await look() };
  } catch (error) {
    const failure = error instanceof Mismatch ? error : asDeliveryError(error, { repeatable: true, signal });
    return { name, ok: false, detail: failure instanceof Error ? failure.message : 'failed' };
  }
}
