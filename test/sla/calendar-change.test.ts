/** L3, T18: a calendar that changes while clocks run measures them anew, and takes back nothing that has happened. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlaybookVersion } from '../../language/model.ts';
import { placeOfDeadline, type TimelineEvent } from '../../language/records/timeline.ts';
import type { World } from '../../language/records/world.ts';
import { applyDeadlines, applyEvent } from '../../triggers/engine/engine.ts';
import { clockEntryOf } from '../../triggers/engine/run-clocks.ts';
import { emptyState, type Firing, nextDueAt, type SubjectState } from '../../triggers/engine/state.ts';
import { carryClocks } from '../../triggers/history/carry-clocks.ts';
import { replay, startOfReplay } from '../../triggers/history/replay.ts';
import { buildProgram, type TriggerProgram } from '../../triggers/index/program.ts';
import { elapsedMs, inCalendar } from '../../triggers/sla/clock.ts';
import { readClock } from '../../triggers/sla/clock-reading.ts';
import { MAX_SPANS } from '../../triggers/sla/state.ts';
import { compiled, day, shortTime } from '../rules/play.ts';
import { at, OFFICE, ROUND_THE_CLOCK, SUPPORT } from '../time/calendars.ts';
import { ClockStory, days, hours, type Part } from './clock-story.ts';

const HOUR_MS = 3_600_000;

describe('the spans of a clock, measured by another calendar', () => {
  const calendars = [SUPPORT, OFFICE, ROUND_THE_CLOCK];
  const happening = fc.record({
    minute: fc.integer({ min: 0, max: 9 * 1440 }),
    parts: fc.uniqueArray(fc.constantFrom<Part>('starts', 'stops', 'resumes'), { maxLength: 1 }),
    paused: fc.boolean(),
  });

  it('give what they would have given had it counted from the start', () => {
    fc.assert(
      fc.property(
        fc.array(happening, { maxLength: 12 }),
        fc.constantFrom(...calendars),
        fc.constantFrom(...calendars),
        fc.constantFrom(hours(400), days(90), { kind: 'exact', ms: 4000 * HOUR_MS } as const),
        (unsorted, from, to, target) => {
          const all = [...unsorted].sort((a, b) => a.minute - b.minute);
          const tell = (calendar: typeof from) => {
            const story = new ClockStory({ calendar, target });
            for (const { minute, parts, paused } of all) {
              story.event(at('2026-03-20T00:00Z') + minute * 60_000, parts, { paused });
            }
            return story.state;
          };
          const [old, fresh] = [tell(from), tell(to)];
          if (old === undefined || old.instances.at(-1)?.how !== undefined) return;
          const now = at('2026-03-30T12:00Z');
          const moved = inCalendar(old, to, at('2026-03-29T12:00Z'));
          const number = old.instances.at(-1)?.number ?? 1;
          expect(elapsedMs(moved, to, number, now)).toBe(elapsedMs(fresh!, to, number, now));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are kept up to a bound; older ones stay as they were measured', () => {
    const story = new ClockStory({ target: hours(4000) }).event('2026-03-02T08:00Z', ['starts']);
    for (let i = 1; i <= 2 * MAX_SPANS; i++) {
      story.event(at('2026-03-02T08:00Z') + i * 60_000, [], { paused: i % 2 === 1 });
    }
    const last = story.state!.instances.at(-1)!;
    expect(last.spans.length).toBeLessThanOrEqual(MAX_SPANS);
    const number = last.number;
    const now = at('2026-03-02T11:00Z');
    const same = inCalendar(story.state!, SUPPORT);
    expect(elapsedMs(same, SUPPORT, number, now)).toBe(elapsedMs(story.state!, SUPPORT, number, now));
    expect(JSON.parse(JSON.stringify(same))).toEqual(same);
  });

  it('of a clock that ended stay as they ended, and are measured anew when it resumes', () => {
    const story = new ClockStory({ target: hours(4) })
      .event('2026-03-02T08:00Z', ['starts'])
      .event('2026-03-02T18:00Z', ['stops']);
    expect(inCalendar(story.state!, ROUND_THE_CLOCK, at('2026-03-03T00:00Z'))).toBe(story.state);
    const other = new ClockStory({ target: hours(24), calendar: ROUND_THE_CLOCK });
    other.state = new ClockStory({ target: hours(24) })
      .event('2026-03-02T08:00Z', ['starts'])
      .event('2026-03-02T18:00Z', ['stops']).state;
    other.event('2026-03-03T08:00Z', ['resumes']).until('2026-03-04T00:00Z');
    // Ten hours by the wall until the stop, fourteen behind the resume.
    expect(other.told).toEqual(['2026-03-03T08:00Z resumed #1', '2026-03-03T22:00Z breached #1']);
  });
});

/** Support is open from 08:00 to 11:30 and from 12:30 to 17:00 UTC; a high priority is answered within 4 h: at 13:00. */
const calendar = (hoursOfDay: string) => ({
  path: 'calendars/support-eu.yaml',
  text: `calendar: support-eu\ntime_zone: UTC\nhours: { mon-fri: [${hoursOfDay}] }`,
});
const USUAL = calendar('"08:00-11:30", "12:30-17:00"');
const LONGER = calendar('"00:00-24:00"');
const SHORTER = calendar('"09:00-11:00"');
const MARKS =
  'subject: ticket\ntrigger: { any: [{ sla: standard.first_response, mark: 50% }, { sla: standard.first_response, mark: breach }, { sla: standard.first_response, mark: +1 business hour }] }\nsteps: [{ record: at }]';

/** A ticket under one deployment after another: looked at as its deadlines come, rebuilt at each deployment (T18). */
class Deployed {
  state: SubjectState = emptyState({ type: 'ticket', id: 't1' });
  readonly fired: string[] = [];
  readonly version: PlaybookVersion;
  readonly #events: TimelineEvent[] = [];
  readonly #traits: { at: number; traits: { [name: string]: string } }[] = [
    { at: 0, traits: { priority: 'high', status: 'open' } },
  ];
  #program: TriggerProgram;

  constructor() {
    const { versions, workspace } = compiled(MARKS, [USUAL]);
    this.version = versions[0]!;
    this.#program = buildProgram(versions, workspace.settings);
  }

  readonly #world: World = {
    traits: (_type, _id, place) => this.#traits.findLast((one) => one.at <= place.at)?.traits,
    computed: () => undefined,
    isComputed: () => false,
    people: { persons: [], teams: [], channels: {} },
  };

  event(time: string, name: string, traits: { [name: string]: string } = {}): this {
    const instant = Date.parse(day(time));
    this.until(instant - 1);
    this.#traits.push({ at: instant, traits: { ...this.#traits.at(-1)!.traits, ...traits } });
    const n = this.#events.length + 1;
    const subjects = [this.state.subject];
    const event = { arrival: n, messageId: `m${n}`, name, at: instant, receivedAt: instant, properties: {} };
    this.#events.push({ ...event, subjects, patches: [] });
    this.#take(applyEvent(this.#program, this.state, this.#events.at(-1)!, this.#world).firings);
    return this;
  }

  until(time: string | number): this {
    const instant = typeof time === 'number' ? time : Date.parse(day(time));
    for (let turn = 0; turn < 100; turn++) {
      const dueAt = nextDueAt(this.state);
      if (dueAt === undefined || dueAt > instant) return this;
      this.#take(applyDeadlines(this.#program, this.state, dueAt, this.#world).firings);
    }
    throw new Error('a deadline does not move on');
  }

  /**
   * Another workspace is deployed, and the ticket rebuilt from its events: at once, or when somebody gets to it.
   * What the walk gives of before the deployment is none to be made.
   */
  deploy(
    time: string,
    files: { path: string; text: string }[],
    { playbook = MARKS, rebuiltAt = time }: { playbook?: string; rebuiltAt?: string } = {},
  ): this {
    const at = Date.parse(day(time));
    this.until(at - 1);
    const { versions, workspace } = compiled(playbook, files);
    this.#program = buildProgram(versions, workspace.settings);
    const walked = replay({
      program: this.#program,
      from: startOfReplay(this.state.subject, undefined, this.state),
      items: this.#events.map((event) => ({ kind: 'event', event })),
      worldOf: () => this.#world,
      until: placeOfDeadline(Date.parse(day(rebuiltAt)) - 1),
    });
    const isClocks = carryClocks(this.#program, this.state, walked.state, at);
    this.#take(walked.fired.map(({ firing }) => firing).filter((firing) => firing.at >= at && !isClocks(firing)));
    this.state = walked.state;
    return this;
  }

  #take(firings: readonly Firing[]): void {
    for (const { at: when, key, trigger } of firings) {
      this.fired.push(`${shortTime(when)} ${String(trigger.mark)} ${key.split('.')[1]}`);
    }
  }
}

describe('a deployment with another calendar', () => {
  it('leaves a clock that runs its start and its pauses, and moves its marks', () => {
    const clock = new Deployed()
      .event('08:00', 'ticket.created')
      .event('08:30', 'ticket.updated', { status: 'pending' })
      .event('09:30', 'ticket.updated', { status: 'open' })
      .deploy('09:45', [SHORTER])
      .until('23:00');
    // By 09:00 to 11:00 nothing had passed at 08:30; of 09:30 to 11:00 an hour and a half counts, and half an hour is left.
    expect(clock.fired).toEqual([]);
    clock.until(Date.parse(day('23:00', 1)));
    expect(clock.fired).toEqual(['03-03 09:30 50% first_response#1']);
  });

  it('what the new one has left behind fires at the deployment, with its instant (L3)', () => {
    // By the usual hours two hours have passed at 10:00; round the clock nothing else was closed, so move it at noon.
    const clock = new Deployed().event('08:00', 'ticket.created').until('12:00');
    expect(clock.fired).toEqual(['03-02 10:00 50% first_response#1']);
    clock.deploy('12:10', [LONGER]).until('23:00');
    expect(clock.fired.slice(1)).toEqual([
      '03-02 12:10 breach first_response#1',
      '03-02 13:10 +1 business hour first_response#1',
    ]);
  });

  it('a mark that has fired does not fire again, though by the new one it is still ahead', () => {
    const clock = new Deployed().event('08:00', 'ticket.created').until('10:30').deploy('10:30', [SHORTER]);
    clock.until(Date.parse(day('23:00', 3)));
    expect(clock.fired).toEqual([
      '03-02 10:00 50% first_response#1',
      '03-03 11:00 breach first_response#1',
      '03-04 10:00 +1 business hour first_response#1',
    ]);
  });

  it('a paused clock still does not fire: what is due then fires at the resume (L5)', () => {
    const clock = new Deployed()
      .event('08:00', 'ticket.created')
      .event('11:40', 'ticket.updated', { status: 'pending' })
      .deploy('11:50', [LONGER])
      .until('20:00')
      .event('20:30', 'ticket.updated', { status: 'open' })
      .until('21:00');
    // 08:00 to 11:40 is 3 h 40 min of four round the clock.
    expect(clock.fired.slice(1)).toEqual(['03-02 20:50 breach first_response#1']);
  });

  it('what is due by the new one at the very instant of a stop is still in time (L4)', () => {
    const clock = new Deployed()
      .event('08:00', 'ticket.created')
      .until('12:00')
      .deploy('12:10', [LONGER])
      .event('12:10', 'ticket.solved')
      .until('23:00');
    expect(clock.fired).toEqual(['03-02 10:00 50% first_response#1']);
  });

  it('an enrolment goes on counting by the calendar of its own version (N5)', () => {
    const clock = new Deployed().event('08:00', 'ticket.created');
    const pinned = clock.version.calendars['support-eu']!;
    clock.deploy('10:30', [SHORTER]).until('10:30');
    const slot = clockEntryOf(clock.state, 'standard', 'first_response')!;
    const reading = readClock(pinned, slot, 1, Date.parse(day('11:00')))!;
    expect([reading.elapsedMs, shortTime(reading.due!)]).toEqual([3 * HOUR_MS, '03-02 13:00']);
  });
});

describe('a deployment with other marks or another policy', () => {
  const policy = {
    path: 'sla/standard.yaml',
    text: `sla: standard\ncalendar: support-eu\nclocks:\n  first_response:\n    start: ticket.created\n    stop: ticket.answered\n    target: 8 business hours`,
  };

  it('an arm that moves in the list does not fire again', () => {
    const other = MARKS.replace('any: [', 'any: [{ sla: standard.first_response, mark: 90% }, ');
    const clock = new Deployed()
      .event('08:00', 'ticket.created')
      .until('11:00')
      .deploy('11:00', [USUAL], { playbook: other });
    clock.until('13:30');
    expect(clock.fired).toEqual([
      '03-02 10:00 50% first_response#1',
      '03-02 12:36 90% first_response#1',
      '03-02 13:00 breach first_response#1',
    ]);
  });

  it('what had been reached stays reached, and the breach stays where it was', () => {
    const clock = new Deployed().event('08:00', 'ticket.created').until('13:05').deploy('13:10', [USUAL, policy]);
    // Eight hours would have made it 17:00; what counts from the breach counts from where it was.
    clock.until('23:00');
    expect(clock.fired).toEqual([
      '03-02 10:00 50% first_response#1',
      '03-02 13:00 breach first_response#1',
      '03-02 14:00 +1 business hour first_response#1',
    ]);
  });

  it('a mark that had fired is not made again, when the rebuild comes to it behind the deployment', () => {
    const files = [USUAL, policy];
    const clock = new Deployed().event('08:00', 'ticket.created').until('12:40');
    clock.deploy('12:45', files, { rebuiltAt: '13:30' }).until('23:00');
    // Half of eight hours would be 13:00.
    expect(clock.fired).toEqual(['03-02 10:00 50% first_response#1', '03-02 17:00 breach first_response#1']);
  });

  it('a playbook that is new to a clock makes nothing of what was before it', () => {
    const other = MARKS.replace('any: [', 'any: [{ sla: standard.first_response, mark: 25% }, ');
    const clock = new Deployed().event('08:00', 'ticket.created').until('10:30');
    clock.deploy('10:30', [USUAL], { playbook: other }).until('12:59');
    expect(clock.fired).toEqual(['03-02 10:00 50% first_response#1']);
  });
});
