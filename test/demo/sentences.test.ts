/** What the activity feed says of a step and of an ending, for people who know no codes. */
import { describe, expect, it } from 'vitest';
import { registry } from '../../evaluation/registry.ts';
import { sentenceOf } from '../../server/sentences.ts';
import type { Activity } from '../../store/reports/activity-feed.ts';

const teller = {
  zone: 'UTC',
  steps: registry.steps,
  people: { persons: [{ id: 'lena', name: 'Lena' }], teams: [], channels: [] } as never,
};
const said = (activity: Partial<Activity>) => {
  const rest = {
    id: 'a',
    at: 0,
    enrolment: 'e',
    path: 'steps.0',
    playbook: 'p',
    ghost: false,
    trigger: {},
    toName: null,
  };
  const subject = { subjectType: 'contact' as const, subjectId: 'ada', subjectName: 'Ada' };
  const done = { kind: 'send', status: 'done', reason: null, detail: {} };
  return sentenceOf({ ...rest, ...subject, ...done, ...activity }, teller).text;
};
const mail = { kind: 'send', detail: { send: 'welcome', to: 'ada' }, toName: 'Ada' };

describe('a mail', () => {
  it.each([
    ['done', null, 'Mail “welcome” to Ada'],
    ['failed', 'connection', 'Mail “welcome” to Ada (could not be sent: connection)'],
    ['unknown', 'crash', 'Mail “welcome” to Ada (it is not known whether it arrived)'],
    ['refused', 'holdout', 'Not done, held out for comparison: mail “welcome” to Ada'],
    ['refused', 'cap', 'Not done, the limit of messages per person is reached: mail “welcome” to Ada'],
    ['held', 'quiet_hours', 'Held, in quiet hours: mail “welcome” to Ada'],
  ])('that is %s (%s)', (status, reason, sentence) => {
    expect(said({ ...mail, status, reason })).toBe(sentence);
  });
});

describe('other steps', () => {
  const ticket = { subjectType: 'ticket' as const, subjectId: '7', subjectName: null };
  it.each([
    ['assign', { to: 'lena' }, 'Ticket 7 is assigned to Lena'],
    ['escalate', { to: 'lena', priority: 'high' }, 'Ticket 7 is escalated to Lena, priority high'],
    ['escalate', {}, 'Ticket 7 is escalated'],
    ['task', { task: 'Call' }, 'Task for a colleague: Call'],
    ['notify', { notify: ['lena', 'channel:support'], text: 'Look' }, 'Message to Lena, channel:support: Look'],
  ])('%s %j', (kind, detail, sentence) => {
    expect(said({ ...ticket, kind, detail })).toBe(sentence);
  });

  it('an assignment for which no colleague was free', () => {
    const refused = { ...ticket, kind: 'assign', status: 'refused', reason: 'nobody', detail: {} };
    expect(said(refused)).toBe('Not done, no colleague was free: ticket 7 is assigned to a colleague');
  });
});

describe('an ending', () => {
  it.each([
    ['exited', 'undone', 'Ada left early: the event that began it was corrected later'],
    ['exited', 'exit', 'Ada left early: it no longer applies'],
    ['completed', 'steps', 'Ada has completed all steps'],
  ])('%s (%s)', (outcome, reason, sentence) => {
    expect(said({ kind: 'outcome', reason, detail: { outcome } })).toBe(sentence);
  });
});
