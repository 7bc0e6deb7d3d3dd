/** Found histories of late events: what they take back, give, and let in. Each is right, and the same every way it is played. */
import { describe, expect, it } from 'vitest';
import type { WorkspaceFile } from '../../language/compile.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { START, UNIT_MS, type WireCall } from '../../simulate/worlds/world.ts';
import { around, decisionsOf, history, playbook } from './told.ts';

const [K, L, A]: WireCall[] = [{ userId: 'K' }, { userId: 'L' }, { anonymousId: 'A' }];
const track = (event: string, who: WireCall = K!): WireCall => ({ type: 'track', event, ...who });
const says = (traits: WireCall, who: WireCall = K!): WireCall => ({ type: 'identify', ...who, traits });
const hour = (n: number) => isoInstant(START + n * UNIT_MS);

const waiting = (trigger: object, body: object = {}): WorkspaceFile[] => {
  const [, ...others] = around(trigger);
  const audience = { audience: 'contact.s == "hot"', if_refused: 'wait up to 3h' };
  return [playbook({ trigger, ...audience, exit_on: ['x'], steps: [{ record: 'done' }], ...body }), ...others];
};

describe('what has entered nowhere stands for nothing that a late event gives', { timeout: 120_000 }, () => {
  it('not what was overtaken: N1 decides anew (E5, N1)', async () => {
    const quiet = waiting({ inactive: 'a', for: '1h' });
    const overtaken = [
      [2, track('a')],
      [4, track('x')],
    ] as const;
    const histories = [
      history(...overtaken.map(([at, call]): [number, WireCall] => [at, call]), [3, track('a'), 6]),
      history(
        ...overtaken.map(([at, call]): [number, WireCall] => [at, call]),
        [3, track('a'), 6],
        [6, says({ s: 'hot' })],
      ),
    ];
    expect(await decisionsOf(quiet, histories)).toEqual([['audience'], ['entered']]);
  });

  it('not what its audience refused, or waits for it (E5, N1)', async () => {
    const quiet = waiting({ inactive: 'a', for: '1h' });
    const histories = [
      // It would have been over before.
      history([2, track('a')], [3, track('a'), 7], [6.5, says({ s: 'hot' })]),
      history([2, track('a')], [3, track('a'), 5], [6.5, says({ s: 'hot' })]),
    ];
    expect(await decisionsOf(quiet, histories)).toEqual([['entered'], ['entered']]);
  });

  it('and is decided anew where it is given again (E5, N1)', async () => {
    const d = (n: number) => says({ d: hour(n) });
    const told = history([2, d(3)], [2.5, d(8), 4], [2.75, d(3), 5], [6, says({ s: 'hot' })]);
    expect(await decisionsOf(waiting({ date: 'contact.d' }), [told])).toEqual([['entered']]);
  });
});

describe('what waits for its audience and a trait that comes late', { timeout: 120_000 }, () => {
  it('is let in where that would have been (E5, N1)', async () => {
    const seen = { event: 'b' };
    const histories = [
      history([0, track('b')], [1.5, track('a')], [1, says({ s: 'hot' }), 2], [3, track('x')]),
      history([0, track('b')], [1, says({ s: 'hot' }), 2], [1.5, says({ s: 'cold' })]),
      history([0, track('b')], [1, says({ s: 'hot' }), 4]),
      // Before an exit that is known.
      history([0, track('b')], [2, track('x')], [1, says({ s: 'hot' }), 4]),
      history([0, track('b')], [1, track('x')], [2, says({ s: 'hot' }), 4]),
      // With a claim that brings nothing else, and with one that brings what was not the contact's before it.
      history([0, track('b')], [2, track('x')], [1, { ...says({ s: 'hot' }), ...A }, 4]),
      history([0, track('b')], [0, track('a', A)], [2, track('x')], [1, { ...says({ s: 'hot' }), ...A }, 4]),
      history([0, track('b')], [0.5, says({ s: 'hot' }, A)], [2, track('x')], [1, { ...says({}), ...A }, 4]),
      // Nobody else is let in by it.
      history([0, track('b')], [1, says({ s: 'cold' }), 2], [1.5, track('x')]),
    ];
    const decided = await decisionsOf(waiting(seen), histories);
    const entered = ['entered'];
    const [, , , ...known] = decided;
    expect(decided.slice(0, 3)).toEqual([entered, entered, entered]);
    expect(known).toEqual([entered, ['overtaken'], entered, entered, entered, ['overtaken']]);
  });

  it('is let in, too, where it was itself made late, and overtaken at once (E5, N1)', async () => {
    const seen = { event: 'b' };
    const late: [number, WireCall, number] = [3, track('b'), 5];
    const histories = [
      history([4, track('x')], late, [1, says({ s: 'hot' }), 6]),
      history([4, track('x')], late, [1, { ...says({ s: 'hot' }), ...A }, 6]),
      // And once more, after what came late had shown nothing.
      history([4, track('x')], late, [3.5, says({ s: 'cold' }), 6], [3, says({ s: 'hot' }), 7]),
      history([4, track('x')], late, [3.5, { ...says({ s: 'cold' }), ...A }, 6], [3, says({ s: 'hot' }), 7]),
      // What would have overtaken it anyway.
      history([4, track('x')], late, [4, says({ s: 'hot' }), 6]),
    ];
    const entered = ['entered'];
    const decided = await decisionsOf(waiting(seen), histories);
    expect(decided).toEqual([entered, entered, entered, entered, ['overtaken']]);
  });

  it('is let in where it fired before a merge that brought something (E6, N1)', async () => {
    const seen = { event: 'b' };
    const alias: WireCall = { type: 'alias', previousId: 'L', userId: 'K' };
    const start: [number, WireCall][] = [
      [1, track('b')],
      [1, track('a', L)],
      [2, alias],
    ];
    const claim: WireCall = { type: 'alias', previousId: 'A', userId: 'K' };
    const histories = [
      // It was overtaken, and waits no longer.
      history(...start, [3.5, track('x')], [3, says({ s: 'hot' }), 5]),
      history(...start, [3.5, track('x', L)], [3, says({ s: 'hot' }, L), 5]),
      // It waits, and what is late lies before another merge.
      history(...start, [3.25, track('a', A)], [3.5, claim], [3, says({ s: 'hot' }), 3.75]),
      history(...start, [3, track('x')], [3.5, says({ s: 'hot' }), 5]),
    ];
    const entered = ['entered'];
    const ofThem = await decisionsOf(waiting(seen), histories);
    expect(ofThem).toEqual([entered, entered, entered, ['overtaken']]);
  });

  it('goes before and after others by the places at which they enter (N1, E4)', async () => {
    const keyed = { event: 'b', key: 'event.k' };
    const seen = (k: string): WireCall => ({ ...track('b'), properties: { k } });
    const histories = [
      // The later one is hot at once, before the first is.
      history([0, seen('k1')], [2, seen('k2')], [1, says({ s: 'hot' }), 3]),
      history([0, seen('k1'), 5], [2, seen('k2'), 5], [1.5, says({ s: 'hot' })]),
    ];
    const decided = await decisionsOf(waiting(keyed, { again: 'never' }), histories);
    expect(decided.map((one) => one.sort())).toEqual([
      ['again', 'entered'],
      ['again', 'entered'],
    ]);
  });
});

it('a late event in the instant of a merge takes back nothing that fired there before it (E5, E6)', async () => {
  const told = history(
    [6, track('a')],
    [7, track('a'), 8],
    [7, { type: 'identify', ...K, ...A, traits: {} }, 9],
    [5, track('a', A), 11],
    [7, track('b', A), 13],
  );
  expect(await decisionsOf(around({ event: 'a', at_least: 2, within: '4h' }), [told])).toEqual([['entered']]);
}, 120_000);

it('what a claim lets in goes before what time fires at its instant (E4, N1, E6)', async () => {
  const files = waiting({ leaves: 'busy' }, { steps: [{ wait: '1h' }, { record: 'done' }], exit_on: [] });
  const claim: WireCall = { type: 'identify', ...K, ...A, traits: { s: 'hot' } };
  const told = history([0, track('a')], [1, track('a')], [1, track('a', A)], [4, claim]);
  expect(await decisionsOf(files, [told])).toEqual([['entered', 'open']]);
}, 120_000);

it('a date that was learned late lies in the order where it was learned (T8, E5, E6)', async () => {
  const learned = (who?: WireCall) => says({ d: hour(3) }, who);
  const alias: WireCall = { type: 'alias', previousId: 'L', userId: 'K' };
  const histories = [
    // It was the heir's all the time: one firing, that stands for the other.
    history([8, learned(L)], [5, alias, 11]),
    history([8, learned(L), 9], [5, alias, 11]),
    history([8, learned()], [7, says({ s: 'hot' }), 9]),
  ];
  const decided = await decisionsOf(around({ date: 'contact.d' }), histories);
  expect(decided).toEqual(histories.map(() => ['entered']));
}, 120_000);

it('what lies behind a merge of the same request, and before what was read, is part of that merge (E5, E6)', async () => {
  const [, ...others] = around({ inactive: 'a', for: '2h' });
  const asked = { audience: 'contact.s == "hot"', steps: [{ record: 'done' }] };
  const files = [playbook({ trigger: { inactive: 'a', for: '2h' }, ...asked }), ...others];
  const alias: WireCall = { type: 'alias', previousId: 'L', userId: 'K' };
  const told = history([6, track('a', L)], [4, alias, 10], [7, says({ s: 'hot' }), 10]);
  expect(await decisionsOf(files, [told])).toEqual([['entered']]);
}, 120_000);
