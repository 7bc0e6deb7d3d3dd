/** Found histories of what waits to enter: for a merge, or for its audience. Each is right, and the same every way it is played. */
import { describe, expect, it } from 'vitest';
import type { WorkspaceFile } from '../../language/compile.ts';
import type { History, WireCall } from '../../simulate/worlds/world.ts';
import { around, decisionsOf, history, playbook } from './told.ts';

describe('what waits to enter', { timeout: 120_000 }, () => {
  const files = [
    playbook({ trigger: { event: 'b' }, audience: 'contact.s == "hot"', steps: [{ record: 'done' }] }),
    { path: 'settings.yaml', text: 'time_zone: UTC\n' },
  ];

  it("a visitor's firing sees, at the merge, the traits that the merging call brings (E6, E8)", async () => {
    const seen: WireCall = { type: 'track', event: 'b', anonymousId: 'A' };
    const merging = (s: string): WireCall => ({ type: 'identify', userId: 'K', anonymousId: 'A', traits: { s } });
    const histories = ['hot', 'cold'].map((s) => history([0, seen], [7, merging(s)]));
    expect(await decisionsOf(files, histories)).toEqual([['entered'], ['audience']]);
  });

  it('an exit after the wait for an audience is over changes nothing of how it ended (N1)', async () => {
    const waits = playbook({
      trigger: { event: 'b' },
      audience: 'contact.s == "hot"',
      if_refused: 'wait up to 3h',
      exit_on: ['x'],
      steps: [{ record: 'done' }],
    });
    const seen: WireCall = { type: 'track', event: 'b', userId: 'K' };
    const exit: WireCall = { type: 'track', event: 'x', userId: 'K' };
    const histories = [3, 4].map((hour) => history([0, seen], [hour, exit]));
    // What the visitor did is the contact's from the merge on, also for a firing that waits.
    const visitors: WireCall = { type: 'track', event: 'x', anonymousId: 'A' };
    const becomes: WireCall = { type: 'identify', userId: 'K', anonymousId: 'A', traits: { s: 'hot' } };
    histories.push(history([0, seen], [1, visitors], [2, becomes]));
    const decided = await decisionsOf([waits, files[1]!], histories);
    expect(decided).toEqual([['overtaken'], ['audience'], ['overtaken']]);
  });
});

it('an alias asks what waited for its audience as of the merge (N1, E6)', async () => {
  const seen: WireCall = { type: 'track', event: 'b', anonymousId: 'B' };
  const known: WireCall = { type: 'identify', userId: 'K', anonymousId: 'A', traits: { s: 'hot' } };
  const files = [
    playbook({ trigger: { event: 'b' }, audience: 'contact.s == "hot"', steps: [{ record: 'done' }] }),
    { path: 'settings.yaml', text: 'time_zone: UTC\n' },
  ];
  const told = history([0, seen], [2, known], [6, { type: 'alias', previousId: 'B', userId: 'K' }]);
  expect(await decisionsOf(files, [told])).toEqual([['entered']]);
}, 120_000);

it('what a later merge brings changes nothing of a wait for an audience that was over before it (N1, E6)', async () => {
  const seen: WireCall = { type: 'track', event: 'b', userId: 'L' };
  const exit: WireCall = { type: 'track', event: 'x', anonymousId: 'A' };
  const become = (previousId: string): WireCall => ({ type: 'alias', previousId, userId: 'K' });
  const waits = playbook({
    trigger: { event: 'b' },
    audience: 'contact.s == "hot"',
    if_refused: 'wait up to 6h',
    exit_on: ['x'],
    steps: [{ record: 'done' }],
  });
  const files = [waits, { path: 'settings.yaml', text: 'time_zone: UTC\n' }];
  const merged = (hour: number, from = 0): History =>
    history(
      [0, seen, from],
      [5, exit, Math.max(from, 5)],
      [hour, become('A'), Math.max(from, hour)],
      [hour, become('L'), Math.max(from, hour)],
    );
  const histories = [merged(8), merged(6), merged(8, 8)];
  expect(await decisionsOf(files, histories)).toEqual([['audience'], ['overtaken'], ['audience']]);
}, 120_000);

it('a merge lets in what its contact has waiting for the audience that it brings (N1, E6)', async () => {
  const seen: WireCall = { type: 'track', event: 'b', userId: 'K' };
  const known: WireCall = { type: 'identify', userId: 'L', anonymousId: 'A', traits: { s: 'hot' } };
  const becomes: WireCall = { type: 'identify', userId: 'K', anonymousId: 'A', traits: { s: 'hot' } };
  const waits = playbook({
    trigger: { event: 'b' },
    audience: 'contact.s == "hot"',
    if_refused: 'wait up to 3h',
    steps: [{ record: 'done' }],
  });
  const files = [waits, { path: 'settings.yaml', text: 'time_zone: UTC\n' }];
  const alias: WireCall = { type: 'alias', previousId: 'L', userId: 'K' };
  const visitor: WireCall = { type: 'track', event: 'a', anonymousId: 'A' };
  const histories = [
    history([4, known], [5, seen], [5, alias]),
    // At the last instant of the wait.
    history([0, visitor], [3, seen], [6, becomes]),
    history([0, visitor], [3, seen], [7, becomes]),
  ];
  expect(await decisionsOf(files, histories)).toEqual([['entered'], ['entered'], ['audience']]);
}, 120_000);

it('what waits for one audience is let in, in the order of its instants, whoever it was of (N1, E6)', async () => {
  const seen = (who: WireCall, k: string): WireCall => ({ type: 'track', event: 'b', ...who, properties: { k } });
  const [K, A]: WireCall[] = [{ userId: 'K' }, { anonymousId: 'A' }];
  const waits = playbook({
    trigger: { event: 'b' },
    audience: 'contact.s == "hot"',
    if_refused: 'wait up to 6h',
    steps: [{ wait: '1h' }, { record: 'done' }],
  });
  const files = [waits, { path: 'settings.yaml', text: 'time_zone: UTC\n' }];
  const claim: WireCall = { type: 'identify', ...K, ...A };
  const hot: WireCall = { type: 'identify', ...K, traits: { s: 'hot' } };
  const histories = [
    ...['k1', 'k2', '7', 'z'].map((k) => history([3, seen(A!, k)], [3, seen(K!, k)], [4, claim], [5, hot])),
    history([2, seen(A!, 'k1')], [3, seen(K!, 'k1')], [4, claim], [5, hot]),
    history([2, seen(K!, 'k1')], [3, seen(A!, 'k1')], [4, claim], [5, hot]),
  ];
  const decided = await decisionsOf(files, histories);
  expect(decided.map((one) => one.sort())).toEqual(histories.map(() => ['entered', 'open']));
}, 120_000);

/** The same answer as if all had come in its order (N1, E5, E6). */
describe('what has waited for its audience where its timeline is read again', { timeout: 120_000 }, () => {
  const seen = (who: WireCall): WireCall => ({ type: 'track', event: 'b', ...who });
  const exit = (who: WireCall): WireCall => ({ type: 'track', event: 'x', ...who });
  const says = (who: WireCall, s: string): WireCall => ({ type: 'identify', ...who, traits: { s } });
  const claim = (userId: string, s?: string): WireCall => ({
    type: 'identify',
    userId,
    anonymousId: 'A',
    traits: s === undefined ? {} : { s },
  });
  const [K, A]: WireCall[] = [{ userId: 'K' }, { anonymousId: 'A' }];
  const files = (body: object = {}): WorkspaceFile[] => [
    playbook({
      trigger: { event: 'b' },
      audience: 'contact.s == "hot"',
      if_refused: 'wait up to 6h',
      exit_on: ['x'],
      steps: [{ record: 'done' }, { wait: '1h' }, { record: 'later' }],
      ...body,
    }),
    { path: 'settings.yaml', text: 'time_zone: UTC\n' },
  ];

  it('was overtaken before a merge, and stays so', async () => {
    const histories = [
      history([0, seen(A!)], [1, exit(A!)], [3, claim('K', 'hot')]),
      history([0, seen(A!)], [1, exit(A!)], [8, claim('K')]),
      // Another's merge, that concerns it not.
      history([0, seen(K!)], [1, exit(K!)], [1, exit({ anonymousId: 'B' })], [2, { ...claim('K'), anonymousId: 'B' }]),
      // What was overtaken holds up nobody who passes.
      history([0, seen(A!)], [1, exit(A!)], [1, seen(A!)], [2, claim('K', 'hot')]),
    ];
    expect(await decisionsOf(files({ anonymous: true }), histories)).toEqual([
      ['overtaken'],
      ['overtaken'],
      ['overtaken'],
      ['overtaken', 'entered'],
    ]);
  });

  it('was overtaken by what turns out to be of somebody else, and enters where it would have', async () => {
    const told = history([0, claim('K')], [1, seen(K!)], [2, exit(A!)], [3, says(K!, 'hot')], [1, claim('L'), 5]);
    expect(await decisionsOf(files(), [told])).toEqual([['entered']]);
  });

  it('comes late, and is let in or overtaken at the place where that would have been', async () => {
    const histories = [
      history([0, seen(K!), 3], [1, exit(K!)], [2, says(K!, 'hot')], [4, says(K!, 'hot')]),
      history([0, seen(K!), 3], [1, says(K!, 'hot')], [2, says(K!, 'cold')]),
      history([0, seen(K!), 3], [1, says(K!, 'hot')], [2, exit(K!)]),
      // Over before it came, or waiting still.
      history([0, seen(K!), 7], [8, says(K!, 'hot')]),
      history([0, seen(K!), 3], [5, says(K!, 'hot')]),
    ];
    const entered = ['entered'];
    expect(await decisionsOf(files(), histories)).toEqual([['overtaken'], entered, entered, ['audience'], entered]);
  });

  it("comes late of a visitor, and goes on waiting as the heir's", async () => {
    const histories = [
      history([0, seen(A!), 3], [2, claim('K', 'hot')]),
      history([0, seen(A!), 3], [1, exit(K!)], [2, claim('K', 'hot')]),
      history([0, seen(A!), 3], [1, claim('K')], [2, says(K!, 'hot')]),
      history([0, seen(A!), 4], [1, claim('K')], [2, exit(K!)], [3, says(K!, 'hot')]),
      // What the visitor was before the merge, the contact never was.
      history([1, seen(K!), 5], [2, says(A!, 'hot')], [4, claim('K', 'cold')]),
      history([1, seen(K!), 6], [2, says(A!, 'hot')], [4, claim('K', 'cold')], [5, exit(K!)]),
    ];
    const decided = [['entered'], ['overtaken'], ['entered'], ['overtaken'], ['audience'], ['overtaken']];
    expect(await decisionsOf(files({ anonymous: true }), histories)).toEqual(decided);
    expect(await decisionsOf(files(), histories)).toEqual(decided);
  });

  it('waits still when a claim of before comes late, and has its answer by what that brings', async () => {
    const histories = [
      // Hot before the exit, by the claim.
      history([1, seen(K!)], [3, exit(A!)], [2, claim('K', 'hot'), 5]),
      history([1, seen(K!)], [1, claim('K', 'hot'), 5], [2, exit(A!)]),
      history([1, seen(K!)], [2, exit(A!)], [3, claim('K', 'hot'), 5]),
    ];
    expect(await decisionsOf(files(), histories)).toEqual([['entered'], ['entered'], ['overtaken']]);
  });

  it('is asked after what waited for the merge alone', async () => {
    const waits = { trigger: { inactive: 'b', for: '1h' }, steps: [{ wait: '1h' }, { record: 'done' }] };
    const told = history([0, seen({ userId: 'L' })], [1, seen(A!)], [3, claim('L', 'hot')]);
    expect(await decisionsOf(files(waits), [told])).toEqual([['entered', 'open']]);
  });

  it('is over before a merge, and ended as the one who had it', async () => {
    const alias: WireCall = { type: 'alias', previousId: 'L', userId: 'K' };
    const told = history([1, seen({ userId: 'L' })], [2, seen(K!)], [8, alias]);
    expect(await decisionsOf(files(), [told])).toEqual([['audience', 'audience']]);
  });
});

describe("a visitor's firing by time, and a claim that comes late", { timeout: 120_000 }, () => {
  const a = (who: WireCall): WireCall => ({ type: 'track', event: 'a', ...who });
  const A: WireCall = { anonymousId: 'A' };
  const claim = (userId: string): WireCall => ({ type: 'identify', userId, ...A, traits: {} });

  it("at the very instant of the claim it is the contact's own, which enters (E4, E5)", async () => {
    const histories = [
      history([2, a(A)], [4, a(A)], [5, claim('K'), 8]),
      history([4, a(A)], [4, a(A)], [7, claim('L'), 10]),
      history([6, a(A), 7], [5, a(A), 8], [8, { type: 'alias', previousId: 'A', userId: 'K' }, 14]),
    ];
    expect(await decisionsOf(around({ leaves: 'busy' }), histories)).toEqual(histories.map(() => ['entered']));
  });

  it('what was refused because of a journey that lagged is asked anew, under its own id (E5, E6)', async () => {
    const steps = [{ wait: '1h' }, { record: 'done' }];
    const own = { trigger: { leaves: 'busy' }, anonymous: true, steps };
    const [, ...others] = around({ leaves: 'busy' });
    const told = history([0, a(A)], [4, a(A), 6], [2, a(A), 6], [5, claim('L'), 9]);
    expect(await decisionsOf([playbook({ ...own, again: 'after 3h' }), ...others], [told])).toEqual([
      ['entered', 'again'],
    ]);
    const late = history(
      [2, a(A)],
      [6, a(A)],
      [4, a(A), 7],
      [3, { type: 'alias', previousId: 'A', userId: 'K' }, 9],
      [3, { type: 'identify', ...A, traits: {} }, 9],
    );
    expect(await decisionsOf([playbook(own), ...others], [late])).toEqual([['entered', 'entered']]);
  });
});
