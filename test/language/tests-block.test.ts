/** The `tests:` of a playbook as the runner gets them (V2, V3). */
import { describe, expect, it } from 'vitest';
import { compileOne } from './workspace.ts';

const HEAD =
  'playbook: p\ntrigger: { event: a }\nsteps: [{ id: call, task: Call, assign: kim }, { split: mail, arms: { a: { weight: 1, steps: [] }, b: { weight: 1, steps: [] } } }]\ntests:\n';

function read(tests: string) {
  const result = compileOne(`${HEAD}${tests}\nholdout: 10%\n`);
  return {
    tests: result.tests.get('p') ?? [],
    faults: result.diagnostics.map((d) => `${d.code} ${d.line}:${d.column}`),
  };
}

describe('a test', () => {
  it('has all the people whom its own people name', () => {
    const people = (list: string) => read(`  - { it: x, people: [${list}], expect: nothing }\n`).faults;
    expect(people('{ person: kim, away: true, deputy: max, manager: lena }')).toEqual(['CB502 5:58', 'CB502 5:72']);
    expect(people('{ person: kim, deputy: max, manager: max }, { person: max }')).toEqual([]);
  });

  it('is read with its records, events and lines, and knows its place', () => {
    const { tests, faults } = read(`  - it: does it
    contact: { id: ada, name: Ada }
    accounts: [{ id: acme, plan: pro }]
    people: [{ person: kim, team: sales }]
    start: 2026-03-01T00:00:00Z
    holdout: in
    arms: { mail: b }
    settings: { quiet_hours: "20:00-07:00" }
    events:
      - { at: 2026-03-02T10:00:00Z, event: a, value: 5, task: 7 }
      - { after: 59m, every: 1d, times: 3, event: b, n: "m{{ n }}" }
      - { after: 1h, identify: { plan: free } }
      - { after: 1h, task: call, is: done, by: kim }
    expect_only: [send, refused]
    expect:
      - { at: 2026-03-02T11:00:00Z, task: Call, refused: consent }
`);
    expect(faults).toEqual([]);
    const [test] = tests;
    expect(test).toMatchObject({
      it: 'does it',
      line: 5,
      records: [
        { type: 'contact', id: 'ada', traits: { name: 'Ada' }, single: true },
        { type: 'account', id: 'acme', traits: { plan: 'pro' }, single: false },
      ],
      people: [{ id: 'kim', team: 'sales' }],
      start: Date.UTC(2026, 2, 1),
      holdout: 'in',
      arms: { mail: 'b' },
      expectOnly: ['send', 'refused'],
      expect: [{ line: 20, at: Date.UTC(2026, 2, 2, 11), fields: { task: 'Call', refused: 'consent' } }],
    });
    expect(test?.settings.quietHours).toEqual({ startMinute: 1200, endMinute: 420 });
    // What a test does not change is the files'.
    expect(test?.settings.sender.name).toBe('Shop');
    expect(test?.events).toMatchObject([
      { kind: 'event', event: 'a', time: { at: Date.UTC(2026, 2, 2, 10) }, properties: { value: 5, task: 7 } },
      { kind: 'event', event: 'b', time: { afterMs: 3_540_000 }, repeat: { everyMs: 86_400_000, times: 3 } },
      { kind: 'identify', call: { plan: 'free' } },
      { kind: 'task', step: 'steps.0', is: 'done', by: 'kim' },
    ]);
  });

  it('names a record of an earlier test by its id alone', () => {
    const { tests } = read(`  - { it: one, contact: { id: ada, name: Ada }, expect: nothing }
  - { it: two, contact: ada, expect: nothing }
`);
    expect(tests[1]?.records).toEqual(tests[0]?.records);
  });

  it('may ask for what never happens over generated histories', () => {
    const { tests, faults } = read(`  - it: never after an order
    contact: { id: ada }
    never: { send: x, after: order.completed, until: cart.updated }
    for_all: { events: [order.completed, { event: cart.updated, value: [5, 50] }], within: 2d, at_most: 6 }
`);
    expect(faults).toEqual([]);
    expect(tests[0]?.generated).toEqual({
      line: 7,
      never: { line: { send: 'x' }, after: 'order.completed', until: 'cart.updated' },
      events: [
        { event: 'order.completed', properties: {} },
        { event: 'cart.updated', properties: { value: [5, 50] } },
      ],
      withinMs: 172_800_000,
      atMost: 6,
    });
  });

  it.each([
    ['  - { it: x, expect: nothing, evnts: [] }', 'CB201 5:31'],
    ['  - { it: x, expect: nothing, events: [{ after: 1h, event: a }] }', 'CB203 5:40'],
    ['  - { it: x, expect: nothing, events: [{ at: noon, event: a }] }', 'CB212 5:46'],
    ['  - { it: x, expect: [{ at: 2026-03-02T10:00:00Z, sned: y }] }', 'CB202 5:23'],
    ['  - { it: x, expect: nothing, events: [{ at: 2026-03-02T10:00:00Z, task: call, is: gone }] }', 'CB202 5:84'],
    ['  - { it: x, expect: nothing, events: [{ at: 2026-03-02T10:00:00Z, task: cal, is: done }] }', 'CB632 5:74'],
    ['  - { it: x, expect: nothing, events: [{ at: 2026-03-02T10:00:00Z, approval: a, is: given }] }', 'CB632 5:78'],
    ['  - { it: x, expect: nothing }\n  - { it: x, expect: nothing }', 'CB208 6:11'],
  ])('that cannot be read is told at its place: %s', (tests, fault) => {
    expect(read(`${tests}\n`).faults).toEqual([fault]);
  });
});
