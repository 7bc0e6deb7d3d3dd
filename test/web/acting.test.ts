/** What people do in the app, in a real browser: signed in, by keyboard alone, and with names that are no text of ours. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWeb } from '../../scripts/web.mjs';
import { type ApiStage, apiStage, TOKEN } from '../api/support.ts';
import { openChromium } from '../clients/chromium.ts';
import { fillStore } from '../demo/filled-store.ts';
import { leaveOut, newReader, type Reader, settled } from './browser.ts';

let stage: ApiStage;
let browser: Browser;
let reader: Reader;

beforeAll(async () => {
  if (leaveOut) return;
  await buildWeb();
  stage = await apiStage();
  await fillStore(stage.database);
  await makeWhole();
  browser = await openChromium();
  reader = await newReader(browser);
  const { page } = reader;
  // Who is not signed in is led to where that is done.
  await page.goto(`${stage.http.baseUrl}/app/`);
  await page.waitForURL('**/sign-in');
  reader.errors.length = 0;
  await page.getByLabel('API token').fill(TOKEN);
  await page.keyboard.press('Enter');
  await page.waitForURL(`${stage.http.baseUrl}/app/`);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await stage?.close();
});

/** What was written by hand belongs to the version that is deployed, and the task to an effect, as it does when a journey made it. */
async function makeWhole(): Promise<void> {
  const { pool } = stage.database;
  for (const table of ['firings', 'enrolments', 'outcomes']) {
    await pool.query(
      `UPDATE ${table} t SET version_hash = d.version_hash FROM deployments d WHERE d.playbook = t.playbook`,
    );
  }
  await pool.query(
    `INSERT INTO effects (id, enrolment_id, path, iteration, kind, status, began_at, at, done_at, detail)
       VALUES ('t0', 'e0', 'steps.2', '', 'task', 'done', now(), now(), now(), '{"title": "Call Ada", "assignee": "kim"}')`,
  );
  await pool.query("UPDATE tasks SET effect_id = 't0' WHERE id = 't0'");
}

const open = async (path: string) => {
  await reader.page.goto(`${stage.http.baseUrl}/app${path}`);
  await settled(reader.page);
};

describe.skipIf(leaveOut)('somebody who is signed in', { timeout: 60_000 }, () => {
  it('goes to a screen by two keys, finds the keys by one, and a playbook by its name', async () => {
    const { page } = reader;
    await open('/');
    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await page.getByRole('heading', { level: 1, name: 'Playbooks' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('combobox').waitFor();
    await page.keyboard.type('cart-aband');
    await page.getByRole('option', { name: /^cart-abandoned/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: /^cart-abandoned/ }).waitFor();
    expect(reader.errors).toEqual([]);
  });

  it('reads a name that is a script as text, on each screen that has it', async () => {
    const { page } = reader;
    const hostile = 'Ada <script>alert(1)</script>';
    let asked = 0;
    page.on('dialog', (dialog) => {
      asked += 1;
      void dialog.dismiss();
    });
    for (const path of ['/', '/people', '/people/contact/ada', '/playbooks/cart-abandoned?tab=journeys', '/tasks']) {
      await open(path);
      await expect.poll(() => page.locator('main').textContent(), { timeout: 10_000 }).toContain(hostile);
    }
    expect([asked, await page.locator('main script').count()]).toEqual([0, 0]);
    expect(reader.errors).toEqual([]);
  });

  it('does a task by keyboard: the line goes, and the store has it', async () => {
    const { page } = reader;
    await open('/tasks');
    await page.getByRole('button', { name: 'Done: Call Ada' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Nothing waits here').waitFor();
    const { rows } = await stage.database.pool.query("SELECT status FROM tasks WHERE id = 't0'");
    expect(rows).toEqual([{ status: 'done' }]);
    expect(reader.errors).toEqual([]);
  });

  it('pauses a playbook after it was said what follows, and resumes it', async () => {
    const { page } = reader;
    await open('/playbooks/cart-abandoned');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByLabel('Why (others will read it)').fill('Mails look broken');
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Mails look broken').waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    expect(reader.errors).toEqual([]);
  });

  it('sees what went wrong while the server is away, and goes on when it is back', async () => {
    const { page } = reader;
    await open('/');
    await page.route('**/api/people/search', (route) => route.abort());
    await page.getByRole('link', { name: 'People' }).click();
    await page.getByRole('alert').getByText('The server cannot be reached').waitFor();
    await page.unroute('**/api/people/search');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('link', { name: 'Ben' }).waitFor();
    reader.errors.length = 0;
  });

  it('reads it in German, and every word is there', async () => {
    const german = await newReader(browser, {
      locale: 'de-DE',
      storageState: await reader.page.context().storageState(),
    });
    await german.page.goto(`${stage.http.baseUrl}/app/tasks`);
    await german.page.getByRole('heading', { level: 1, name: 'Aufgaben' }).waitFor();
    expect(await german.page.evaluate('document.documentElement.lang')).toBe('de');
    expect(german.errors).toEqual([]);
    await german.close();
  });
});
