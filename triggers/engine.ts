/**
 * The trigger engine: one subject, one event or one instant, the next state and the firings. Production, tests, backtests
 * and simulations call these two functions and no others.
 *
 * Order within a look: computed traits, then clocks, then arms; so that an arm reads what the event has changed.
 */
import type { Instant } from '../language/model.ts';
import { comparePlaces, placeOfDeadline, placeOfEvent, type TimelineEvent } from '../language/timeline.ts';
import type { World } from '../language/world.ts';
import { armsOfDeadline, armsOfEvent } from './arms.ts';
import { clocksOfDeadline, clocksOfEvent } from './clocks.ts';
import { overtake, uniqueFirings } from './merge-firings.ts';
import type { TriggerProgram } from './program.ts';
import { emptyLook, type Looked, nextDueAt, type SubjectState } from './state.ts';
import { traitsOfDeadline, traitsOfEvent } from './traits.ts';

/** Applies one event at its place. Deadlines before it must have been applied; see `deadlinesBefore`. */
export function applyEvent(program: TriggerProgram, state: SubjectState, event: TimelineEvent, world: World): Looked {
  const looked = emptyLook();
  const subject = program.subjects.get(state.subject.type);
  if (subject) {
    traitsOfEvent(program, subject, state, event, world, looked);
    clocksOfEvent(program, subject, state, event, world, looked);
    armsOfEvent(subject, state, event, world, looked);
  }
  state.head = placeOfEvent(event);
  return finish(looked);
}

/** Applies every deadline that is due exactly at `at`, the subject's earliest. */
export function applyDeadlines(program: TriggerProgram, state: SubjectState, at: Instant, world: World): Looked {
  const looked = emptyLook();
  const subject = program.subjects.get(state.subject.type);
  if (subject) {
    traitsOfDeadline(subject, state, at, looked);
    clocksOfDeadline(program, subject, state, at, world, looked);
    armsOfDeadline(subject, state, at, world, looked);
  }
  const place = placeOfDeadline(at);
  if (!state.head || comparePlaces(state.head, place) < 0) state.head = place;
  return finish(looked);
}

/** The earliest deadline that comes before an event at `at` (at one instant events come first, E4). */
export function deadlineBefore(state: SubjectState, at: Instant): Instant | undefined {
  const dueAt = nextDueAt(state);
  return dueAt !== undefined && dueAt < at ? dueAt : undefined;
}

function finish(looked: Looked): Looked {
  looked.firings = uniqueFirings(overtake(looked.firings));
  return looked;
}
