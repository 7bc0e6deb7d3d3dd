/** E9: in a wait, `email.*`, `task.*` and `approval.*` mean those of the same enrolment. */
import { expect, it } from 'vitest';
import { day, play } from '../play.ts';

it('an event from outside that names another enrolment ends no wait; one that names none, or this one, does', () => {
  const waits = `trigger: { event: seen }
steps:
  - wait_for: task.done
    within: 1d
    then: [{ record: done }]
    else: [{ record: silent }]`;
  const records = (enrolment?: string) =>
    play(waits, {
      events: [
        [day('10:00'), 'seen'],
        [day('11:00'), 'task.done', enrolment === undefined ? {} : { enrolment }],
      ],
    }).effects;
  const [line] = play(waits, { events: [[day('10:00'), 'seen']] }).lines.filter((one) => one.type === 'enrolment');
  expect(records('e77')).toEqual(['03-03 10:00 record silent']);
  expect(records()).toEqual(['03-02 11:00 record done']);
  expect(records((line as { id: string }).id)).toEqual(['03-02 11:00 record done']);
});
