/** Whom an event concerns (T0): the index gives what asking everybody gives, and asks only whom it may concern. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../language/cel.ts';
import type { Expression, Json, People, Traits } from '../../../language/model.ts';
import { placeOfEvent, type TimelineEvent } from '../../../language/records/timeline.ts';
import type { World } from '../../../language/records/world.ts';
import { applyDeadlines, applyEvent } from '../../../triggers/engine/engine.ts';
import { type EvaluationView, holdsAt } from '../../../triggers/engine/evaluation-view.ts';
import { ExpressionCache } from '../../../triggers/engine/expression-cache.ts';
import { emptyState, nextDueAt, putStateEntry } from '../../../triggers/engine/state.ts';
import { EventIndex, isMatch } from '../../../triggers/index/event-index.ts';
import { Intervals } from '../../../triggers/index/intervals.ts';
import { buildProgram } from '../../../triggers/index/program.ts';
import { compiled, day, play } from '../play.ts';

const ADA = { type: 'contact', id: 'ada' } as const;
const PEOPLE: People = { persons: [{ id: 'kim', role: 'agent', team: 'support' }], teams: [], channels: {} };

/** A world of one contact, which tells how often its traits were asked for. */
function worldOf(traits: Traits = {}): World & { asked: number } {
  return {
    asked: 0,
    traits(type, id) {
      this.asked += 1;
      return type === 'contact' && id === 'ada' ? traits : undefined;
    },
    computed: () => undefined,
    isComputed: () => false,
    people: PEOPLE,
  };
}

function eventOf(properties: { [name: string]: Json }, name = 'seen'): TimelineEvent {
  const at = Date.parse('2026-03-02T10:00:00Z');
  return { arrival: 1, messageId: 'm1', name, at, receivedAt: at, properties, subjects: [ADA], patches: [] };
}

function viewOf(event: TimelineEvent, world = worldOf()): EvaluationView {
  return { world, subject: ADA, place: placeOfEvent(event), event, zone: 'UTC' };
}

/** An expression, or nothing where types that cannot be compared are refused before anything runs. */
function where(source: string): Expression | undefined {
  return compileExpression(source, { roots: ['event', 'contact'] }).expression;
}

const constant = fc.constantFrom(
  '"a"',
  '"b"',
  '"kim"',
  '"support"',
  '1',
  '1.0',
  '2',
  '20',
  '-1',
  'true',
  'false',
  'null',
);
const field = fc.constantFrom('event.a', 'event.b', 'event.a.b', 'event.by.team', 'event["a"]["b"]', 'event.at');
const conjunct = fc.oneof(
  fc.tuple(field, fc.constantFrom('==', '!=', '<', '<=', '>', '>='), constant).map((parts) => parts.join(' ')),
  fc.tuple(constant, fc.constantFrom('==', '<', '>='), field).map((parts) => parts.join(' ')),
  fc.tuple(field, fc.array(constant, { maxLength: 3 })).map(([one, list]) => `${one} in [${list.join(', ')}]`),
  fc.tuple(field, constant, constant).map(([one, a, b]) => `(${one} == ${a} || ${one} == ${b})`),
  fc.tuple(field, constant).map(([one, a]) => `!(${one} == ${a})`),
  field,
  fc.constantFrom(
    'has(event.a)',
    '!has(event.b)',
    'contact.stage == "new"',
    'event.a == event.b',
    'event.at > "2026-03-01"',
  ),
  fc.constant('event.list.exists(x, x == event.a)'),
);
const condition = fc.option(
  fc.array(conjunct, { minLength: 1, maxLength: 3 }).map((conjuncts) => conjuncts.join(' && ')),
  { nil: undefined, freq: 8 },
);
const leaf: fc.Arbitrary<Json> = fc.constantFrom('a', 'b', 'kim', 'support', 1, 2, 20, -1, 25.5, true, false, null);
const properties = fc.dictionary(
  fc.constantFrom('a', 'b', 'by', 'list', 'at', '__proto__', 'more'),
  fc.oneof(
    leaf,
    fc.array(leaf, { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'team'), leaf, { maxKeys: 2 }),
  ),
) as fc.Arbitrary<{ [name: string]: Json }>;

describe('an event concerns whom asking everybody finds', () => {
  it('for any conditions and any event, in the order of the files', () => {
    fc.assert(
      fc.property(fc.array(condition, { maxLength: 30 }), fc.array(properties, { maxLength: 5 }), (sources, events) => {
        const listeners = sources.flatMap((source, n) => {
          const expression = source === undefined ? undefined : where(source);
          if (source !== undefined && expression === undefined) return [];
          return [{ n, pattern: expression === undefined ? {} : { where: expression } }];
        });
        const index = new EventIndex(listeners);
        for (const own of events) {
          const view = viewOf(eventOf(own), worldOf({ stage: 'new' }));
          const cache = new ExpressionCache(view.world, ADA, view.place, view.event);
          const all = listeners.filter(({ pattern }) => holdsAt(view, pattern.where)).map(({ n }) => n);
          for (const look of [view, { ...view, cache }]) {
            const found = index.candidates(look).filter((candidate) => isMatch(candidate, look));
            expect(found.map(({ listener }) => listener.n)).toEqual(all);
          }
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('a missing field, another type and an inherited name concern nobody', () => {
    const sources = [
      'event.a == 1',
      'event.a >= 1',
      'event.constructor',
      'event.a.b == "x"',
      'event.a in ["1", "true"]',
    ];
    const index = new EventIndex(sources.map((source) => ({ pattern: { where: where(source)! } })));
    for (const own of [{}, { a: '1x' }, { a: [1] }, { a: null }, { a: { b: ['x'] } }] as { [name: string]: Json }[]) {
      const view = viewOf(eventOf(own));
      expect(index.candidates(view).filter((candidate) => isMatch(candidate, view))).toEqual([]);
    }
    expect(index.candidates(viewOf(eventOf({ a: 1 }))).map(({ order }) => order)).toEqual([0, 1, 4]);
  });

  it('behind an id a path goes on in the person whom it names', () => {
    const index = new EventIndex([{ pattern: { where: where('event.by.team == "support"')! } }]);
    expect(index.candidates(viewOf(eventOf({ by: 'kim' })))).toHaveLength(1);
    expect(index.candidates(viewOf(eventOf({ by: 'nobody' })))).toEqual([]);
  });
});

describe('whom it does not concern is not asked', () => {
  const many = Array.from({ length: 10_000 }, (_, n) => n);
  const asked = (conditionOf: (n: number) => string, own: { [name: string]: Json }) => {
    const index = new EventIndex(many.map((n) => ({ n, pattern: { where: where(conditionOf(n))! } })));
    return index.candidates(viewOf(eventOf(own))).map(({ listener }) => listener.n);
  };

  it('by a value, by one of several, between two bounds', () => {
    expect(asked((n) => `event.path == "/p/${n}"`, { path: '/p/77' })).toEqual([77]);
    expect(asked((n) => `event.k in [${n}, ${n + 1}]`, { k: 500 })).toEqual([499, 500]);
    expect(asked((n) => `event.v >= ${n} && event.v < ${n + 2}`, { v: 500 })).toEqual([499, 500]);
    expect(asked((n) => `event.v > ${n}`, { v: 3 })).toEqual([0, 1, 2]);
    expect(asked((n) => `event.field${n} == 1`, { field9: 1, field10: 1, field11: 2 })).toEqual([9, 10]);
  });

  it('a value of the wrong type is put to a few of those who compare it, so that it is counted (T0)', () => {
    expect(asked((n) => `event.v >= ${n}`, { v: '7' })).toEqual(many.slice(0, 16));
    expect(asked((n) => `event.v == ${n}`, { v: '7' })).toEqual([7]);
    expect(asked((n) => `event.v == ${n}`, { v: '07' })).toEqual([]);
    const texts = { a: 'event.v >= 5', b: 'event.v >= 5', c: 'event.v >= 5 && event.k == 1', d: 'event.w > 1' };
    const { versions, workspace } = compiled(
      Object.fromEntries(
        Object.entries(texts).map(([name, text]) => [
          name,
          `trigger: { event: seen, where: ${text} }\nsteps: [{ record: x }]`,
        ]),
      ),
    );
    const program = buildProgram(versions, workspace.settings);
    const wrong = (own: { [name: string]: Json }) => {
      const looked = applyEvent(program, emptyState(ADA), eventOf(own), worldOf());
      expect(looked.firings).toEqual([]);
      return [...looked.wrongTypes.keys()];
    };
    expect(wrong({ v: '7', k: 1 })).toEqual(['playbook:a', 'playbook:b', 'playbook:c']);
    expect(wrong({ v: null, w: [2] })).toEqual(['playbook:a', 'playbook:b', 'playbook:d']);
    expect(wrong({ v: 4 })).toEqual([]);
  });

  it('by what tells most, wherever in the condition it stands', () => {
    const source = (n: number) =>
      `event.kind == "page" && event.public && contact.stage == "x" && event.path == "/p/${n}"`;
    expect(asked(source, { kind: 'page', public: true, path: '/p/5' })).toEqual([5]);
  });

  it('of three hundred playbooks only the three that an event concerns look at the subject, once together', () => {
    const texts: { [name: string]: string } = {};
    for (const n of many.slice(0, 300)) {
      texts[`p${n}`] =
        `trigger: { event: seen, where: event.n == ${n % 100} && contact.stage == "new" }\nsteps: [{ record: hit }]`;
    }
    const { versions, workspace } = compiled(texts);
    const program = buildProgram(versions, workspace.settings);
    const world = worldOf({ stage: 'new' });
    const { firings } = applyEvent(program, emptyState(ADA), eventOf({ n: 7 }), world);
    expect(firings.map(({ playbook }) => playbook)).toEqual(['p107', 'p207', 'p7']);
    // Equal conditions are evaluated once, on one scope.
    expect(world.asked).toBe(1);
  });
});

describe('equal expressions are evaluated once a look', () => {
  /** How often an item's price is read while one event is looked at. */
  function asked(playbooks: number): { firings: number; reads: number } {
    const texts: { [name: string]: string } = {};
    for (let n = 0; n < playbooks; n++) {
      const own = `{ event: seen, where: 'event.items.exists(i, i.price > 5)' }`;
      texts[`p${n}`] = `trigger: ${n % 2 ? `{ inactive: ${own}, for: ${n}h }` : own}\nsteps: [{ record: hit }]`;
    }
    const { versions, workspace } = compiled(texts);
    let reads = 0;
    const item = {
      get price() {
        reads += 1;
        return 7;
      },
    };
    const event = eventOf({ items: [item] });
    const looked = applyEvent(buildProgram(versions, workspace.settings), emptyState(ADA), event, worldOf());
    return { firings: looked.firings.length, reads };
  }

  it('however many playbooks say the same', () => {
    const { reads } = asked(1);
    expect(reads).toBeGreaterThan(0);
    expect(asked(20)).toEqual({ firings: 10, reads });
  });

  it('but once a zone where days are counted, and anew where they read what differs', () => {
    const text = (zone: string, condition: string) =>
      `time_zone: ${zone}\nagain: always\ntrigger: { event: seen, where: '${condition}' }\nsteps: [{ record: hit }]`;
    const since = 'days_since(contact.since) > 0';
    const { firings, entries } = play(
      {
        berlin: text('Europe/Berlin', since),
        lisbon: text('Europe/Lisbon', since),
        moscow: text('Europe/Moscow', since),
        rich: `audience: trigger.n > 1\n${text('UTC', 'event.n > 0')}`,
      },
      {
        contact: { since: '2026-03-02' },
        events: [
          [day('22:30'), 'seen', { n: 1 }],
          [day('23:30'), 'seen', { n: 2 }],
        ],
      },
    );
    // Half past midnight in Moscow an hour and more before Berlin; Lisbon is an hour behind.
    expect(firings).toEqual([
      '03-02 22:30 by m1',
      '03-02 22:30 by m1',
      '03-02 23:30 by m2',
      '03-02 23:30 by m2',
      '03-02 23:30 by m2',
    ]);
    expect(entries.filter((line) => line.endsWith('audience'))).toEqual(['03-02 22:30 audience']);
  });
});

describe('a clock that is no longer deployed', () => {
  it('keeps no deadline, which nobody would ever pass (T18)', () => {
    const { versions, workspace } = compiled(`trigger: { event: seen }\nsteps: [{ record: hit }]`);
    const program = buildProgram(versions, workspace.settings);
    const state = emptyState(ADA);
    const at = Date.parse('2026-03-02T10:00:00Z');
    putStateEntry(state, { owner: 'sla:gone.reply', key: '', hash: 'old', state: {}, dueAt: at });
    applyDeadlines(program, state, at, worldOf());
    expect(nextDueAt(state)).toBeUndefined();
  });
});

describe('an interval that contains a value is found', () => {
  const bound = fc.option(fc.record({ value: fc.integer({ min: 0, max: 9 }), inclusive: fc.boolean() }), {
    nil: undefined,
  });
  const interval = fc.record({ lower: bound, upper: bound }).filter(({ lower, upper }) => !!lower || !!upper);

  it('and no other', () => {
    fc.assert(
      fc.property(fc.array(interval, { maxLength: 40 }), fc.integer({ min: -1, max: 10 }), (intervals, value) => {
        const items = intervals.map((one, item) => ({ ...one, item }));
        const found: number[] = [];
        new Intervals(items).each(value, (item) => found.push(item));
        const all = items.filter(
          ({ lower, upper }) =>
            (!lower || value > lower.value || (lower.inclusive && value === lower.value)) &&
            (!upper || value < upper.value || (upper.inclusive && value === upper.value)),
        );
        expect(found.sort((a, b) => a - b)).toEqual(all.map(({ item }) => item));
      }),
      { numRuns: 2000 },
    );
  });
});
