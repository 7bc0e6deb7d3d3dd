/**
 * Predictions (T14): what a trait's `predicts` says of a record at a day's start, and which events are what was
 * predicted. Pure: the caller knows which records there are and walks them, as it walks a schedule's subjects.
 */
import type { Instant, RecordType, SubjectRef, TraitPrediction } from '../../language/model.ts';
import { placeOfDeadline, placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import type { World } from '../../language/records/world.ts';
import { nextDayStart } from '../../language/time/zones.ts';
import { holdsAt, valueAt, zoneOf } from '../engine/evaluation-view.ts';
import { compareText } from '../engine/merge-firings.ts';
import type { ScheduledInstant } from '../engine/run-schedules.ts';
import type { TriggerProgram } from '../index/program.ts';

export interface PredictionProgram {
  /** As expressions name the trait: `contact.churn_risk`. */
  trait: string;
  /** Of the trait's definition: a changed one begins again (T18). */
  hash: string;
  subject: RecordType;
  predicts: TraitPrediction;
  /** The settings' zone; the record's own goes first. */
  zone: string;
}

const known = new WeakMap<TriggerProgram, Map<string, PredictionProgram[]>>();

/** The predictions that are deployed, by trait. */
export function predictionsOf(program: TriggerProgram): PredictionProgram[] {
  const found: PredictionProgram[] = [];
  for (const { traits } of program.subjects.values()) {
    for (const { trait, hash } of traits.values()) {
      const { subject, name, predicts } = trait;
      if (!predicts) continue;
      found.push({ trait: `${subject}.${name}`, hash, subject, predicts, zone: program.settings.timeZone });
    }
  }
  return found.sort((a, b) => compareText(a.trait, b.trait));
}

/** The first start of a day after an instant, on the clocks of a zone. */
export function dayStartAfter(zone: string, after: Instant): Instant {
  return nextDayStart(after, zone);
}

/**
 * The prediction for a record at the start of a zone's day, after the instant's events. Undefined where `when` has no
 * answer then, or the record's days begin by another zone.
 */
export function predictedAt(
  { predicts, zone: fallback }: PredictionProgram,
  world: World,
  subject: SubjectRef,
  { zone, at }: ScheduledInstant,
): boolean | undefined {
  const place = placeOfDeadline(at);
  if (zoneOf(world, subject, place, fallback) !== zone) return undefined;
  const value = valueAt({ world, subject, place, zone: fallback }, predicts.when);
  return typeof value === 'boolean' ? value : undefined;
}

/** Whether an event of a subject's timeline is what a prediction awaits, whenever it was made. */
export function isAwaited(
  { predicts, zone }: PredictionProgram,
  world: World,
  subject: SubjectRef,
  event: TimelineEvent,
): boolean {
  const view = { world, subject, place: placeOfEvent(event), event, zone };
  return predicts.events.some((pattern) => pattern.event === event.name && holdsAt(view, pattern.where));
}

/** The predictions of a subject that an event may confirm: of all that listen to its name those that await it. */
export function awaiting(
  program: TriggerProgram,
  world: World,
  subject: SubjectRef,
  event: TimelineEvent,
): PredictionProgram[] {
  const listening = listenersOf(program).get(`${subject.type} ${event.name}`) ?? [];
  return listening.filter((prediction) => isAwaited(prediction, world, subject, event));
}

/** By subject and event name, made once for a program: most events concern none. */
function listenersOf(program: TriggerProgram): Map<string, PredictionProgram[]> {
  let found = known.get(program);
  if (found) return found;
  known.set(program, (found = new Map()));
  for (const prediction of predictionsOf(program)) {
    for (const name of new Set(prediction.predicts.events.map(({ event }) => event))) {
      const key = `${prediction.subject} ${name}`;
      found.set(key, [...(found.get(key) ?? []), prediction]);
    }
  }
  return found;
}
