/** Every screen of the app over a demo that runs: it has something to show, no barrier, no error, and room for itself. */
import { rm } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressOf as addressWith, LOOKS, SCREENS } from '../../scripts/screens.mjs';
import { buildWeb } from '../../scripts/web.mjs';
import { openChromium } from '../clients/chromium.ts';
import { addressOf, type Built, build, type CliProcess, spawnCli } from '../demo/cli-process.ts';
import { keptTempFolder } from '../support/temp-folder.ts';
import { barriers, leaveOut, newReader, settled } from './browser.ts';

let built: Built;
let demo: CliProcess;
let folder: string | undefined;
let address: string;
let browser: Browser;
let store: { playbook: string; contact: string };

beforeAll(async () => {
  if (leaveOut) return;
  await buildWeb();
  built = await build();
  folder = await keptTempFolder();
  demo = spawnCli(built, ['demo', '--data-dir', folder]);
  address = await addressOf(demo);
  browser = await openChromium();
  store = await untilSomebodyWasWrittenTo();
}, 240_000);
afterAll(async () => {
  await browser?.close();
  demo?.process.kill('SIGTERM');
  await demo?.ended;
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
}, 60_000);

/** A playbook that has done something, and for whom. */
async function untilSomebodyWasWrittenTo(): Promise<typeof store> {
  for (let i = 0; i < 480; i += 1) {
    const home = (await (await fetch(`${address}/api/home`)).json()) as {
      latest?: { playbook: string; kind: string; subject: { type: string; id: string } }[];
    };
    const found = home.latest?.find(({ kind, subject }) => kind === 'send' && subject.type === 'contact');
    if (found !== undefined) return { playbook: found.playbook, contact: found.subject.id };
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`Nobody was written to:\n${demo.said.join('\n')}`);
}

/** Each width and each colour once; `npm run screenshots` shows all four. */
const SEEN = LOOKS.filter(({ name }) => name === 'wide-light' || name === 'narrow-dark');

describe.skipIf(leaveOut).each(SEEN)('$name', { timeout: 60_000 }, ({ width, height, scheme }) => {
  it.each(SCREENS)('$name', async ({ path }) => {
    const reader = await newReader(browser, { viewport: { width, height }, colorScheme: scheme });
    const { page } = reader;
    await page.goto(address + addressWith(path, store));
    await settled(page);
    expect(await page.locator('main [role=alert]').allInnerTexts()).toEqual([]);
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe(scheme);
    const tooWide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(tooWide).toBeLessThanOrEqual(0);
    expect(await barriers(page)).toEqual([]);
    expect(reader.errors).toEqual([]);
    await reader.close();
  });
});
