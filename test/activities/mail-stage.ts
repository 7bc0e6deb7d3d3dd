/** One playbook with a mail, one contact, and the servers that a test opens: closed behind each test. */
import { afterEach } from 'vitest';
import type { WorkspaceFile } from '../../language/compile.ts';
import { type Stage, startStage } from './stage.ts';

export let stage: Stage;
const servers: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await stage.close();
  for (const server of servers.splice(0)) await server.close();
});

const TEMPLATE: WorkspaceFile = {
  path: 'templates/hello.txt',
  text: '---\nsubject: Hello {{ contact.name }}\n---\nYour cart of {{ date trigger.since }}, {{ time trigger.since }}: {{ with.what }}\n',
};
export const SEND = (kind: string, more = '') =>
  `  - id: mail\n    send: email\n    template: hello\n    class: ${kind}\n    with: { what: shoes }\n${more}`;
export const ADA = {
  name: 'Ada',
  email: 'ada@example.com',
  time_zone: 'America/New_York',
  owner: 'kim',
  consent: { marketing: true },
};

interface Given {
  head?: string;
  subject?: string;
  settings?: object;
  templates?: WorkspaceFile[];
  leaseMs?: number;
  ask?: (id: string) => Promise<'taken' | 'not-taken' | 'cannot-ask'>;
}

export async function start(
  steps: string,
  { head = '', settings = {}, templates = [], ...more }: Given = {},
): Promise<Stage> {
  const text = `playbook: p\ntrigger: { event: cart.updated }\n${head}\nsteps:\n${steps}\n`;
  stage = await startStage([TEMPLATE, ...templates, { path: 'p.yaml', text }], {
    settings: { caps: {}, quietHours: { startMinute: 0, endMinute: 0 }, ...settings },
    ...more,
  });
  await stage.record('contact', 'ada', ADA);
  return stage;
}
export const trigger = { since: '2026-03-01T18:30:00.000Z' };
export const mail = { name: 'do', path: 'steps.0', leaves: true } as const;
export const effects = () => stage.rows('SELECT kind, status, reason, detail FROM effects');
export const messages = () => stage.rows('SELECT status, error FROM messages ORDER BY id');

export async function server<T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const started = await starting;
  servers.push(started);
  return started;
}
