/** E6 in virtual time: a visitor becomes a contact, and both timelines are read as one from there. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timelineEventOf } from '../../../events/new-event.ts';
import { parseCall } from '../../../events/parse-call.ts';
import type { Json } from '../../../language/model.ts';
import { type IdentityLink, IdentityLinks, identityLinksOf } from '../../../language/records/identity-links.ts';
import { isoInstant } from '../../../language/time/instants.ts';
import { run } from '../../../simulate/run/run.ts';
import { compiled, day, type Happening, type Played, play } from '../play.ts';

const CART = `
trigger: { event: cart.updated, unless: order.completed, within: 1h, key: event.cart }
again: always
goal: { event: order.completed, within: 7d }
exit_on: [contact.deleted]
steps:
  - wait: 2d
  - record: reminded
`;
const VIEWS = `
trigger: { event: viewed, at_least: 3, within: 1d }
again: always
steps:
  - wait: 2d
  - if: since_start("viewed") >= 2
    then: [{ record: keen }]
    else: [{ record: cool }]
`;

type Properties = { [name: string]: Json };
const visitor = (at: string, name: string, more: Properties = {}, id = 'x'): Happening => [
  at,
  name,
  { userId: `anon:${id}`, ...more },
];
const known = (at: string, name: string, more: Properties = {}): Happening => [at, name, more];
const identify = (at: string, more: Properties = {}, id = 'x'): Happening => [
  at,
  'identify',
  { merges: [`anon:${id}`], ...more },
];

/** `ada: 03-02 11:00 entered` */
const entries = ({ lines }: Played) =>
  lines.flatMap((line) =>
    line.type === 'enrolment'
      ? [`${line.subject.id}: ${isoInstant(line.at).slice(5, 16).replace('T', ' ')} ${line.refused ?? 'entered'}`]
      : [],
  );

describe('a visitor who signs in (E6)', () => {
  it('takes the open watch along: it fires for the contact', () => {
    const played = play(CART, {
      events: [visitor(day('10:00'), 'cart.updated', { cart: 'c1' }), identify(day('10:30'))],
    });
    expect(entries(played)).toEqual(['ada: 03-02 11:00 entered']);
  });

  it('closes the contact`s own watch with what the visitor did before', () => {
    const played = play(CART, {
      events: [
        known(day('10:00'), 'cart.updated', { cart: 'c1' }),
        visitor(day('10:10'), 'order.completed'),
        identify(day('10:30')),
      ],
    });
    expect(played.firings).toEqual([]);
  });

  it('has its views counted with the contact`s; the merge alone fires nothing', () => {
    const before = [known(day('10:00'), 'viewed'), visitor(day('10:01'), 'viewed')];
    const third = play(VIEWS, { events: [...before, identify(day('10:30')), known(day('10:40'), 'viewed')] });
    expect(third.firings).toEqual(['03-02 10:40 by m1,m2,m4']);
    const alone = play(VIEWS, {
      events: [...before, visitor(day('10:02'), 'viewed'), identify(day('10:30')), known(day('10:40'), 'viewed')],
    });
    expect(alone.firings).toEqual([]);
  });

  it('enters what waited, from the merge on', () => {
    const views = ['10:00', '10:01', '10:02'].map((time) => visitor(day(time), 'viewed'));
    const played = play(VIEWS, { events: [...views, identify(day('10:30'))] });
    expect(entries(played)).toEqual(['ada: 03-02 10:30 entered']);
    expect(played.story).toEqual(['03-04 10:30 record cool', '03-04 10:30 completed: steps']);
  });

  it('leaves out what waited where both timelines together do not give it, or its goal has come', () => {
    const views = ['10:00', '10:01', '10:02'].map((time) => visitor(day(time), 'viewed'));
    const crowded = play(VIEWS, { events: [known(day('09:00'), 'viewed'), ...views, identify(day('10:30'))] });
    expect(entries(crowded)).toEqual(['ada: 03-02 10:02 overtaken']);
    const bought = play(CART, {
      events: [
        visitor(day('10:00'), 'cart.updated', { cart: 'c1' }),
        known(day('11:30'), 'order.completed'),
        identify(day('12:00')),
      ],
    });
    expect(entries(bought)).toEqual(['ada: 03-02 11:00 overtaken']);
  });

  it('leaves an address behind that a page gave the visitor, and takes the rest along (E10)', () => {
    const call = (at: string, more: object, arrival: number) => {
      const { event } = parseCall({ scope: 'client', timestamp: at, ...more }, { source: 'web', history: true });
      return timelineEventOf(event, event.stamps.timestamp!, arrival);
    };
    const visit = { type: 'identify', anonymousId: 'x' };
    const events = [
      call(day('10:00'), { ...visit, traits: { email: 'v@x.example', city: 'Kiel' } }, 1),
      call(day('10:10'), { ...visit, userId: 'ada', traits: { plan: 'pro' } }, 2),
      call(day('10:20'), { ...visit, traits: { phone: '1', size: 'L' } }, 3),
      call(day('10:30'), { event: 'asked', userId: 'ada' }, 4),
    ];
    const { versions, workspace } = compiled(
      'trigger: { event: asked }\naudience: contact.city == "Kiel" && contact.size == "L" && contact.plan == "pro"\nsteps:\n' +
        '  - if: has(contact.email) || has(contact.phone)\n    then: [{ record: address }]\n    else: [{ record: none }]',
    );
    const { settings, people } = workspace;
    const records: string[] = [];
    const claims = events.flatMap(identityLinksOf);
    run({ versions, settings, people, records: [], events, claims, backtest: true }, (line) => {
      if (line.type === 'effect') records.push(String(line.detail.record));
    });
    expect(records).toEqual(['none']);
  });

  it('waits for good where nobody signs in, and for too long after 72 h', () => {
    const cart = visitor(day('10:00'), 'cart.updated', { cart: 'c1' });
    expect(entries(play(CART, { events: [cart] }))).toEqual(['anon:x: 03-02 11:00 anonymous']);
    const late = play(CART, { events: [cart, identify(day('11:01', 3))] });
    expect(entries(late)).toEqual(['ada: 03-05 11:01 too_late_after']);
  });

  it('brings its traits: the last write by event time wins, whosever it was', () => {
    const text =
      'trigger: { event: asked }\naudience: contact.plan == "pro" && contact.city == "Kiel"\nsteps: [{ record: yes }]';
    const played = play(text, {
      contact: { city: 'Bonn' },
      events: [
        visitor(day('10:00'), 'told', { traits: { contact: { plan: 'pro', city: 'Ulm' } } }),
        known(day('10:10'), 'told', { traits: { contact: { city: 'Kiel' } } }),
        known(day('10:20'), 'asked'),
        identify(day('10:30')),
        known(day('10:40'), 'asked'),
      ],
    });
    expect(entries(played)).toEqual(['ada: 03-02 10:20 audience', 'ada: 03-02 10:40 entered']);
  });
});

describe('what the traits of a visitor have turned', () => {
  const LEVEL = 'trigger: { becomes: contact.level >= 5 }\nagain: always\nsteps: [{ record: seen }]';
  const says = (at: string, userId: string, level: number): Happening => [
    at,
    'identify',
    { userId, traits: { contact: { level } } },
  ];

  it('enters at the merge, and turns at once where the id is the contact`s already', () => {
    const before = play(LEVEL, { events: [says(day('10:00'), 'anon:x', 7), identify(day('10:30'))] });
    expect(entries(before)).toEqual(['ada: 03-02 10:30 entered']);
    const after = play(LEVEL, { events: [identify(day('10:00')), says(day('10:30'), 'anon:x', 7)] });
    expect(entries(after)).toEqual(['ada: 03-02 10:30 entered']);
  });

  it('is overtaken where the contact`s own had turned it before', () => {
    const events = [says(day('09:00'), 'ada', 6), says(day('10:00'), 'anon:x', 7), identify(day('10:30'))];
    expect(entries(play(LEVEL, { events }))).toEqual(['ada: 03-02 09:00 entered', 'ada: 03-02 10:00 overtaken']);
  });
});

describe('what a visitor began', () => {
  const anonymous = `anonymous: true${CART}`;

  it('begins at once with `anonymous: true`, and goes on as the contact`s', () => {
    const played = play(anonymous, {
      events: [
        visitor(day('10:00'), 'cart.updated', { cart: 'c1' }),
        identify(day('12:00')),
        known(day('13:00'), 'order.completed'),
      ],
    });
    expect(entries(played)).toEqual(['anon:x: 03-02 11:00 entered']);
    expect(played.outcomes).toEqual(['03-02 13:00 converted: goal by m3']);
  });

  it('of two open enrolments of one key the older stays, the other ends `cancelled: merged`', () => {
    const played = play(anonymous, {
      events: [
        visitor(day('10:00'), 'cart.updated', { cart: 'c1' }),
        known(day('10:10'), 'cart.updated', { cart: 'c1' }),
        known(day('10:20'), 'cart.updated', { cart: 'c2' }),
        identify(day('12:00')),
      ],
    });
    expect(played.story).toEqual([
      '03-02 12:00 cancelled: merged',
      '03-04 11:00 record reminded',
      '03-04 11:00 completed: steps',
      '03-04 11:20 record reminded',
      '03-04 11:20 completed: steps',
    ]);
  });

  it('is counted by the contact`s journeys from the merge on', () => {
    const views = ['10:00', '10:01', '10:02'].map((time) => known(day(time), 'viewed'));
    const more = ['12:00', '13:00'].map((time) => visitor(day(time), 'viewed'));
    expect(play(VIEWS, { events: [...views, ...more, identify(day('14:00'))] }).effects).toEqual([
      '03-04 10:02 record keen',
    ]);
    expect(play(VIEWS, { events: [...views, ...more, identify(day('14:00', 3))] }).effects).toEqual([
      '03-04 10:02 record cool',
    ]);
  });
});

describe('to whom an id belongs', () => {
  const place = (at: number) => ({ at, round: 0, phase: 'events' as const, receivedAt: at, arrival: at });
  const claim = (at: number, from: string, to: string): IdentityLink => ({ from, to, place: place(at) });

  it('an anonymous id seen with a second contact gives that one only what comes after', () => {
    const identities = new IdentityLinks([claim(10, 'anon:x', 'ada'), claim(20, 'anon:x', 'bea')]);
    expect([5, 10, 19, 20, 30].map((at) => identities.ownerAt('anon:x', place(at)))).toEqual([
      'anon:x',
      'ada',
      'ada',
      'bea',
      'bea',
    ]);
    expect(identities.mergesInto('ada')).toHaveLength(1);
    expect(identities.mergesInto('bea')).toEqual([]);
  });

  it('two contacts that claimed one device stay two; an alias makes them one, with what each had', () => {
    const claims = [claim(10, 'anon:x', 'ada'), claim(20, 'anon:x', 'bea')];
    expect(new IdentityLinks(claims).ownerOf('ada')).toBe('ada');
    const aliased = new IdentityLinks([...claims, claim(30, 'ada', 'bea')]);
    expect(aliased.ownerOf('ada')).toBe('bea');
    expect(aliased.ownerships('anon:x', place(5)).map(({ id }) => id)).toEqual(['anon:x', 'ada', 'bea']);
    // A claim of what is one already changes nothing.
    expect(new IdentityLinks([...claims, claim(30, 'ada', 'bea'), claim(40, 'bea', 'ada')]).ownerOf('bea')).toBe('bea');
  });

  const ids = ['anon:x', 'anon:y', 'ada', 'bea', 'cem'];
  const claims = fc
    .array(fc.record({ from: fc.constantFrom(...ids), to: fc.constantFrom('ada', 'bea', 'cem') }), { maxLength: 8 })
    .map((drawn) => drawn.flatMap(({ from, to }, n) => (from === to ? [] : [claim(10 * (n + 1), from, to)])));

  it('does not depend on the order in which claims came', () => {
    fc.assert(
      fc.property(claims, fc.infiniteStream(fc.nat()), (drawn, order) => {
        const straight = new IdentityLinks(drawn);
        const shuffled = drawn
          .map((one) => ({ one, by: order.next().value as number }))
          .sort((a, b) => a.by - b.by)
          .map(({ one }) => one);
        let grown = new IdentityLinks();
        for (const one of shuffled) grown = grown.isDecided(one) ? grown.with([one]) : grown.with([one, one]);
        for (const id of ids) {
          for (let at = 0; at <= 90; at += 5) {
            expect(grown.ownerships(id, place(at))).toEqual(straight.ownerships(id, place(at)));
          }
        }
        expect(grown.since(straight).changed).toEqual([]);
      }),
    );
  });

  it('tells everybody whose timeline a claim changes', () => {
    fc.assert(
      fc.property(claims, fc.nat(7), (drawn, n) => {
        const before = new IdentityLinks(drawn.filter((_, i) => i !== n));
        const after = new IdentityLinks(drawn);
        const concerned = new Set(after.since(before).concerned);
        for (const id of ids) {
          for (let at = 5; at <= 95; at += 10) {
            const [a, b] = [before, after].map((one) =>
              one.ownerships(id, place(at)).map((stand) => `${stand.id} ${stand.via?.place.at ?? ''}`),
            );
            for (const stand of a!.filter((one) => !b!.includes(one))) expect(concerned).toContain(stand.split(' ')[0]);
            for (const stand of b!.filter((one) => !a!.includes(one))) expect(concerned).toContain(stand.split(' ')[0]);
          }
        }
      }),
    );
  });
});

describe('from the merge on a run is what it would be had the visitor been known', () => {
  const BOTH = {
    cart: CART,
    views: VIEWS,
    spree: `
trigger: { sequence: [viewed, cart.updated], within: 1h }
again: always
steps: [{ record: seen }]
`,
    quiet: `
trigger: { inactive: viewed, for: 3h }
again: always
steps: [{ record: seen }]
`,
    much: `
trigger: { becomes: contact.views >= 4 }
again: always
steps: [{ record: seen }]
`,
  };
  const extra = [
    {
      path: 'traits/views.yaml',
      text: 'subject: contact\ntraits:\n  views: { count: true, event: viewed, over: 1d }\n',
    },
  ];
  const happening = fc.record({
    minute: fc.nat(240),
    who: fc.constantFrom('ada', 'anon:x', 'anon:y'),
    name: fc.constantFrom('viewed', 'viewed', 'cart.updated', 'order.completed'),
  });

  it('whatever came before', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 16 }), fc.nat(200), fc.nat(40), (drawn, minute, more) => {
        const at = (n: number) => isoInstant(Date.parse(day('10:00')) + n * 60_000);
        const merges: Happening[] = [identify(at(minute)), identify(at(minute + more), {}, 'y')];
        const events = drawn.map(({ minute: n, who, name }): Happening => [at(n), name, { userId: who, cart: 'c1' }]);
        const asKnown = events.map(([when, name, more]): Happening => [when, name, { ...more, userId: 'ada' }]);
        const fired = (all: Happening[], merged: boolean) =>
          play(BOTH, {
            events: [...all, ...(merged ? merges : merges.map(([when]): Happening => [when, 'identify']))],
            extra,
          }).lines.flatMap((line) => (line.type === 'firing' && line.at > Date.parse(at(minute + more)) ? [line] : []));
        expect(fired(events, true)).toEqual(fired(asKnown, false));
      }),
      { numRuns: 150 },
    );
  });
});
