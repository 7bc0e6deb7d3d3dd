/** `preview --as` beside the mail that really leaves: through the tracking API, Temporal and SMTP. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { cuebook, jsonLines } from '../cli/run-command.ts';
import { type System, startSystem } from '../support/system.ts';

const START = Date.parse('2026-03-02T10:00:00Z');
const ORDERS = `playbook: thanks
trigger: { event: order.completed }
steps:
  - send: email
    template: thanks
    class: marketing
    with: { place: "{{ account.city }}", twice: { value: trigger.total + trigger.total } }
`;
const THANKS = `---
subject: Thank you, {{ contact.name }}
from: "{{ account.name }} <shop@example.com>"
---
Your {{ trigger.item }} goes to {{ with.place }}; two of them are {{ with.twice }}.
`;
const SETTINGS = 'time_zone: UTC\nsender: { name: Us, from: us@example.com, postal_address: "Way 1, Town" }\n';
const CAPPED = `${SETTINGS}caps: { marketing: { at_most: 1, per: 1d, if_capped: skip } }\n`;
const DAY = 24 * 60 * 60_000;
let system: System;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cuebook-'));
  await mkdir(join(folder, 'templates'));
  await writeFile(join(folder, 'thanks.yaml'), ORDERS);
  await writeFile(join(folder, 'templates/thanks.txt'), THANKS);
  await writeFile(join(folder, 'settings.yaml'), SETTINGS);
  system = await startSystem({ playbooks: folder, clock: { mode: 'stepped', at: START } });
  vi.stubEnv('DATABASE_URL', system.database.pool.options.connectionString!);
  vi.stubEnv('CUEBOOK_PLAYBOOKS', folder);
}, 120_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await system.stop();
  await rm(folder, { recursive: true });
});

/** Links are sealed anew, and those of a preview lead nowhere. */
const withoutLinks = (text: string) => text.replace(/https?:\S+\/u\/\S+/g, '…').trim();

it('shows the mail that was sent, with the values of the person and of what began it', async () => {
  const yes = { consent: { marketing: true } };
  await system.post([
    { type: 'group', userId: 'ada', groupId: 'acme', traits: { name: 'Acme', city: 'Berlin' } },
    { type: 'identify', userId: 'ada', traits: { name: 'Ada', email: 'ada@example.com', accountId: 'acme', ...yes } },
    { type: 'identify', userId: 'ben', traits: { name: 'Ben', email: 'ben@example.com' } },
  ]);
  await system.step(START + 60_000);
  await system.post([{ userId: 'ada', event: 'order.completed', properties: { item: 'lamp', total: 21 } }]);
  await system.step(START + 120_000);
  const [sent] = await system.mails();
  const messages = await system.database.prisma.message.count();

  const shown = await cuebook('preview', 'thanks', '--as', 'ada@example.com', '--json');
  expect(shown.stderr).toContain('with the values of contact ada in the store');
  const [mail] = jsonLines(shown.stdout) as [
    { subject: string; text: string; from: object; headers: object; html: null },
  ];
  expect({ subject: mail.subject, text: withoutLinks(mail.text) }).toEqual({
    subject: sent!.subject,
    text: withoutLinks(sent!.text),
  });
  expect(mail.subject).toBe('Thank you, Ada');
  expect(mail.text).toContain('Your lamp goes to Berlin; two of them are 42.');
  expect(mail.from).toEqual({ name: 'Acme', address: 'shop@example.com' });
  expect(mail.headers).toMatchObject({
    'X-Cuebook-Playbook': 'thanks',
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  });

  const { pathname } = new URL(/https?:\S+\/u\/[\w-]+/.exec(mail.text)![0]);
  expect((await fetch(`${system.baseUrl}${pathname}`, { method: 'POST' })).status).toBe(404);
  expect(await system.database.prisma.message.count()).toBe(messages);
  expect(await system.mails()).toHaveLength(1);
}, 60_000);

it('says what would come of it in place of a mail, and who is not known', async () => {
  const ben = await cuebook('preview', 'thanks', '--as', 'ben');
  expect(ben.stdout).toMatch(/^To: +Ben <ben@example\.com>$/m);
  expect(ben.stderr).toContain('(consent)');

  const nobody = await cuebook('preview', 'thanks', '--as', 'zoe');
  expect(nobody.code).toBe(2);
  expect(nobody.stderr).toContain('UNKNOWN_SUBJECT');
}, 60_000);

it('says that a cap holds it, and that its reader has unsubscribed', async () => {
  await writeFile(join(folder, 'settings.yaml'), CAPPED);
  const capped = await cuebook('preview', 'thanks', '--as', 'ada@example.com');
  expect(capped.stderr).toContain('(cap)');

  // Past the cap's window nothing holds it.
  await system.step(START + 2 * DAY);
  expect((await cuebook('preview', 'thanks', '--as', 'ada@example.com')).stderr).not.toContain('As things are');

  await system.post([{ userId: 'ada', event: 'email.unsubscribed' }]);
  await system.step(START + 2 * DAY + 60_000);
  const left = await cuebook('preview', 'thanks', '--as', 'ada@example.com');
  expect(left.stderr).toContain('(suppressed)');
}, 60_000);
