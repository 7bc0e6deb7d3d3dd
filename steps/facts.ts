/** Builds the facts of a step from plain data that was fetched before: names, zones, texts, spans, people. */

import { isUnread, valueIn, type WrongValue, wrongValueIn } from '../language/cel/wrong-types.ts';
import { type Evaluated, evaluate } from '../language/cel.ts';
import type { Expression, Instant, Json, Moment, Text } from '../language/model.ts';
import { peopleAt } from '../language/records/people/absences.ts';
import { addresseeOf, inPlaceOf, isPath } from '../language/records/people.ts';
import { placeOfJourney } from '../language/records/timeline.ts';
import { isRecord, relationsOf, type World } from '../language/records/world.ts';
import { type Scope, scopeOf } from '../language/scope.ts';
import { printedPaths } from '../language/template/parse/printed.ts';
import { BusinessTime, renderString, renderText } from '../language/text.ts';
import { addSpan } from '../language/time/calendar.ts';
import { isoInstant } from '../language/time/instants.ts';
import { readTable, resolveMoment } from '../language/time/moment.ts';
import { readDate } from '../language/time/read-date.ts';
import { readZone } from '../language/time/read-zone.ts';
import type { Report, ReportPeriod } from '../measurement/report.ts';
import { Overviews } from './overviews.ts';
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
  /** What a report says of a period (W3); of other fields than these it need not be true. Undefined where it is not yet known. */
  report(period: ReportPeriod, fields: readonly (keyof Report)[]): Report | undefined;
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
  const people = peopleAt(world.people, at);
  const zone = readZone(writtenZone(input)) ?? playbook.timeZone ?? settings.timeZone;
  const calendar = playbook.calendar === undefined ? undefined : version.calendars[playbook.calendar];
  const env = {
    now: at,
    zone,
    sinceStart: (names: readonly string[]) => input.sinceStart(names),
    share: (segment: string, of: string) => overviews.share(segment, of),
  };
  const reading = typeof enrolment.trigger.clock === 'string' ? input.clock(undefined, undefined) : undefined;

  const elsewhere = playbook.timeZone ?? settings.timeZone;
  const { report } = input;
  const overviews = new Overviews({ world, version, enrolment, at, place, zone, elsewhere, report });
  const scope = (reads: readonly string[], forReaders: boolean): Scope =>
    scopeOf(world, {
      subject: enrolment.subject,
      place,
      reads,
      also: {
        trigger: { ...enrolment.trigger, ...(reading && clockFields(reading, forReaders)) },
        steps: input.steps,
        repeat: input.round === undefined ? undefined : { round: input.round },
        ...overviews.read(reads),
        enrolment: { id: enrolment.id, started_at: isoInstant(enrolment.startedAt) },
      },
    });
  const wrongTypes = new Map<string, WrongValue>();
  const emptyValues = new Set<string>();
  const noteEmpty = (text: string, names: Scope) => {
    for (const path of printedPaths(text)) if (isEmpty(valueIn(names, path))) emptyValues.add(path);
  };
  const countWrong = (of: Pick<Expression, 'cel' | 'reads'>) =>
    wrongTypes.set(of.cel, wrongValueIn(of, scope(of.reads, false)));
  const unreadZone = isUnread(writtenZone(input), readZone) ? `${enrolment.subject.type}.time_zone` : undefined;
  const countZone = () => unreadZone && countWrong({ cel: unreadZone, reads: [unreadZone] });
  const evaluated = (expression: Expression): Evaluated => {
    if (expression.timed) countZone();
    const found = evaluate(expression, scope(expression.reads, false), env);
    if (found.failed === 'type') countWrong(expression);
    return found;
  };
  const value = (expression: Expression) => evaluated(expression).value;
  const record: Facts['record'] = (type, id) => world.traits(type, id, place);

  return {
    people,
    zone,
    value,
    record,
    wrongTypes,
    holds(expression) {
      const { value: found } = evaluated(expression);
      if (found !== undefined && typeof found !== 'boolean') countWrong(expression);
      return found === true;
    },
    emptyValues,
    looksEmpty(texts, names) {
      for (const text of texts) noteEmpty(text, names as Scope);
    },
    text(text: Text, { locale, ...how } = {}) {
      const names = scope(text.reads, true);
      noteEmpty(text.text, names);
      return renderText(text.text, names, { zone, ...(locale !== undefined && { locale }) }, how);
    },
    names: (reads) => scope(reads, true),
    words(text: Text, reader) {
      const names = scope(text.reads, true);
      noteEmpty(text.text, names);
      return renderString(text.text, names, { zone: reader ?? zone });
    },
    endOf(span, from) {
      const row = readTable(span, value);
      return row && addSpan(row, from, calendar);
    },
    from: (instant) => ({
      moment(moment: Moment) {
        if (lacksRow(moment, value)) return undefined;
        if (LOCAL_MOMENTS.has(moment.kind)) countZone();
        return resolveMoment(moment, {
          from: instant,
          enrolmentAt: enrolment.startedAt,
          zone,
          ...(calendar && { calendar }),
          table: value,
          date(expression) {
            const date = value(expression);
            if (isUnread(date, readDate)) countWrong(expression);
            return date;
          },
        });
      },
    }),
    path: (ref) => valueIn(scope([ref], false), ref),
    addressee(ref) {
      const isRead = isPath(ref) || (ref === 'colleague' && enrolment.subject.type === 'colleague');
      const found = isRead ? valueIn(scope([ref], false), ref) : undefined;
      // A path that leads nowhere must not be taken for a person of that name.
      return addresseeOf(people, ref, isRead ? (found ?? null) : undefined, playbook.owner);
    },
    inPlaceOf: (persons, teams) => inPlaceOf(people, persons, teams, playbook.owner),
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
    ownTasks: input.ownTasks,
    tried: input.tried,
    gates: input.gates,
  };
}

/** What stands where the subject's zone is looked for: a trait may hold anything. */
function writtenZone({ enrolment, world, at }: FactsInput): Json | undefined {
  const { subject } = enrolment;
  return isRecord(subject)
    ? world.traits(subject.type, subject.id, placeOfJourney(at))?.time_zone
    : world.people.persons.find((p) => p.id === subject.id)?.timeZone;
}

/** Where a text shows nothing (S20): a text of blanks is as good as missing. */
function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** Moments that are read on the subject's clocks. */
const LOCAL_MOMENTS: ReadonlySet<Moment['kind']> = new Set(['days-at', 'next-time', 'day-at', 'date']);

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
