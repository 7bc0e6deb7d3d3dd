/** E9: in waits, goals and exits, `email.*`, `task.*` and `approval.*` mean those of the same enrolment. */
import { describe, expect, it } from 'vitest';
import { day, play } from '../play.ts';

const WAITS = `trigger: { event: seen }
steps:
  - wait_for: task.done
    within: 1d
    then: [{ record: done }]
    else: [{ record: silent }]`;
const ENDS = (key: string) => `trigger: { event: seen }
${key}
steps:
  - wait: 1d
  - record: silent`;

/** The records of a journey that begins at 10:00, where an event comes an hour later that names what is given. */
const recordsOf = (playbook: string, name: string, named: { [name: string]: string }) =>
  play(playbook, {
    events: [
      [day('10:00'), 'seen'],
      [day('11:00'), name, named],
    ],
  }).effects;

describe('an answer from outside', () => {
  const enrolmentOf = (playbook: string) => {
    const started = play(playbook, { events: [[day('10:00'), 'seen']] }).lines;
    return started.find((line) => line.type === 'enrolment') as { id: string; playbook: string };
  };

  it('that names another enrolment ends no wait; one that names none, or this one, does', () => {
    expect(recordsOf(WAITS, 'task.done', { enrolment: 'e77' })).toEqual(['03-03 10:00 record silent']);
    expect(recordsOf(WAITS, 'task.done', {})).toEqual(['03-02 11:00 record done']);
    expect(recordsOf(WAITS, 'task.done', { enrolment: enrolmentOf(WAITS).id })).toEqual(['03-02 11:00 record done']);
  });

  it('that names another playbook and no enrolment ends no wait; one that names this playbook does', () => {
    const { playbook } = enrolmentOf(WAITS);
    expect(recordsOf(WAITS, 'task.done', { playbook: 'newsletter' })).toEqual(['03-03 10:00 record silent']);
    expect(recordsOf(WAITS, 'task.done', { playbook })).toEqual(['03-02 11:00 record done']);
  });

  it('to another playbook ends no journey as a goal or an exit either, unless `where` asks for that playbook', () => {
    const named = { playbook: 'newsletter' };
    const silent = ['03-03 10:00 record silent'];
    for (const key of ['goal: { event: email.opened, within: 7d }', 'exit_on: [email.opened]']) {
      expect(recordsOf(ENDS(key), 'email.opened', named)).toEqual(silent);
      expect(recordsOf(ENDS(key), 'email.opened', {})).toEqual([]);
    }
    const asked = `exit_on: [{ event: email.opened, where: 'event.playbook == "newsletter"' }]`;
    expect(recordsOf(ENDS(asked), 'email.opened', named)).toEqual([]);
  });
});
