/** `cuebook server` and `cuebook worker`, each a process of its own, on parts that they do not start. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMailbox } from '../../cli/mailbox/start.ts';
import { addressOf, type Built, build, type CliProcess, startCli } from '../demo/cli-process.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { makeTempFolder } from '../support/temp-folder.ts';
import { testTemporal } from '../support/temporal.ts';

const PLAYBOOK = `
playbook: welcome
subject: contact
owner: kim@example.com
trigger: { event: account.opened }
steps:
  - send: email
    template: welcome
    class: transactional
  - record: welcomed
`;
const TEMPLATE = '---\nsubject: Welcome\n---\nHello {{ default contact.name "there" }}\n';
const WRITE_KEY = 'a-write-key-of-this-test';
const PEOPLE = 40;

let built: Built;
let server: TestDatabase;
beforeAll(async () => {
  built = await build();
  server = await testDatabase();
}, 120_000);
afterAll(async () => {
  await server.drop();
});

describe('processes of one kind each', { timeout: 300_000 }, () => {
  it('welcome everybody once, though a worker is killed at its work, and end in order when they are told to', async () => {
    const folder = await makeTempFolder();
    await mkdir(join(folder, 'templates'));
    await writeFile(join(folder, 'welcome.yaml'), PLAYBOOK.trimStart());
    await writeFile(join(folder, 'templates', 'welcome.txt'), TEMPLATE);
    const mail = await startMailbox({ dir: join(folder, 'mail'), smtpPort: 0, host: '127.0.0.1' });
    const environment = {
      DATABASE_URL: server.url,
      TEMPORAL_ADDRESS: (await testTemporal()).address,
      SMTP_URL: mail.smtpUrl,
      CUEBOOK_SECRET: 'a-secret-of-this-test-and-of-nothing-else',
      CUEBOOK_WRITE_KEYS: WRITE_KEY,
      CUEBOOK_API_TOKEN: 'a-token-of-this-test',
      CUEBOOK_PLAYBOOKS: folder,
    };
    const serving = startCli(built, ['server'], environment);
    const baseUrl = await addressOf(serving);
    const first = startCli(built, ['worker', '--public-url', baseUrl], environment);
    await post(baseUrl);
    await until('the first mail', async () => mail.mailbox.size > 0, [serving, first]);
    first.process.kill('SIGKILL');
    const second = startCli(built, ['worker', '--public-url', baseUrl], environment);
    await until('the last mail', async () => mail.mailbox.size === PEOPLE, [serving, second]);
    await until('the last ending', () => allWelcomed(baseUrl), [serving, second]);
    const { mails } = await mail.mailbox.list({ perPage: 2 * PEOPLE });
    expect(new Set(mails.map(({ to }) => to)).size).toBe(PEOPLE);
    expect(mails).toHaveLength(PEOPLE);
    for (const { process, ended, said } of [serving, second]) {
      process.kill('SIGTERM');
      expect(await ended, said.join('\n')).toBe(0);
    }
    await mail.close();
  });
});

async function post(baseUrl: string): Promise<void> {
  const batch = Array.from({ length: PEOPLE }, (_, i) => [
    { type: 'identify', userId: `p${i}`, traits: { name: `Person ${i}`, email: `p${i}@example.com` } },
    { type: 'track', userId: `p${i}`, event: 'account.opened' },
  ]).flat();
  const response = await fetch(`${baseUrl}/v1/batch`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${WRITE_KEY}:`)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ batch }),
  });
  expect(response.status).toBe(200);
}

async function allWelcomed(baseUrl: string): Promise<boolean> {
  const headers = { authorization: 'Bearer a-token-of-this-test' };
  const answer = (await (await fetch(`${baseUrl}/api/overview`, { headers })).json()) as {
    playbooks: { welcome: { outcomes: { completed?: number } } };
  };
  return answer.playbooks.welcome.outcomes.completed === PEOPLE;
}

async function until(what: string, holds: () => Promise<boolean>, processes: CliProcess[]): Promise<void> {
  for (let i = 0; i < 1_500; i += 1) {
    if (await holds()) return;
    const dead = processes.some(({ process }) => process.exitCode !== null);
    if (dead) throw new Error(`A process ended before ${what}:\n${saidBy(processes)}`);
    await sleep(100);
  }
  throw new Error(`Not within 150 s: ${what}\n${saidBy(processes)}`);
}

function saidBy(processes: readonly CliProcess[]): string {
  return processes.flatMap(({ said }) => said).join('\n');
}
