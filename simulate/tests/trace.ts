/** Everything that a test's run did and looked at: the second run of a test that failed, or one that is to be shown. */
import type { CompiledArm, Instant, Json, PlaybookVersion, SubjectRef } from '../../language/model.ts';
import { placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import { conditionOf } from '../../triggers/conditions.ts';
import { evaluatedValues } from '../../triggers/engine/evaluation-view.ts';
import { armOwner } from '../../triggers/index/owners.ts';
import { run } from '../run/run.ts';
import type { Consumed, Decided, Missed, RunInput, RunLine } from '../run/types.ts';

/** Values that were looked at, by what was written. */
export type Looked = { [name: string]: Json };

export type Traced =
  | { what: 'event'; at: Instant; event: TimelineEvent }
  | { what: 'line'; at: Instant; line: RunLine }
  | { what: 'decided'; at: Instant; decided: Decided }
  | { what: 'missed'; at: Instant; missed: Missed }
  /** An event of a name that the trigger waits for, whose `where` did not hold. */
  | { what: 'unmatched'; at: Instant; subject: SubjectRef; event: string; where: string; looked: Looked };

/** A deadline of the trigger that is still to come when the test ends. */
export interface OpenWatch {
  arm: number;
  subject: SubjectRef;
  key: string;
  dueAt: Instant;
}

/** What a condition over records came to when it was last looked at. */
export interface LastLook {
  arm: number;
  subject: SubjectRef;
  at: Instant;
  looked: Looked;
}

export interface Trace {
  /** In the order in which it happened; at most `MAX_TRACED`. */
  traced: Traced[];
  watches: OpenWatch[];
  looks: LastLook[];
  /** Names of all events that came, with the kinds of subjects that they were on. */
  names: Map<string, Set<string>>;
  /** Time alone would have made more of the playbook after the end, which did not keep the test open (V3). */
  isStillDue: boolean;
  /** More happened than is kept. */
  isCut: boolean;
}

/** What one trace keeps: a test is for people to read. */
const MAX_TRACED = 20_000;

/** Runs a test's input once more and keeps all of it; the run is pure, so it does what it did before. */
export function tracedRun(version: PlaybookVersion, input: RunInput): Trace {
  const { playbook } = version;
  const trace: Trace = { traced: [], watches: [], looks: [], names: new Map(), isStillDue: false, isCut: false };
  const keep = (one: Traced) => {
    if (trace.traced.length < MAX_TRACED) trace.traced.push(one);
    else trace.isCut = true;
  };
  const zone = playbook.timeZone ?? input.settings.timeZone;
  const subjects = new Map<string, SubjectRef>();
  const looks = new Map<string, LastLook>();
  let world: Consumed['world'] | undefined;
  let latest: TimelineEvent | undefined;
  const consumed = (one: Consumed) => {
    const { event, subject } = one;
    world = one.world;
    if (event !== latest) keep({ what: 'event', at: event.at, event });
    latest = event;
    nameOf(trace, event.name).add(subject.type);
    if (subject.type !== playbook.subject) return;
    subjects.set(`${subject.type}/${subject.id}`, subject);
    const view = { world: one.world, subject, place: placeOfEvent(event), event, zone };
    for (const [index, arm] of playbook.trigger.arms.entries()) {
      for (const { event: name, where } of patternsOf(arm)) {
        if (name !== event.name || where === undefined) continue;
        const looked = evaluatedValues(view, where);
        if (looked[where.cel] !== true)
          keep({ what: 'unmatched', at: event.at, subject, event: name, where: where.cel, looked });
      }
      if (!conditionOf(arm.kind).onRecord) continue;
      const looked = Object.assign({}, ...Object.values(arm.values).map((value) => evaluatedValues(view, value)));
      looks.set(`${index} ${subject.id}`, { arm: index, subject, at: event.at, looked });
    }
  };
  run(
    {
      ...input,
      onConsumed: consumed,
      onDecided: (decided) => keep({ what: 'decided', at: decided.at, decided }),
      onStillDue: (name) => {
        trace.isStillDue ||= name === playbook.playbook;
      },
      onMissed: (missed) => keep({ what: 'missed', at: missed.at, missed }),
    },
    (line) => keep({ what: 'line', at: line.at, line }),
  );
  for (const event of input.events) nameOf(trace, event.name);
  trace.looks.push(...looks.values());
  if (world) trace.watches.push(...openWatches(version, world, subjects.values()));
  return trace;
}

/** Every pattern that an arm listens to. */
export function patternsOf({ roles }: CompiledArm) {
  return Object.values(roles).flat();
}

function nameOf({ names }: Trace, name: string): Set<string> {
  let types = names.get(name);
  if (!types) names.set(name, (types = new Set()));
  return types;
}

function openWatches(
  { playbook }: PlaybookVersion,
  world: Consumed['world'],
  subjects: Iterable<SubjectRef>,
): OpenWatch[] {
  const owners = playbook.trigger.arms.map((_, index) => armOwner(playbook.playbook, index));
  return [...subjects].flatMap((subject) =>
    [...world.stateOf(subject).slots.values()].flatMap(({ owner, key, dueAt }) => {
      const arm = owners.indexOf(owner);
      return arm < 0 || dueAt === undefined ? [] : [{ arm, subject, key, dueAt }];
    }),
  );
}
