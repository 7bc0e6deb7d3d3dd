/** In which order what is found on a replayed timeline enters (N1, E4). */
import { expect, it } from 'vitest';
import { compareEntering, type Entering } from '../../evaluation/entry-order.ts';
import { type Place, placeOfDeadline } from '../../language/records/timeline.ts';

const HOUR = 3_600_000;
const event = (hour: number): Place => ({
  at: hour * HOUR,
  round: 0,
  phase: 'events',
  receivedAt: hour * HOUR,
  arrival: hour,
});
const one = (id: string, by: Entering['by'], place: Place, hour: number): Entering => ({
  id,
  by,
  place,
  at: hour * HOUR,
});
const ordered = (...entries: Entering[]) => entries.sort(compareEntering).map(({ id }) => id);

it('what fired before a merge enters before what the merge lets in, though that is older', () => {
  expect(ordered(one('visitor', 'merge', event(4), 0), one('own', 'firing', event(3), 3))).toEqual(['own', 'visitor']);
});

it('what has waited longer enters after who passed before it', () => {
  expect(ordered(one('waited', 'audience', event(5), 1), one('passed', 'firing', event(3), 3))).toEqual([
    'passed',
    'waited',
  ]);
});

it('of one instant what events let in comes before what its deadlines fire', () => {
  const due = placeOfDeadline(4 * HOUR);
  expect(ordered(one('due', 'firing', due, 4), one('waited', 'audience', event(4), 1))).toEqual(['waited', 'due']);
});

it('at one place a merge lets in first, then the audience, by instants and ids, and what fires there stays in its order', () => {
  const at = event(4);
  const fired = [one('z', 'firing', at, 4), one('y', 'firing', at, 4)];
  const waited = [one('c', 'audience', at, 2), one('b', 'audience', at, 2), one('d', 'audience', at, 1)];
  expect(ordered(...fired, ...waited, one('m', 'merge', at, 3))).toEqual(['m', 'd', 'b', 'c', 'z', 'y']);
});
