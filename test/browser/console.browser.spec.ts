// SPDX-License-Identifier: EUPL-1.2
import { existsSync } from 'node:fs';

import type { ApplicationSummary } from '@amtsbote/ops-api';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';

import { eventually } from '../journeys/support/eventually.js';
import { OpsClient } from '../journeys/support/ops-client.js';
import { type RunningTown, startTown } from '../journeys/support/running-town.js';
import { CANARY, Citizens, twoTownsConfig } from '../journeys/support/two-towns.js';
import { ConsoleVisit } from './support/console-visit.js';

/** A service name as a hostile form server would send it. */
const MARKUP = '<img src=x onerror="document.title=1"> & <b>fett</b>';
const REASON = 'Kennwort berichtigt';
const SEARCH = 'Vorgangsnummer, ID des Absenders oder Antrags-ID';
/** A desk's screen, and a telephone's. */
const WIDTHS = [1366, 420];

describe('the console in a browser, by keyboard alone', () => {
  let running: RunningTown;
  let admin: OpsClient;
  let citizens: Citizens;
  let visit: ConsoleVisit;
  let page: Page;

  beforeAll(async () => {
    if (!existsSync('dist/console/apps/console/src/main.js')) throw new Error('the console is not compiled: npm run build');
    running = await startTown({ configFile: await twoTownsConfig() });
    const { hub, town } = running;
    admin = new OpsClient(hub.url, town.secrets.HUB_OPS_TOKEN);
    citizens = new Citizens(hub.url, town.secrets.TOWN_FORMS_TOKEN);
    visit = await ConsoleVisit.begin(hub.url);
    ({ page } = visit);
  }, 60_000);
  afterEach(() => {
    expect({ complaints: visit.takeComplaints(), strangers: visit.strangers }).toEqual({ complaints: [], strangers: [] });
  });
  afterAll(async () => {
    await visit.end();
    await running.stop();
  }, 60_000);

  const button = (name: string) => page.getByRole('button', { name, exact: true });
  async function progresses(submissionId: string, progress: string): Promise<ApplicationSummary> {
    await eventually(async () => expect((await admin.bySubmission(submissionId)).progress).toBe(progress));
    return admin.bySubmission(submissionId);
  }
  /** An application whose filing waits for a person because the DMS refuses the hub's password; the DMS is healed again. */
  async function aParkedApplication(): Promise<ApplicationSummary> {
    running.town.dms.fail('unauthorised');
    const parked = await progresses(await citizens.apply(), 'parked');
    running.town.dms.heal();
    return parked;
  }
  async function resumeDms(): Promise<void> {
    await visit.open('instances');
    await visit.enter(button('Fortsetzen: eakte'));
    await visit.giveReason('Adapter fortsetzen: eakte', REASON, 'Fortsetzen');
    await button('Anhalten: eakte').waitFor();
  }

  it('opens with the one-time link, in German, and keeps the link out of the address', async () => {
    const { body } = await admin.call<{ url: string }>('POST', '/ops/login-links');
    await page.goto(body.url);
    await page.getByRole('heading', { name: 'Anträge', level: 1 }).waitFor();
    expect(page.url()).not.toContain('token');
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    expect(await page.title()).toBe('Anträge – Amtsbote');
    await page.keyboard.press('Tab');
    expect(await visit.hasFocus(page.getByRole('link', { name: 'Zum Inhalt' }))).toBe(true);
  }, 60_000);

  it('finds an application by its reference and tells its story without a name of the applicant', async () => {
    const { reference } = await progresses(await citizens.apply(), 'finished');
    await progresses(await citizens.apply(), 'finished');
    await visit.tabTo(page.getByLabel(SEARCH));
    await page.keyboard.type(reference.toLowerCase());
    await page.keyboard.press('Enter');
    await visit.arrive();
    const found = page.getByRole('table', { name: 'Anträge, neueste zuerst' }).getByRole('rowheader');
    expect(await found.allInnerTexts()).toEqual([reference]);
    await visit.follow(page.getByRole('link', { name: reference }));
    await page.getByRole('heading', { name: new RegExp(reference) }).waitFor();
    const story = await page.getByRole('listitem').allInnerTexts();
    expect(story.join('\n')).toMatch(/Antrag angenommen[\s\S]*Zahlung angefordert[\s\S]*Vom Fachverfahren übernommen[\s\S]*Abgeschlossen/);
    // An event without a German title would show its technical name.
    const titles = await page.locator('.timeline strong').allInnerTexts();
    expect(titles.filter((title) => /^[a-z-]+\.[a-z.-]+$/.test(title))).toEqual([]);
    expect(await page.content()).not.toContain(CANARY);
  }, 60_000);

  it('retries a parked step with a reason; Escape changes nothing and gives the focus back', async () => {
    const { id, reference, submissionId } = await aParkedApplication();
    await visit.open('parked');
    const group = page.getByRole('table', { name: 'Geparkte Schritte, gleiche Fehler zusammengefasst' });
    await visit.follow(group.getByRole('link', { name: 'Anzeigen' }));
    await visit.follow(page.getByRole('link', { name: reference }));
    const retry = button(`Wiederholen: file, ${reference}`);
    await visit.enter(retry);
    const dialog = page.getByRole('dialog', { name: 'Schritt wiederholen: file' });
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await visit.hasFocus(retry)).toBe(true);
    expect(await admin.step(id, 'file')).toMatchObject({ state: 'parked' });
    await page.keyboard.press('Enter');
    await visit.giveReason('Schritt wiederholen: file', REASON, 'Wiederholen');
    await page.getByText('Der Adapter ist angehalten; der Schritt wartet.').waitFor();
    await resumeDms();
    await progresses(submissionId, 'finished');
  }, 60_000);

  it('skips a parked step, and asks for a reason until there is one', async () => {
    const { id, reference, submissionId } = await aParkedApplication();
    await visit.open(`applications/${id}`);
    await visit.enter(button(`Überspringen: file, ${reference}`));
    const dialog = page.getByRole('dialog', { name: 'Schritt überspringen: file' });
    await dialog.getByText('was auf ihn wartet, geht weiter').waitFor();
    await visit.enter(dialog.getByRole('button', { name: 'Überspringen' }));
    expect(await dialog.isVisible()).toBe(true);
    await visit.tabTo(dialog.getByRole('textbox'));
    await visit.giveReason('Schritt überspringen: file', 'liegt schon in der Akte', 'Überspringen');
    await page.getByRole('row', { name: /^file/ }).getByText('übersprungen').waitFor();
    await resumeDms();
    await progresses(submissionId, 'finished');
    const { entries } = await admin.timeline(id);
    expect(entries.find(({ event }) => event === 'step.skipped')?.data).toMatchObject({ reason: 'liegt schon in der Akte' });
  }, 60_000);

  it('pauses an adapter, whose steps then wait, and resumes it', async () => {
    await visit.open('instances');
    await visit.enter(button('Anhalten: eakte'));
    await visit.giveReason('Adapter anhalten: eakte', 'Wartung am Abend', 'Anhalten');
    await page
      .getByRole('row', { name: /^eakte/ })
      .getByText(/^Wartung am Abend, durch .*admin$/)
      .waitFor();
    const submissionId = await citizens.apply();
    await eventually(async () => {
      const { id } = await admin.bySubmission(submissionId);
      expect(await admin.step(id, 'file')).toMatchObject({ state: 'due' });
    });
    await resumeDms();
    await progresses(submissionId, 'finished');
  }, 60_000);

  it('probes every adapter and says which one is out of order', async () => {
    await visit.open('instances');
    await visit.enter(button('Alle prüfen'));
    const results = page.locator('.probes > li');
    await results.first().waitFor();
    const probed = await results.allInnerTexts();
    expect(probed.map((text) => text.split('\n', 1)[0])).toEqual(expect.arrayContaining(['eakte', 'epayment', 'portal']));
    expect(probed.filter((text) => !text.includes('in Ordnung'))).toEqual([]);
    running.town.dms.fail('unauthorised');
    await visit.enter(button('Alle prüfen'));
    await results.filter({ hasText: 'gestört' }).waitFor();
    expect(await results.filter({ hasText: 'gestört' }).allInnerTexts()).toEqual([expect.stringMatching(/^eakte/)]);
    running.town.dms.heal();
  }, 60_000);

  it('shows what a sender wrote as text, whatever it is', async () => {
    await citizens.apply('gewerbe', MARKUP);
    await visit.open('applications');
    await page.getByText(MARKUP).first().waitFor();
    expect(await page.locator('main img').count()).toBe(0);
    expect(await page.title()).toBe('Anträge – Amtsbote');
  }, 60_000);

  it.each(WIDTHS)(
    'fits into %d pixels, and everything on it has a name',
    async (width) => {
      const { id, reference } = await progresses(await citizens.apply('sonstiges'), 'parked');
      await page.setViewportSize({ width, height: 800 });
      const faults: unknown[] = [];
      const look = async (place: string): Promise<void> => {
        const [overhang, nameless] = [await visit.overhang(), await visit.nameless()];
        if (overhang > 0 || nameless.length > 0) faults.push({ place, overhang, nameless });
      };
      for (const [place, heading] of [
        ['applications', 'Anträge'],
        ['parked', 'Geparkt: wartet auf einen Menschen'],
        ['instances', 'Adapter'],
        [`applications/${id}`, new RegExp(reference)],
      ] as const) {
        await visit.open(place);
        await page.getByRole('heading', { name: heading, level: 1, exact: true }).waitFor();
        await look(place);
      }
      await visit.enter(button('Umleiten'));
      await page.getByRole('dialog').waitFor();
      await look('dialog');
      await page.keyboard.press('Escape');
      expect(faults).toEqual([]);
    },
    60_000,
  );

  it('speaks English when asked', async () => {
    await visit.open('applications');
    await visit.enter(button('English'));
    await page.getByRole('heading', { name: 'Applications', level: 1 }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    await visit.enter(button('Deutsch'));
    await page.getByRole('heading', { name: 'Anträge', level: 1 }).waitFor();
  }, 60_000);

  it('asks for a new link after logging out', async () => {
    await visit.enter(button('Abmelden'));
    await page.getByRole('heading', { name: 'Anmeldung nötig' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Anmeldung nötig' }).waitFor();
    // The one refusal a browser reports is the one that is meant.
    expect(visit.takeComplaints()).toEqual([expect.stringContaining('401')]);
  }, 60_000);
});
