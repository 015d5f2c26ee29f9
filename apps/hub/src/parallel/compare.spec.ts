// SPDX-License-Identifier: EUPL-1.2
import { aForm, anApplication, anAttachment } from '@amtsbote/adapter-kit/testing';
import type { Application, FormItem, FormValue } from '@amtsbote/canonical';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { compareApplications, type Sameness, tally } from './compare.js';

const field = (name: string, value: FormValue): FormItem => ({ kind: 'field', name, label: `Label of ${name}`, type: 'text', value });
const group = (name: string, ...items: FormItem[]): FormItem => ({ kind: 'group', name, label: name, items });
const PLAIN: Sameness = { sameFields: {}, ignoredFields: [] };
const withForm = (...form: FormItem[]): Application => ({ ...anApplication(), form });
const verdicts = (current: Application, next: Application, sameness = PLAIN): Record<string, string> =>
  Object.fromEntries(
    compareApplications(current, next, sameness)
      .filter(({ place }) => place.startsWith('form/'))
      .map(({ place, nextPlace, verdict }) => [nextPlace === undefined ? place : `${place} = ${nextPlace}`, verdict]),
  );

describe('two applications side by side', () => {
  it('are equal where they say the same, whatever id, reference and time of receipt are', () => {
    const current = { ...anApplication(), form: aForm() };
    const next: Application = { ...current, id: '0197a1d2-0000-7000-8000-00000000000b', receivedAt: '2026-01-01T00:00:00.000Z' };
    const facts = compareApplications(current, next, PLAIN);
    expect(facts.filter(({ verdict }) => verdict !== 'equal')).toEqual([]);
    expect(facts.length).toBeGreaterThan(5);
  });

  it('tell what differs, and what only one of them has', () => {
    const current = withForm(field('name', 'Erika'), field('strasse', 'Am Markt 1'), field('alt', 'x'));
    const next = withForm(field('name', 'Erika'), field('strasse', 'Am Markt 2'), field('neu', 'y'));
    expect(verdicts(current, next)).toEqual({
      'form/name': 'equal',
      'form/strasse': 'different',
      'form/alt': 'onlyCurrent',
      'form/neu': 'onlyNext',
    });
  });

  it('find a field again under the path that it is said to have, also when another one has its old path', () => {
    const current = withForm(group('adresse', field('strasse', 'Am Markt 1')), field('ort', 'Musterstadt'));
    const next = withForm(field('ort', 'Am Markt 1'), field('stadt', 'Musterstadt'));
    const sameFields = { ort: 'adresse/strasse', stadt: 'ort' };
    expect(verdicts(current, next, { ...PLAIN, sameFields })).toEqual({
      'form/adresse/strasse = form/ort': 'equal',
      'form/ort = form/stadt': 'equal',
    });
  });

  it('find a field again whose group has changed, when its name is left over once on each side', () => {
    const current = withForm(
      group('antragsteller', field('nachname', 'Mustermann'), field('tel', '1')),
      group('vertreter', field('tel', '2')),
    );
    const next = withForm(group('person', field('nachname', 'Mustermann'), field('tel', '1'), group('zweite', field('tel', '2'))));
    expect(verdicts(current, next)).toEqual({
      'form/antragsteller/nachname = form/person/nachname': 'equal',
      'form/antragsteller/tel': 'onlyCurrent',
      'form/vertreter/tel': 'onlyCurrent',
      'form/person/tel': 'onlyNext',
      'form/person/zweite/tel': 'onlyNext',
    });
  });

  it('compare repeated rows in their order', () => {
    const row = (name: string): FormItem => group('kind', field('vorname', name));
    expect(verdicts(withForm(row('Anna'), row('Ben')), withForm(row('Anna'), row('Carl'), row('Dora')))).toEqual({
      'form/kind/vorname': 'equal',
      'form/kind/vorname#2': 'different',
      'form/kind/vorname#3': 'onlyNext',
    });
  });

  it('take composed and decomposed umlauts and blanks around a text for the same, another type for another value', () => {
    expect(verdicts(withForm(field('a', 'Müller')), withForm(field('a', ' Mu\u0308ller ')))).toEqual({ 'form/a': 'equal' });
    expect(verdicts(withForm(field('a', '1')), withForm(field('a', 1)))).toEqual({ 'form/a': 'different' });
  });

  it('say of fields that may differ only that they are ignored', () => {
    const ignoredFields = ['zeit', 'nur/neu'];
    const current = withForm(field('zeit', '10:00'));
    const next = withForm(field('zeit', '10:01'), group('nur', field('neu', '')));
    expect(verdicts(current, next, { ...PLAIN, ignoredFields })).toEqual({ 'form/zeit': 'ignored', 'form/nur/neu': 'ignored' });
  });

  it('name no file in a place: what people call their files may say who they are', () => {
    const application: Application = { ...anApplication(), attachments: [anAttachment('eins'), anAttachment('zwei')] };
    const facts = compareApplications(application, application, PLAIN).filter(({ place }) => place.startsWith('attachment'));
    expect(facts).toHaveLength(4);
    for (const { place, label } of facts) expect(`${place} ${label}`).toMatch(/^attachment(?:s|Names)\/[a-z]+(?:#\d+)? [a-z]+$/);
  });

  it('lose no fact of either side, whatever the forms are', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const items = fc.letrec<{ item: FormItem }>((tie) => ({
      item: fc.oneof(
        { maxDepth: 3 },
        fc.record({ name, value: fc.string() }).map(({ name: of, value }) => field(of, value)),
        fc.record({ name, items: fc.array(tie('item'), { maxLength: 4 }) }).map(({ name: of, items: all }) => group(of, ...all)),
      ),
    })).item;
    const forms = fc.array(items, { maxLength: 5 });
    fc.assert(
      fc.property(forms, forms, (ours, theirs) => {
        const [current, next] = [withForm(...ours), withForm(...theirs)];
        const facts = compareApplications(current, next, PLAIN);
        const count = (application: Application): number => compareApplications(application, application, PLAIN).length;
        expect(facts.filter((fact) => 'current' in fact)).toHaveLength(count(current));
        expect(facts.filter((fact) => 'next' in fact)).toHaveLength(count(next));
      }),
      { numRuns: 200 },
    );
  });
});

describe('a tally of comparisons', () => {
  it('begins with what differs most', () => {
    const one = compareApplications(withForm(field('a', '1'), field('b', '1')), withForm(field('a', '1'), field('b', '2')), PLAIN);
    const two = compareApplications(withForm(field('a', '1'), field('b', '1')), withForm(field('a', '2')), PLAIN);
    const [first, second] = tally([one, two]);
    expect(first).toEqual({ place: 'form/b', label: 'Label of b', equal: 0, different: 1, onlyCurrent: 1, onlyNext: 0 });
    expect(second).toMatchObject({ place: 'form/a', equal: 1, different: 1 });
  });
});
