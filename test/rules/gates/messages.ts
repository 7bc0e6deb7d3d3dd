/** Playbooks that send a mail, and what became of their messages. */
import { expect } from 'vitest';
import { day, type Happening, play, type Scene } from '../play.ts';

export const extra = [{ path: 'templates/hello.txt', text: '---\nsubject: Hello\n---\nHello.' }];
export const ADA = { email: 'ada@x.example', consent: { marketing: true } };
export const DAY_MS = 86_400_000;

export const send = (more = 'class: marketing', key = '') => `- { send: email, template: hello, ${more}${key} }`;
export const playbook = (...steps: string[]) =>
  `trigger: { event: seen, key: event.k }\nagain: always\nsteps:\n${['- record: x', ...steps].map((step) => `  ${step}`).join('\n')}`;
export const seen = (at: string, k = 'a', more = {}): Happening => [at, 'seen', { k, ...more }];

/** What became of messages, without the record that keeps the entry from asking for consent. */
export function sends(text: string | { [name: string]: string }, scene: Partial<Scene> = {}): string[] {
  const { lines, story } = play(text, {
    contact: ADA,
    extra,
    events: [seen(day('10:00'))],
    settings: { caps: {} },
    ...scene,
  });
  expect(lines.filter((line) => line.type === 'firing').length).toBeGreaterThan(0);
  return story
    .filter((line) => line.includes(' send '))
    .map((line) => line.replace('send hello', 'sent').replace('to: ada', '').replace(/\s+/g, ' ').trim());
}
