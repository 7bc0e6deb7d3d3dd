/** A colleague's playbook: the subject is a person of the files, and mails and tasks go there (Y2). */
import { simpleParser } from 'mailparser';
import { afterEach, describe, expect, it } from 'vitest';
import { type Stage, startStage } from './stage.ts';

const TEMPLATE = {
  path: 'templates/week.txt',
  text: '---\nsubject: The week of {{ colleague.name }}\n---\nFor a {{ colleague.role }}: {{ time trigger.at }}, {{ with.what }}\n',
};
const PLAYBOOK = `
playbook: week
subject: colleague
trigger: { schedule: monday at "08:00", time_zone: subject }
audience: colleague.role == "agent"
again: always
steps:
  - { send: email, template: week, class: internal, with: { what: 'led by {{ colleague.manager.name }}' } }
  - { task: 'Plan the week, {{ colleague.name }}', assign: colleague, due: 1 calendar day at 09:00 }
`;
const KIM = { type: 'colleague', id: 'kim' } as const;
const trigger = { at: '2026-03-02T07:00:00.000Z', properties: {} };

let stage: Stage;
afterEach(() => stage.close());

describe('a colleague is the subject', () => {
  it('gets the mail, in the own zone, and the task', async () => {
    stage = await startStage([TEMPLATE, { path: 'week.yaml', text: PLAYBOOK }]);
    const { ask, enrol, mails, rows } = stage;
    const id = await enrol('week', { subject: KIM, trigger });
    expect(await ask(id, { name: 'do', path: 'steps.0', leaves: true })).toEqual({ go: 'next' });
    expect(await ask(id, { name: 'do', path: 'steps.1', leaves: false })).toEqual({ go: 'next' });
    const sent = await simpleParser(mails[0]!);
    expect(sent.subject).toBe('The week of Kim');
    expect(sent.text?.trim()).toBe('For a agent: 08:00, led by Sara');
    expect(await rows('SELECT person_id, contact_id, status, message_class FROM messages')).toEqual([
      { person_id: 'kim', contact_id: null, status: 'sent', message_class: 'internal' },
    ]);
    expect(await rows('SELECT title, assignee, due_at FROM tasks')).toEqual([
      { title: 'Plan the week, Kim', assignee: 'kim', due_at: Date.parse('2026-03-03T08:00:00Z') },
    ]);
  });

  it('who is no longer in the files gets nothing, and the refusal says so', async () => {
    stage = await startStage([TEMPLATE, { path: 'week.yaml', text: PLAYBOOK }]);
    const { ask, enrol, mails, rows } = stage;
    const id = await enrol('week', { subject: { type: 'colleague', id: 'gone' }, trigger });
    expect(await ask(id, { name: 'do', path: 'steps.0', leaves: true })).toEqual({ go: 'next' });
    expect(mails).toEqual([]);
    expect(await rows('SELECT kind, status, reason FROM effects')).toEqual([
      { kind: 'send', status: 'refused', reason: 'no_recipient' },
    ]);
  });
});
