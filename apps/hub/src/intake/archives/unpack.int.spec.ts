// SPDX-License-Identifier: EUPL-1.2
import type { Application } from '@amtsbote/canonical';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { aDraft, startHouse, submitTo, type TestHouse } from '../../../../../test/support/house.js';
import type { EndpointConfig } from '../../config/endpoint-config.js';

/** `plaene/Lageplan.txt` and `Übersicht.txt`. */
const ZIP = Buffer.from(
  'UEsDBBQAAAAIAFUofF0kDOyOCgAAAAgAAAATAAAAcGxhZW5lL0xhZ2VwbGFuLnR4dPNJTE8tyEnMAwBQSwMEFAAACAgAVSh8XdUHiBkMAAAACgAAAA4AAADDnGJlcnNpY2h0LnR4dDs8Jym1qDgzOaMEAFBLAQIUAxQAAAAIAFUofF0kDOyOCgAAAAgAAAATAAAAAAAAAAAAAACAAQAAAABwbGFlbmUvTGFnZXBsYW4udHh0UEsBAhQDFAAACAgAVSh8XdUHiBkMAAAACgAAAA4AAAAAAAAAAAAAAIABOwAAAMOcYmVyc2ljaHQudHh0UEsFBgAAAAACAAIAfQAAAHMAAAAAAA==',
  'base64',
);
const LIMITS = { entriesMax: 10, entryBytesMax: 1_000, totalBytesMax: 10_000, ratioMax: 100 };

describe('archives among the attachments, on the database', () => {
  let house: TestHouse;
  beforeEach(async () => {
    house = await startHouse();
  });
  afterEach(async () => house.close());

  const names = async (unpackZip: EndpointConfig['unpackZip'], mediaType = 'application/zip'): Promise<string[][]> => {
    const endpoint = { ...house.endpoint, config: { ...house.endpoint.config, unpackZip } };
    const attachments = [{ name: 'Anlagen.zip', mediaType, purpose: 'attachment', bytes: ZIP } as const];
    const { id } = await submitTo(house, endpoint, house.targets, aDraft({ attachments }));
    const [row] = await house.query<{ document: Application }>('SELECT document FROM application WHERE id = $1', [id]);
    return (row?.document.attachments ?? []).map(({ name, originalName, mediaType: type }) => [name, originalName, type]);
  };
  const blobs = async (): Promise<number> => {
    let count = 0;
    for await (const _id of house.house.blobs.listOlderThan(new Date(8.64e15))) count += 1;
    return count;
  };

  it('stay closed where nobody asks for it', async () => {
    expect(await names(undefined)).toEqual([['Anlagen.zip', 'Anlagen.zip', 'application/zip']]);
  });

  it('are unpacked beside themselves, told by their content, with safe names and the original ones', async () => {
    expect(await names(LIMITS, 'application/octet-stream')).toEqual([
      ['Anlagen.zip', 'Anlagen.zip', 'application/zip'],
      ['Lageplan.txt', 'plaene/Lageplan.txt', 'application/octet-stream'],
      ['Übersicht.txt', 'Übersicht.txt', 'application/octet-stream'],
    ]);
    expect(await blobs()).toBe(3);
  });

  it('stay closed when they do not keep the limits, and nothing of them is left', async () => {
    expect(await names({ ...LIMITS, totalBytesMax: 10 })).toHaveLength(1);
    expect(await names({ ...LIMITS, entriesMax: 1 })).toHaveLength(1);
    expect(await blobs()).toBe(2);
  });
});
