/** P2: at most n messages of a class to a person in a window; the claim's transaction reserves the place. */
import type { FrequencyCap, Instant } from '../../language/model.ts';
import { calendarWindow } from '../../language/time/calendar/window.ts';
import { capsOf } from '../../language/time/caps.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { type Candidate, type Gate, type GateView, PASS } from './gate.ts';
import { recipientZone } from './recipient-zone.ts';

/** Of several caps that are full one that ends the enrolment decides, then one that refuses; else all have to have a place. */
export const frequencyCap: Gate = (candidate, facts) => {
  const full = capsOf(facts.settings, candidate.messageClass).flatMap((cap) => fullness(cap, candidate, facts) ?? []);
  const [first] = full;
  if (first === undefined) return PASS;
  const exit = full.find(({ ifCapped }) => ifCapped.kind === 'exit');
  if (exit) return { pass: false, exit: 'cap', evaluated: exit.evaluated };
  const late = full.find(
    ({ ifCapped, freeAt }) => ifCapped.kind !== 'delay' || freeAt > facts.beganAt + ifCapped.upToMs,
  );
  if (late) return { pass: false, refused: 'cap', evaluated: late.evaluated };
  const last = full.reduce((a, b) => (b.freeAt > a.freeAt ? b : a));
  return { pass: false, holdUntil: last.freeAt, reason: 'cap', evaluated: last.evaluated };
};

/** When a cap that is full has a place again; undefined where it has one. */
function fullness(cap: FrequencyCap, { contactId, messageClass, traits }: Candidate, facts: GateView) {
  const { atMost, perMs, perCalendar } = cap;
  const window = perCalendar && calendarWindow(perCalendar, facts.at, recipientZone(traits, facts));
  // Rolling windows are half-open, (at - per, at]; a calendar's begins with its first instant.
  const since: Instant = window ? window.start - 1 : facts.at - perMs;
  const reserved = facts.gates.reservedAt(contactId, messageClass, since);
  if (reserved.length < atMost) return undefined;
  const per = perCalendar ? { per: `calendar ${perCalendar}` } : { per_ms: perMs };
  return {
    ifCapped: facts.version.playbook.ifCapped ?? cap.ifCapped,
    freeAt: window ? window.end : reserved[reserved.length - atMost]! + perMs,
    evaluated: { at_most: atMost, ...per, taken: reserved.map((at) => isoInstant(at)) },
  };
}
