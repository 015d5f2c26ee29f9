// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { aDocument, anApplication } from '../../testing/src/index.js';
import type { FilingRequest } from '../ports/dms.js';
import { compileFolderPlan, type FilingPlan, previewOfPlan } from './folder-plan.js';

const FIRST = '0192f0a0-0000-7000-8000-000000000001';
const LATER = '0192f0a0-0000-7000-8000-000000000002';
const place = {
  ...{ rule: 'per-applicant', version: 3, classes: {} },
  akte: { key: 'per-applicant/1', title: 'Personenakte' },
  vorgang: { title: 'Anmeldung' },
};
const plan = compileFolderPlan({
  akte: { folder: '"Akte"' },
  vorgang: { folder: 'application.id', properties: { antrag: 'application.id', regel: 'filing.rule' } },
  names: 'windows',
  checksumFile: false,
});

function planOf(more: Partial<FilingRequest> = {}, actKey = 'act-1'): FilingPlan {
  return plan({ application: anApplication({ id: FIRST }), documents: [aDocument('Antrag.pdf')], ...more }, actKey);
}

describe('the folders of an act', () => {
  it('are those of the Akte and the Vorgang', () => {
    expect(planOf().folder).toEqual(['Akte', FIRST]);
  });

  it('are called by the rule where there is one, and told apart by keys and not by titles', () => {
    const [akte = '', vorgang = ''] = planOf({ place }).folder;
    expect(akte).toMatch(/^Personenakte [0-9a-f]{8}$/);
    expect(vorgang).toMatch(/^Anmeldung [0-9a-f]{8}$/);
    const other = planOf({
      place: { ...place, akte: { ...place.akte, key: 'per-applicant/2' } },
      application: anApplication({ id: LATER }),
    });
    expect(other.akte).not.toBe(akte);
    expect(other.vorgang).not.toBe(vorgang);
    expect(JSON.parse(planOf({ place }).contents)).toMatchObject({ properties: { regel: 'per-applicant' } });
  });

  it('of what is handed in later are below the Vorgang it joins, and say whose they are', () => {
    const application = anApplication({ id: LATER, receivedAt: '2026-03-04T10:00:00.000Z' });
    const joined = planOf({ application, joins: anApplication({ id: FIRST }) });
    expect(joined.folder).toEqual(['Akte', FIRST, expect.stringMatching(/^Nachgereicht 2026-03-04 [0-9a-f]{6}$/)]);
    expect(JSON.parse(joined.contents)).toMatchObject({ application: LATER, properties: { antrag: LATER, regel: '' } });
  });

  it('of what takes the place of older files are one for each act, and the older ones stay', () => {
    const folders = ['refresh-1', 'refresh-2'].map((actKey) => planOf({ refreshes: 'act-1' }, actKey).folder);
    for (const folder of folders) expect(folder).toEqual(['Akte', FIRST, expect.stringMatching(/^Aktualisiert [0-9a-f]{6}$/)]);
    expect(folders[0]).not.toEqual(folders[1]);
  });

  it('are shown before anything is filed', () => {
    const { cabinet, akte, vorgang, documents } = previewOfPlan(planOf(), '/ablage');
    expect({ cabinet, keys: [akte, vorgang, ...documents].map(({ key }) => key) }).toEqual({
      cabinet: '/ablage',
      keys: ['Akte', `Akte/${FIRST}`, `Akte/${FIRST}/Antrag.pdf`],
    });
  });
});
