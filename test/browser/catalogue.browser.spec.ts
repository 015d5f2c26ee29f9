// SPDX-License-Identifier: EUPL-1.2
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { FIXTURES, largeMessage } from '@amtsbote/adapters/catalogue-xzufi/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';

import { CatalogueTown } from '../journeys/support/catalogue-town.js';
import { ConsoleVisit } from './support/console-visit.js';

const CONFIG = 'test/fixtures/config/catalogue-console.yaml';
/** So many that reading them takes seconds: somebody has to see the bar. */
const OBJECTS = 90_000;
/** What is left of them later. */
const FEWER = 12_500;
/** A desk's screen, and a telephone's. */
const WIDTHS = [1366, 420];

describe('the service catalogue in the console, by keyboard alone', () => {
  let directory: string;
  let town: CatalogueTown;
  let visit: ConsoleVisit;
  let page: Page;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'amtsbote-catalogue-browser-'));
    await source(OBJECTS);
    town = await CatalogueTown.start(CONFIG, { XZUFI_FILE: join(directory, 'katalog.xml') });
    visit = await ConsoleVisit.begin(town.url);
    ({ page } = visit);
    const link = await town.ask('/ops/login-links', 'OPS_TOKEN', { method: 'POST' });
    await page.goto(((await link.json()) as { url: string }).url);
    await page.getByRole('heading', { name: 'Anträge', level: 1 }).waitFor();
  }, 60_000);
  afterEach(() => {
    expect({ complaints: visit.takeComplaints(), strangers: visit.strangers }).toEqual({ complaints: [], strangers: [] });
  });
  afterAll(async () => {
    await visit.end();
    await town.stop();
    await rm(directory, { recursive: true, force: true });
  }, 60_000);

  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const state = (name: string) => page.locator('main .kern-badge', { hasText: new RegExp(`^${name}$`) });
  /** What the source holds from now on. */
  async function source(objects: number): Promise<void> {
    await pipeline(Readable.from(largeMessage({ objects })), createWriteStream(join(directory, 'katalog.xml')));
  }
  /** Reads the source from the beginning and arrives at the run's page. */
  async function read(): Promise<void> {
    await visit.open('catalogue');
    await visit.enter(button('Einlesen: redaktion'));
    const dialog = page.getByRole('dialog', { name: 'Quelle einlesen: redaktion' });
    await dialog.waitFor();
    // A group of radio buttons is one stop; the arrows go on in it.
    await visit.tabTo(dialog.getByLabel('Was sich seit dem letzten Lauf geändert hat'));
    await page.keyboard.press('ArrowDown');
    expect(await dialog.getByLabel(/^Alles von vorn/).isChecked()).toBe(true);
    await visit.enter(dialog.getByRole('button', { name: 'Einlesen', exact: true }));
    await page.getByRole('heading', { name: /^Lauf \d+: redaktion$/, level: 1 }).waitFor();
  }

  it('is reached from every page, and says that nothing was read yet', async () => {
    await visit.follow(page.getByRole('link', { name: 'Leistungskatalog' }));
    await page.getByRole('heading', { name: 'Leistungskatalog', level: 1 }).waitFor();
    await page.getByText('Es gab noch keinen Lauf.').waitFor();
    await page
      .getByRole('row', { name: /^redaktion/ })
      .getByText('noch nie')
      .waitFor();
  }, 60_000);

  it('is read while somebody watches: bar, share, objects, pace, time left, and what came of it', async () => {
    await read();
    const bar = page.getByRole('progressbar', { name: 'Fortschritt des Lesens' });
    await bar.waitFor();
    const said = await page.locator('.progress p').innerText();
    expect(said).toMatch(/^\d+ % · [\d.]+ Objekte · .+ MB \/ .+ MB/);
    await state('übernommen').waitFor({ timeout: 60_000 });
    expect(await bar.count()).toBe(0);
    const counts = page.getByRole('table', { name: 'Änderungen nach Art der Objekte' });
    expect(await counts.getByRole('row', { name: /^Zuständigkeiten/ }).innerText()).toMatch(/Zuständigkeiten\s+0\s+[\d.]+\s+0\s+0/);
    await page.getByText('Vergleich mit einem anderen Lauf').waitFor({ state: 'detached' });
  }, 90_000);

  it('waits for a decision when much would go: what was read is seen, discarded, and nothing has changed', async () => {
    await source(FEWER);
    await read();
    await state('wartet auf Entscheidung').waitFor({ timeout: 60_000 });
    await page
      .getByText(/Ungewöhnlich viel würde entfallen: [\d.]+ von [\d.]+ Leistungen/)
      .first()
      .waitFor();
    await visit.enter(button('Verwerfen'));
    const dialog = page.getByRole('dialog', { name: /^Lauf verwerfen: Lauf \d+$/ });
    await dialog.getByText('der Katalog bleibt, wie er ist').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await visit.hasFocus(button('Verwerfen'))).toBe(true);
    await page.keyboard.press('Enter');
    await dialog.waitFor();
    await page.keyboard.press('Enter');
    await state('verworfen').waitFor();
    expect(await button('Übernehmen').count()).toBe(0);
  }, 90_000);

  it('takes it over all the same when somebody says so, compares, and goes back in one step', async () => {
    await read();
    await state('wartet auf Entscheidung').waitFor({ timeout: 60_000 });
    await visit.enter(button('Übernehmen'));
    await page.getByRole('dialog', { name: /^Trotzdem übernehmen/ }).waitFor();
    await page.keyboard.press('Enter');
    await state('übernommen').waitFor({ timeout: 60_000 });
    await visit.enter(button('Vergleichen'));
    const difference = page.getByRole('table', { name: 'Vergleich mit einem anderen Lauf' });
    await difference.getByText('entfallen').first().waitFor();
    await visit.open('catalogue');
    await visit.follow(page.locator('[id^=list-run-]').last());
    await visit.enter(button('Zu diesem Stand zurückkehren'));
    const dialog = page.getByRole('dialog', { name: /^Zurückkehren: Lauf 1$/ });
    await dialog.waitFor();
    await page.keyboard.press('Enter');
    await visit.arrive();
    await state('übernommen').waitFor({ timeout: 60_000 });
    expect(await page.getByRole('row', { name: /^Zuständigkeiten/ }).innerText()).toMatch(/Zuständigkeiten\s+[\d.]+\s+[1-9][\d.]*\s+0\s+0/);
    await visit.open('catalogue');
    await page
      .getByRole('row', { name: /^redaktion/ })
      .getByText('angehalten nach einer Rückkehr')
      .waitFor();
  }, 120_000);

  it('takes a document that is brought, shows its findings, and gives them as CSV', async () => {
    const file = join(directory, 'lieferung.xml');
    await writeFile(file, FIXTURES['M']?.files().at(-1)?.content ?? '');
    await visit.open('catalogue');
    await visit.enter(button('Dokument einbringen: redaktion'));
    const dialog = page.getByRole('dialog', { name: 'Dokument einbringen: redaktion' });
    await visit.tabTo(dialog.getByLabel('Dokument', { exact: true }));
    await dialog.getByLabel('Dokument', { exact: true }).setInputFiles(file);
    await visit.enter(dialog.getByRole('button', { name: 'Dokument einbringen' }));
    await visit.arrive();
    await state('übernommen').waitFor({ timeout: 60_000 });
    const findings = page.getByRole('table', { name: 'Befunde' });
    await findings.getByText('id-missing').waitFor();
    await findings.getByText('lieferung.xml, Zeile').first().waitFor();
    await visit.tabTo(page.getByRole('link', { name: 'Alle als CSV' }));
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    const csv = await readFile(await download.path(), 'utf8');
    expect(csv.split('\r\n')[0]).toBe('severity,code,message,document,line,kind,agency,id');
    expect(csv).toContain('muss,catalogue-xzufi/id-missing,');
  }, 90_000);

  it('says in words why a document was not taken', async () => {
    const file = join(directory, 'kaputt.xml');
    await writeFile(file, '<xzufi:transfer.operation.040122 xmlns:xzufi="http://xoev.de/schemata/xzufi/2_2_0"><a></b>');
    await visit.open('catalogue');
    await visit.enter(button('Dokument einbringen: redaktion'));
    const dialog = page.getByRole('dialog', { name: 'Dokument einbringen: redaktion' });
    await dialog.getByLabel('Dokument', { exact: true }).setInputFiles(file);
    await visit.enter(dialog.getByRole('button', { name: 'Dokument einbringen' }));
    await visit.arrive();
    await state('gescheitert').waitFor({ timeout: 60_000 });
    await page.getByRole('alert').filter({ hasText: 'catalogue-xzufi/' }).waitFor();
  }, 60_000);

  it.each(WIDTHS)(
    'fits into %d pixels, and everything on it has a name',
    async (width) => {
      await page.setViewportSize({ width, height: 800 });
      const faults: unknown[] = [];
      for (const place of ['catalogue', 'catalogue/1', 'catalogue/3']) {
        await visit.open(place);
        await page.getByRole('heading', { level: 1 }).waitFor();
        const [overhang, nameless] = [await visit.overhang(), await visit.nameless()];
        if (overhang > 0 || nameless.length > 0) faults.push({ place, overhang, nameless });
      }
      await visit.open('catalogue');
      await visit.enter(button('Einlesen: redaktion'));
      await page.getByRole('dialog').waitFor();
      const [overhang, nameless] = [await visit.overhang(), await visit.nameless()];
      if (overhang > 0 || nameless.length > 0) faults.push({ place: 'dialog', overhang, nameless });
      expect(faults).toEqual([]);
    },
    60_000,
  );
});
