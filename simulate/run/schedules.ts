/** Schedules in virtual time (T11): the instants that come next, and what fires at each, over the subjects known then. */

import type { Instant, SubjectRef, SubjectType } from '../../language/model.ts';
import { placeOfDeadline, type TimelineEvent } from '../../language/records/timeline.ts';
import { isRecord, type World } from '../../language/records/world.ts';
import { DAY_MS } from '../../language/time/duration.ts';
import { readZone } from '../../language/time/read-zone.ts';
import { compareText } from '../../triggers/engine/merge-firings.ts';
import {
  firingsAt,
  nextScheduledAt,
  type ScheduledArm,
  scheduledArms,
  WORKSPACE,
} from '../../triggers/engine/run-schedules.ts';
import type { Firing } from '../../triggers/engine/state.ts';
import type { TriggerProgram } from '../../triggers/index/program.ts';
import type { RecordType, RunInput } from './types.ts';

/** The records there are, as far as virtual time has come. */
export interface Population extends World {
  /** Ids of the records of a type that are known. */
  idsOf(type: RecordType): Iterable<string>;
}

interface Calendar {
  scheduled: ScheduledArm;
  /** Effective zone → the next instant that has not been played. */
  next: Map<string, Instant | undefined>;
}

/** Where schedules begin: where the run says so, else a day before its first event (V3), else a day before its end. */
export function startOf(input: Pick<RunInput, 'start' | 'until'>, first: TimelineEvent | undefined): Instant {
  return input.start ?? (first?.at ?? input.until ?? 0) - DAY_MS;
}

export class VirtualSchedules {
  readonly #world: Population;
  readonly #calendars: Calendar[];
  #nextAt: Instant | undefined;
  /** Own zones of records that were seen, by type: few, however many records there are. */
  readonly #zones = new Map<SubjectType, Set<string>>();

  /** @param from only instants after it are scheduled (T18) */
  constructor(program: TriggerProgram, world: Population, from: Instant) {
    this.#world = world;
    this.#calendars = scheduledArms(program).map((scheduled) => ({ scheduled, next: new Map() }));
    for (const { scheduled, next } of this.#calendars) {
      next.set(scheduled.zone, nextScheduledAt(scheduled, scheduled.zone, from));
    }
    this.#nextAt = this.#earliest();
    for (const type of new Set(this.#calendars.map(({ scheduled }) => scheduled.subject))) {
      for (const subject of this.#subjects(type)) this.seen(subject, from + 1);
    }
  }

  /** Playbooks that a schedule fires. */
  *playbooks(): Iterable<string> {
    for (const { scheduled } of this.#calendars) yield scheduled.arm.playbook;
  }

  /** A record has come, or its traits have changed, in the events of an instant: it may count by a zone of its own. */
  seen(subject: SubjectRef, at: Instant): void {
    if (this.#calendars.length === 0) return;
    const zone = this.#ownZone(subject, at);
    if (zone === undefined) return;
    let zones = this.#zones.get(subject.type);
    if (!zones) this.#zones.set(subject.type, (zones = new Set()));
    if (zones.has(zone)) return;
    zones.add(zone);
    for (const { scheduled, next } of this.#calendars) {
      if (!scheduled.perSubject || scheduled.subject !== subject.type || next.has(zone)) continue;
      // Events come before the deadlines of their instant (E4), so that one may still fire.
      next.set(zone, nextScheduledAt(scheduled, zone, at - 1));
    }
    this.#nextAt = this.#earliest();
  }

  /** The next scheduled instant, whether there is an audience then or not. */
  nextAt(): Instant | undefined {
    return this.#nextAt;
  }

  /** What fires up to an instant that has not fired yet, in the order (playbook, subject, key). */
  take(upTo: Instant): Firing[] {
    if (this.#nextAt === undefined || this.#nextAt > upTo) return [];
    const firings: Firing[] = [];
    for (const { scheduled, next } of this.#calendars) {
      for (const [zone, at] of next) {
        if (at === undefined || at > upTo) continue;
        for (const subject of this.#subjects(scheduled.subject)) {
          firings.push(...firingsAt(scheduled, this.#world, subject, { zone, at }));
        }
        next.set(zone, nextScheduledAt(scheduled, zone, at));
      }
    }
    this.#nextAt = this.#earliest();
    return firings.sort(
      (a, b) =>
        a.at - b.at ||
        compareText(a.playbook, b.playbook) ||
        compareText(a.subject.id, b.subject.id) ||
        compareText(a.key, b.key) ||
        a.arm - b.arm,
    );
  }

  #earliest(): Instant | undefined {
    let earliest: Instant | undefined;
    for (const { next } of this.#calendars) {
      for (const at of next.values()) if (at !== undefined && (earliest === undefined || at < earliest)) earliest = at;
    }
    return earliest;
  }

  #subjects(type: SubjectType): SubjectRef[] {
    if (type === 'workspace') return [WORKSPACE];
    if (type === 'colleague') return this.#world.people.persons.map(({ id }) => ({ type, id }));
    return [...this.#world.idsOf(type)].map((id) => ({ type, id }));
  }

  #ownZone(subject: SubjectRef, at: Instant): string | undefined {
    const own = isRecord(subject)
      ? this.#world.traits(subject.type, subject.id, placeOfDeadline(at))?.time_zone
      : this.#world.people.persons.find((person) => person.id === subject.id)?.timeZone;
    return readZone(own);
  }
}
