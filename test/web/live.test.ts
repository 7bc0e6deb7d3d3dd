/** Screens that hear what has changed: a stream that does not move under the pointer, a server that comes back, two people at one task. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWeb } from '../../scripts/web.mjs';
import { addSignInLink } from '../../store/access/users.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { type ApiStage, apiOver, userOf } from '../api/support.ts';
import { openChromium } from '../clients/chromium.ts';
import { fillStore } from '../demo/filled-store.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { leaveOut, newReader, type Reader, settled } from './browser.ts';

let test: TestDatabase;
let database: Database;
let stage: ApiStage;
let browser: Browser;

beforeAll(async () => {
  if (leaveOut) return;
  await buildWeb();
  test = await testDatabase();
  database = openDatabase(test.url);
  stage = await apiOver(database);
  await fillStore(database);
  await database.pool.query(
    `UPDATE enrolments t SET version_hash = d.version_hash FROM deployments d WHERE d.playbook = t.playbook`,
  );
  await database.pool.query(
    `INSERT INTO effects (id, enrolment_id, path, iteration, kind, status, began_at, at, done_at, detail)
       VALUES ('t0', 'e0', 'steps.2', '', 'task', 'done', now(), now(), now(), '{"title": "Call Ada", "assignee": "kim"}')`,
  );
  await database.pool.query("UPDATE tasks SET effect_id = 't0' WHERE id = 't0'");
  browser = await openChromium();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await stage?.close();
  await database?.close();
  await test?.drop();
});

/** By a link, as a mail has it. */
async function signedInAs(role: 'viewer' | 'operator'): Promise<Reader> {
  const reader = await newReader(browser);
  const user = (await userOf(database, role))!;
  await addSignInLink(database, user.id, `link-of-the-${role}`, 60_000);
  await reader.page.goto(`${stage.http.baseUrl}/sign-in?link=link-of-the-${role}`);
  await reader.page.getByRole('button', { name: 'Sign in' }).click();
  await reader.page.waitForURL('**/app/');
  return reader;
}

let count = 0;
async function happens(event: string): Promise<void> {
  const call = { event, userId: 'ada', messageId: `m${(count += 1)}` };
  expect((await stage.post('/api/events/send', { type: 'track', call })).status).toBe(200);
}

const names = (page: Page) => page.locator('main tbody th').allInnerTexts();

describe.skipIf(leaveOut)('a page that is open', { timeout: 90_000 }, () => {
  it('shows what comes in, and holds still while somebody points at it', async () => {
    const { page, errors, close } = await signedInAs('operator');
    await happens('first.seen');
    await page.goto(`${stage.http.baseUrl}/app/events`);
    await settled(page);
    await page.getByRole('link', { name: 'first.seen' }).waitFor();
    // What is read again by itself is not what shows it: that is far off.
    await happens('second.seen');
    await page.getByRole('link', { name: 'second.seen' }).waitFor();
    await page.getByRole('link', { name: 'second.seen' }).hover();
    await happens('third.seen');
    await page.getByRole('button', { name: '1 new line' }).waitFor();
    expect((await names(page))[0]).toContain('second.seen');
    await page.getByRole('button', { name: '1 new line' }).click();
    await expect.poll(async () => (await names(page))[0], { timeout: 10_000 }).toContain('third.seen');
    expect(errors).toEqual([]);
    await close();
  });

  it('says that the server is away, and goes on by itself once it is back', async () => {
    const { page, close } = await signedInAs('operator');
    await page.goto(`${stage.http.baseUrl}/app/events`);
    await settled(page);
    const port = Number(new URL(stage.http.baseUrl).port);
    await stage.close();
    await page.getByText('Live updates have stopped').waitFor();
    stage = await apiOver(database, { port });
    await page.getByText('Live updates have stopped').waitFor({ state: 'detached', timeout: 30_000 });
    await happens('after.restart');
    await page.getByRole('link', { name: 'after.restart' }).waitFor({ timeout: 30_000 });
    await close();
  });

  it('tells who comes second that a task was answered already', async () => {
    const one = await signedInAs('operator');
    const other = await newReader(browser, { storageState: await one.page.context().storageState() });
    await other.page.goto(`${stage.http.baseUrl}/app/tasks`);
    await settled(other.page);
    // Its list stays as it was.
    await other.page.route('**/api/work?*', () => undefined);
    await one.page.goto(`${stage.http.baseUrl}/app/tasks`);
    await one.page.getByRole('button', { name: 'Done: Call Ada' }).click();
    await one.page.getByText('Call Ada: done').waitFor();
    await other.page.getByRole('button', { name: 'Done: Call Ada' }).click();
    await other.page.getByText('Call Ada was answered already: done').waitFor();
    await other.close();
    await one.close();
  });

  it('offers a viewer nothing that the server would refuse', async () => {
    await database.pool.query("UPDATE tasks SET status = 'open', done_at = NULL WHERE id = 't0'");
    const { page, errors, close } = await signedInAs('viewer');
    const buttons = async (path: string) => {
      await page.goto(`${stage.http.baseUrl}/app${path}`);
      await settled(page);
      return page.locator('main').getByRole('button').allInnerTexts();
    };
    // Who may not answer may say something of it.
    expect(await buttons('/tasks')).toEqual(['More']);
    await page.getByText('Call Ada').waitFor();
    await page.getByRole('button', { name: 'More: Call Ada' }).click();
    await page.getByLabel('Say something about it').fill('She is on holiday');
    await page.getByRole('button', { name: 'Say it' }).click();
    await page.getByText('She is on holiday').waitFor();
    expect(await page.getByLabel('Give it to').count()).toBe(0);
    expect(await buttons('/events?tab=aside')).toEqual([]);
    expect(await buttons('/settings?tab=channels')).toEqual([]);
    expect(await page.getByRole('link', { name: 'Write keys' }).count()).toBe(0);
    await buttons('/events');
    expect(await page.getByRole('link', { name: 'Send one' }).count()).toBe(0);
    expect(errors).toEqual([]);
    await close();
  });
});
