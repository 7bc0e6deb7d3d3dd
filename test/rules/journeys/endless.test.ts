/** V3: a run without an end given comes to an end, or says which playbook keeps it from one. */
import { expect, it } from 'vitest';
import { EndlessError, EndWatch } from '../../../simulate/run/endless.ts';
import { day, play } from '../play.ts';

/** Each firing sets the date of the next: no event leads to it, so that no chain of causes ends it (N1). */
const DAILY = `trigger: { any: [{ event: seen }, { date: contact.next, offset: 1d, key: contact.next }] }
again: always
steps:
  - update: { contact.next: "{{ trigger.at }}" }
  - wait: 30h`;
const scene = { contact: {}, events: [[day('10:00'), 'seen']] as [string, string][] };

it('a playbook that opens its own next firing for ever is named with its subject', () => {
  expect(() => play(DAILY, scene)).toThrow(EndlessError);
  expect(() => play(DAILY, scene)).toThrow(
    /^this does not come to an end: p for contact ada fired more than 1000 times/,
  );
});

it('with an end given it runs to it', () => {
  const { outcomes } = play(DAILY, { ...scene, until: day('12:00', 10) });
  expect(outcomes.length).toBeGreaterThan(7);
});

it('an instant that does not end names who fires in it', () => {
  const watch = new EndWatch();
  const at = Date.parse(day('10:00'));
  watch.fired({ playbook: 'before', subject: { type: 'contact', id: 'ada' }, at: at - 1 }, false);
  watch.fired({ playbook: 'a', subject: { type: 'contact', id: 'ada' }, at }, false);
  expect(watch.endlessInstant(at, 1000).message).toBe(
    'this does not come to an end: more than 1000 rounds of a for contact ada at 2026-03-02T10:00:00.000Z',
  );
});
