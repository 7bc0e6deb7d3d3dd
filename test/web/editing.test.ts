/** An author changes a wait from one day to two, sees who is affected, and deploys; and two who change one thing. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWeb } from '../../scripts/web.mjs';
import { readDeployments } from '../../store/deployments/deployments.ts';
import { readVersions } from '../../store/deployments/versions.ts';
import { type EditingStage, editingStage } from '../api/editing/stage.ts';
import { TOKEN } from '../api/support.ts';
import { openChromium } from '../clients/chromium.ts';
import { barriers, leaveOut, newReader, type Reader, settled } from './browser.ts';

let stage: EditingStage;
let browser: Browser;
let reader: Reader;

beforeAll(async () => {
  if (leaveOut) return;
  await buildWeb();
  stage = await editingStage();
  browser = await openChromium();
  reader = await newReader(browser);
  // The compiler's process begins with the first letter.
  reader.page.setDefaultTimeout(30_000);
  const { page } = reader;
  await page.goto(`${stage.http.baseUrl}/sign-in`);
  await page.getByLabel('API token').fill(TOKEN);
  await page.keyboard.press('Enter');
  await page.waitForURL(`${stage.http.baseUrl}/app/`);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await stage?.close();
});

const open = async ({ page }: Reader, path: string) => {
  await page.goto(`${stage.http.baseUrl}/app${path}`);
  await settled(page);
};

/** Puts other text in place of a line's, as somebody types it. */
async function retype({ page }: Reader, was: string, is: string): Promise<void> {
  const line = page.locator('.cm-line', { hasText: was }).first();
  await line.click();
  await page.keyboard.press('End');
  await page.keyboard.press('Shift+Home');
  await page.keyboard.insertText(is);
}

async function waitDeployed(): Promise<string> {
  const { pool } = stage.database;
  const hash = (await readDeployments(pool))[0]!.versionHash;
  return JSON.stringify((await readVersions(pool, [hash])).get(hash)!.playbook.steps['steps.1']!.config);
}

describe.skipIf(leaveOut)('an author', { timeout: 90_000 }, () => {
  it('is at the editor by two clicks from Home, and sees a fault while writing', async () => {
    const { page } = reader;
    await open(reader, '/');
    await page.getByRole('navigation').getByRole('link', { name: 'Playbooks' }).click();
    await page.getByRole('link', { name: 'Edit nudge' }).click();
    await page.getByRole('heading', { level: 1, name: 'Edit nudge' }).waitFor();
    await page.getByText('Nothing is wrong with it.').waitFor();
    await retype(reader, '- wait: 1d', '- wait: 1 dya');
    await page.getByRole('tabpanel').getByText('dya').first().waitFor();
    expect(await barriers(page)).toEqual([]);
  });

  it('runs the tests of what is written, and reads why one fails', async () => {
    const { page } = reader;
    await retype(reader, '- wait: 1 dya', '- wait: 2d');
    await page.getByRole('tab', { name: 'Tests' }).click();
    await page.getByRole('button', { name: 'Run the tests' }).click();
    await page.getByText('1 test passed').waitFor();
  });

  it('plans, sees what changes, and deploys that after being asked', async () => {
    const { page } = reader;
    await page.getByRole('tab', { name: 'Plan' }).click();
    await page.getByLabel(/Whom it would reach/).selectOption('7');
    await page.getByRole('button', { name: 'Make a plan' }).click();
    await page.getByRole('heading', { name: 'nudge: changed' }).waitFor();
    await page.getByText('Nobody is under way.').waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Deploy' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Deploy' }).click();
    await page.getByText('Deployed. Who enters from now on goes by it.').waitFor();
    expect(await waitDeployed()).toContain('172800000');
    expect(reader.errors).toEqual([]);
  });

  it('who saves after somebody else sees what differs, and decides', async () => {
    const { page } = reader;
    await open(reader, '/playbooks/nudge/edit');
    const other = await newReader(browser, { storageState: await page.context().storageState() });
    await open(other, '/playbooks/nudge/edit');
    await retype(other, '- wait: 2d', '- wait: 3d');
    await other.page.getByRole('button', { name: 'Save', exact: true }).click();
    await other.page.getByText('saved, not deployed').waitFor();
    await retype(reader, '- wait: 2d', '- wait: 4d');
    await page.keyboard.press('Control+s');
    const refused = page.getByRole('alert').filter({ hasText: 'has saved it since you read it' });
    await refused.waitFor();
    expect(await refused.textContent()).toMatch(/-\s+- wait: 3d[\s\S]*\+\s+- wait: 4d/);
    expect(await barriers(page)).toEqual([]);
    await refused.getByRole('button', { name: 'Save mine in its place' }).click();
    await refused.waitFor({ state: 'detached' });
    await expect.poll(async () => (await stage.draft()).files[0]!.text).toContain('- wait: 4d');
    // A refused save is an answer of the network, which browsers write down.
    reader.errors.length = 0;
    await other.close();
  });

  it('is completed by what may stand there', async () => {
    const { page } = reader;
    await open(reader, '/playbooks/nudge/edit');
    await page.locator('.cm-line', { hasText: 'owner:' }).click();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.keyboard.type('quiet');
    // Once the words have come; until then there is nothing to offer.
    const offered = page.locator('.cm-tooltip-autocomplete').getByText('quiet_hours');
    const asked = async () => {
      await page.keyboard.press('Control+Space');
      return offered.count();
    };
    await expect.poll(asked, { timeout: 30_000, interval: 500 }).toBeGreaterThan(0);
    await page.keyboard.press('Escape');
    page.once('dialog', (dialog) => void dialog.accept());
    await page.getByRole('link', { name: 'nudge', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: /^nudge/ }).waitFor();
    expect(reader.errors).toEqual([]);
  });

  it('begins a new one from one that ships', async () => {
    const { page } = reader;
    await open(reader, '/playbooks');
    await page.getByRole('button', { name: 'New playbook' }).click();
    await page.getByLabel('Which comes closest?').selectOption('cart-abandoned');
    await page.getByRole('textbox', { name: /^Name/ }).fill('my-cart');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Begin' }).click();
    await page.getByRole('heading', { level: 1, name: 'Edit my-cart' }).waitFor();
    await page.locator('.cm-line', { hasText: 'playbook: my-cart' }).waitFor();
    expect(reader.errors).toEqual([]);
  });
});
