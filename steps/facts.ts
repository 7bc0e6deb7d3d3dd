/** Builds the facts of a step from plain data that was fetched before: names, zones, texts, spans, people. */

import { evaluate, holds } from '../language/cel.ts';
import type { Expression, Instant, Json, Moment, Text } from '../language/model.ts';
import { addresseeOf, inPlaceOf, isPath } from '../language/records/people.ts';
import { placeOfJourney } from '../language/records/timeline.ts';
import { isRecord, relationsOf, type World } from '../language/records/world.ts';
import { type Scope, scopeOf } from '../language/scope.ts';
import { BusinessTime, renderString, renderText } from '../language/text.ts';
import { addSpan } from '../language/time/calendar.ts';
import { isoInstant } from '../language/time/instants.ts';
import { readTable, resolveMoment } from '../language/time/moment.ts';
import { readZone } from '../language/time/read-zone.ts';
import type { ClockView, Facts, FetchedFacts } from './step.ts';

/** Facts that need no names, and the world in which names are found. */
export interface FactsInput extends FetchedFacts {
  world: World;
  /** What earlier steps left, by their ids. */
  steps: { [id: string]: Json };
  round: number | undefined;
  /** Events of these names since the enrolment began, up to the journey's instant. */
  sinceStart(names: readonly string[]): number;
  clock(policy: string | undefined, clock: string | undefined): (ClockView & TriggerClock) | undefined;
}

/** What `trigger` has of its clock, read again at each step (T17). */
export interface TriggerClock {
  due: Instant | null;
  elapsedMs: number;
  overdueMs: number;
}

export function factsOf(input: FactsInput): Facts {
  const { version, settings, enrolment, world, at } = input;
  const { playbook } = version;
  const place = placeOfJourney(at);
  const zone = subjectZone(input) ?? playbook.timeZone ?? settings.timeZone;
  const calendar = playbook.calendar === undefined ? undefined : version.calendars[playbook.calendar];
  const env = { now: at, zone, sinceStart: (names: readonly string[]) => input.sinceStart(names) };
  const reading = typeof enrolment.trigger.clock === 'string' ? input.clock(undefined, undefined) : undefined;

  const scope = (reads: readonly string[], forReaders: boolean): Scope =>
    scopeOf(world, {
      subject: enrolment.subject,
      place,
      reads,
      also: {
        trigger: { ...enrolment.trigger, ...(reading && clockFields(reading, forReaders)) },
        steps: input.steps,
        repeat: input.round === undefined ? undefined : { round: input.round },
        enrolment: { id: enrolment.id, started_at: isoInstant(enrolment.startedAt) },
      },
    });
  const value = (expression: Expression) => evaluate(expression, scope(expression.reads, false), env).value;
  const record: Facts['record'] = (type, id) => world.traits(type, id, place);

  return {
    people: world.people,
    zone,
    value,
    record,
    holds: (expression) => holds(expression, scope(expression.reads, false), env),
    text: (text: Text, how) => renderText(text.text, scope(text.reads, true), { zone }, how),
    names: (reads) => scope(reads, true),
    words: (text: Text, reader) => renderString(text.text, scope(text.reads, true), { zone: reader ?? zone }),
    endOf(span, from) {
      const row = readTable(span, value);
      return row && addSpan(row, from, calendar);
    },
    from: (instant) => ({
      moment: (moment: Moment) =>
        lacksRow(moment, value)
          ? undefined
          : resolveMoment(moment, {
              from: instant,
              enrolmentAt: enrolment.startedAt,
              zone,
              ...(calendar && { calendar }),
              table: value,
              date: value,
            }),
    }),
    path: (ref) => pathIn(scope([ref], false), ref),
    addressee(ref) {
      const isRead = isPath(ref) || (ref === 'colleague' && enrolment.subject.type === 'colleague');
      const found = isRead ? pathIn(scope([ref], false), ref) : undefined;
      // A path that leads nowhere must not be taken for a person of that name.
      return addresseeOf(world.people, ref, isRead ? (found ?? null) : undefined, playbook.owner);
    },
    inPlaceOf: (persons, teams) => inPlaceOf(world.people, persons, teams, playbook.owner),
    related(type) {
      const { subject } = enrolment;
      if (!isRecord(subject)) return undefined;
      const own = record(subject.type, subject.id);
      const id = relationsOf(subject.type, subject.id, own)[type];
      const traits = id === undefined ? undefined : record(type, id);
      // The subject itself is there even before anything is known of it.
      if (id !== undefined && type === subject.type) return { id, traits: traits ?? {} };
      return id !== undefined && traits ? { id, traits } : undefined;
    },
    // One by one: a copy of as many names takes twenty times as long.
    version,
    settings,
    enrolment,
    now: input.now,
    at,
    arm: input.arm,
    clock: input.clock,
    solved: input.solved,
    match: input.match,
    beganAt: input.beganAt,
    openTasks: input.openTasks,
    lastTurn: input.lastTurn,
    nextThresholdAt: input.nextThresholdAt,
    tried: input.tried,
    gates: input.gates,
  };
}

function subjectZone({ enrolment, world, at }: FactsInput): string | undefined {
  const { subject } = enrolment;
  const own = isRecord(subject)
    ? world.traits(subject.type, subject.id, placeOfJourney(at))?.time_zone
    : world.people.persons.find((p) => p.id === subject.id)?.timeZone;
  // A trait may hold anything: what is no zone counts as none.
  return readZone(own);
}

/** Business milliseconds for expressions; readers see them as `3 h 10 min` (T17). */
function clockFields({ due, elapsedMs, overdueMs }: TriggerClock, forReaders: boolean): { [name: string]: Json } {
  return {
    due: due === null ? null : isoInstant(due),
    // Not JSON, and only for texts: `renderText` answers it as milliseconds again.
    elapsed: forReaders ? (new BusinessTime(elapsedMs) as unknown as Json) : elapsedMs,
    overdue: forReaders ? (new BusinessTime(overdueMs) as unknown as Json) : overdueMs,
  };
}

/** A missing field is no error (T0): a moment that is read from a table without a fitting row is absent, as a date is. */
function lacksRow(moment: Moment, value: (expression: Expression) => Json | undefined): boolean {
  const table = moment.kind === 'since-enrolment' ? moment.span : moment;
  return table.kind === 'table' && readTable(table, value) === undefined;
}

function pathIn(scope: Scope, ref: string): Json | undefined {
  let value: Json | undefined = scope;
  for (const name of ref.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    value = Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}
