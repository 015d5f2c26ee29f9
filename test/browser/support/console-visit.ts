// SPDX-License-Identifier: EUPL-1.2
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type BrowserContext, chromium, type Locator, type Page, type Request } from 'playwright-core';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
/** Nothing of its own accord, and no sandbox: that one refuses to run as root, and the only page it sees is ours. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** More stops than any page of the console has: who needs more goes in circles. */
const TABS_MAX = 120;
/** Roles that mean nothing to a person who cannot see them unless they have a name. */
const NAMELESS = /^\s*- (button|link|textbox|searchbox|combobox|checkbox|radio|dialog|table|region|navigation|img)(?=$|:| \[)/;

/** A person with a fresh browser at the console; keeps what the page complained about and whom it asked. */
export class ConsoleVisit {
  /** Errors in the browser's console and exceptions nobody caught, since they were last taken. */
  private complaints: string[] = [];
  /** Requests to anybody but the hub. */
  readonly strangers: string[] = [];

  private constructor(
    private readonly profile: string,
    private readonly context: BrowserContext,
    readonly page: Page,
    private readonly hubUrl: string,
  ) {}

  /** Opens a browser with a profile of its own. @param hubUrl everything else is a stranger. */
  static async begin(hubUrl: string): Promise<ConsoleVisit> {
    const profile = await mkdtemp(join(tmpdir(), 'amtsbote-browser-'));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: CHROMIUM,
      headless: true,
      args: ARGS,
      locale: 'de-DE',
      timezoneId: 'Europe/Berlin',
      viewport: { width: 1366, height: 768 },
    });
    const visit = new ConsoleVisit(profile, context, await context.newPage(), hubUrl);
    context.on('request', (request) => visit.noteStranger(request));
    visit.page.on('console', (message) => {
      if (message.type() === 'error') visit.complaints.push(message.text());
    });
    visit.page.on('pageerror', (error) => visit.complaints.push(error.message));
    return visit;
  }

  async end(): Promise<void> {
    await this.context.close();
    await rm(this.profile, { recursive: true, force: true });
  }

  /** Opens a place of the console, `applications/…` for instance, as from a bookmark. */
  async open(place: string): Promise<void> {
    // Else only the part after # would change, and the page would not be loaded.
    await this.page.goto('about:blank');
    await this.page.goto(`${this.hubUrl}/console/#/${place}`);
    await this.page.getByRole('heading', { level: 1 }).waitFor();
  }

  /** What was complained about since the last call. */
  takeComplaints(): readonly string[] {
    return this.complaints.splice(0);
  }

  /** Presses the tabulator until this has the focus. @throws Error when it cannot be reached, or when a stop on the way cannot be seen. */
  async tabTo(target: Locator): Promise<void> {
    await target.waitFor();
    for (let stops = 0; stops < TABS_MAX; stops += 1) {
      await this.page.keyboard.press('Tab');
      if (!(await this.seesFocus())) throw new Error(`the focus cannot be seen on ${await this.focused()}`);
      if (await this.hasFocus(target)) return;
    }
    throw new Error(`${target.toString()} cannot be reached by keyboard`);
  }

  /** Reaches this by keyboard and presses Enter. */
  async enter(target: Locator): Promise<void> {
    await this.tabTo(target);
    await this.page.keyboard.press('Enter');
  }

  /** Reaches this link by keyboard, follows it, and waits until the focus is at the beginning of the new place. */
  async follow(link: Locator): Promise<void> {
    await this.enter(link);
    await this.arrive();
  }

  /** Waits for a new place: the console puts the focus on its beginning. */
  async arrive(): Promise<void> {
    await this.page.locator('main:focus').waitFor();
  }

  /** Answers the open dialog: the focus is in the field for the reason, the rest goes by keyboard too. */
  async giveReason(title: string, reason: string, action: string): Promise<void> {
    const dialog = this.page.getByRole('dialog', { name: title });
    await dialog.waitFor();
    await this.page.keyboard.type(reason);
    await this.enter(dialog.getByRole('button', { name: action, exact: true }));
    await dialog.waitFor({ state: 'detached' });
  }

  async hasFocus(target: Locator): Promise<boolean> {
    return (await target.and(this.page.locator(':focus')).count()) === 1;
  }

  /** How many pixels of the page lie outside of the window's width: who reads it would have to scroll sideways. */
  async overhang(): Promise<number> {
    return this.page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  }

  /** Whatever can be operated or is a landmark, and tells a screen reader no name. */
  async nameless(): Promise<readonly string[]> {
    const snapshot = await this.page.locator('body').ariaSnapshot();
    return snapshot.split('\n').filter((line) => NAMELESS.test(line));
  }

  private noteStranger(request: Request): void {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'data:' && origin !== new URL(this.hubUrl).origin) this.strangers.push(request.url());
  }

  private async focused(): Promise<string> {
    return this.page.evaluate<string>('document.activeElement.outerHTML.slice(0, 200)');
  }

  /** After the last stop the focus is in the browser's own bars, not on the page; what has no stop of its own needs no mark. */
  private async seesFocus(): Promise<boolean> {
    return this.page.evaluate<boolean>(
      `(() => {
        const element = document.activeElement;
        if (element === null || element.tabIndex < 0) return true;
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
        return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
      })()`,
    );
  }
}
