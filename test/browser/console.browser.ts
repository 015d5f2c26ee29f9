// SPDX-License-Identifier: EUPL-1.2
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

import { eventually } from '../journeys/support/eventually.js';
import { OpsClient } from '../journeys/support/ops-client.js';
import { type RunningTown, startTown } from '../journeys/support/running-town.js';
import { CANARY, Citizens, twoTownsConfig } from '../journeys/support/two-towns.js';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** A service name as a hostile form server would send it. */
const MARKUP = '<img src=x onerror="document.title=1"> & <b>fett</b>';

describe('the console in a browser', () => {
  let running: RunningTown;
  let admin: OpsClient;
  let citizens: Citizens;
  let profile: string;
  let browser: BrowserContext;
  let page: Page;
  /** What the page or its content policy complained about. */
  const complaints: string[] = [];

  beforeAll(async () => {
    if (!existsSync('dist/console/apps/console/src/main.js')) throw new Error('the console is not compiled: npm run build');
    running = await startTown({ configFile: await twoTownsConfig() });
    const { hub, town } = running;
    admin = new OpsClient(hub.url, town.secrets.HUB_OPS_TOKEN);
    citizens = new Citizens(hub.url, town.secrets.TOWN_FORMS_TOKEN);
    profile = await mkdtemp(join(tmpdir(), 'amtsbote-browser-'));
    browser = await chromium.launchPersistentContext(profile, { executablePath: CHROMIUM, headless: true, args: ARGS });
    page = await browser.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    const { body } = await admin.call<{ url: string }>('POST', '/ops/login-links');
    await page.goto(body.url);
    await page.getByRole('heading', { name: 'Anträge' }).waitFor();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await running.stop();
    await rm(profile, { recursive: true, force: true });
  }, 60_000);

  it('finds an application by its reference and tells its story', async () => {
    const submissionId = await citizens.apply();
    await eventually(async () => expect((await admin.bySubmission(submissionId)).progress).toBe('finished'));
    const { reference } = await admin.bySubmission(submissionId);
    await page.getByLabel('Vorgangsnummer, ID des Absenders oder Antrags-ID').fill(reference.toLowerCase());
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: reference }).click();
    await page.getByRole('heading', { name: new RegExp(reference) }).waitFor();
    const story = await page.getByRole('listitem').allInnerTexts();
    expect(story.join('\n')).toMatch(/Antrag angenommen[\s\S]*Zahlung angefordert[\s\S]*Vom Fachverfahren übernommen[\s\S]*Abgeschlossen/);
    expect(await page.content()).not.toContain(CANARY);
  }, 60_000);

  it('lets a person retry a parked step by keyboard, with a reason', async () => {
    running.town.dms.fail('unauthorised');
    const submissionId = await citizens.apply();
    await eventually(async () => expect((await admin.bySubmission(submissionId)).progress).toBe('parked'));
    running.town.dms.heal();
    const { id, reference } = await admin.bySubmission(submissionId);
    await page.goto(`${running.hub.url}/console/#/applications/${id}`);
    const retry = page.getByRole('button', { name: `Wiederholen: file, ${reference}` });
    await retry.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Schritt wiederholen: file' });
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await retry.and(page.locator(':focus')).count()).toBe(1);
    await page.keyboard.press('Enter');
    await page.keyboard.type('Kennwort berichtigt');
    await dialog.getByRole('button', { name: 'Wiederholen' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('Der Adapter ist angehalten; der Schritt wartet.').waitFor();
    await page.goto(`${running.hub.url}/console/#/instances`);
    await page.getByRole('button', { name: 'Fortsetzen: eakte' }).click();
    await page.keyboard.type('Kennwort berichtigt');
    await page.getByRole('dialog').getByRole('button', { name: 'Fortsetzen' }).click();
    await eventually(async () => expect((await admin.bySubmission(submissionId)).progress).toBe('finished'));
  }, 60_000);

  it('shows what a sender wrote as text, whatever it is', async () => {
    await citizens.apply('gewerbe', MARKUP);
    await page.goto(`${running.hub.url}/console/#/applications`);
    await page.getByText(MARKUP).first().waitFor();
    expect(await page.locator('main img').count()).toBe(0);
    expect(await page.title()).toBe('Anträge – Amtsbote');
  }, 60_000);

  it('speaks English when asked', async () => {
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'Applications' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    await page.getByRole('button', { name: 'Deutsch' }).click();
    await page.getByRole('heading', { name: 'Anträge' }).waitFor();
  }, 60_000);

  it('asks for a new link after logging out', async () => {
    expect(complaints).toEqual([]);
    await page.getByRole('button', { name: 'Abmelden' }).click();
    await page.getByRole('heading', { name: 'Anmeldung nötig' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Anmeldung nötig' }).waitFor();
  }, 60_000);
});
