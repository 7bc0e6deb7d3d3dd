/** Histories that the drawn ones have found, each with what is right: it must be so, and the same every way it is played. */
import { describe, expect, it } from 'vitest';
import { isoInstant } from '../../language/time/instants.ts';
import { smallPlaybooks } from '../../simulate/worlds/playbooks.ts';
import { type History, START, UNIT_MS, type WireCall } from '../../simulate/worlds/world.ts';
import { checkHistories } from './check.ts';
import { compiledWorld } from './compile.ts';
import { around, decisionsOf, history, playbook } from './told.ts';
import { playVirtual, writtenFile } from './virtual.ts';

/** The playbooks of the small world; what is asked is that every way and every order gives the same. */
async function faultsOf(...histories: History[]): Promise<string[]> {
  return (await checkHistories(smallPlaybooks(), histories)).faults;
}

describe('claims and late events of one instant', { timeout: 120_000 }, () => {
  const a = (who: WireCall, k = 'k1'): WireCall => ({ type: 'track', event: 'a', ...who, properties: { k } });
  const K: WireCall = { userId: 'K' };
  const A: WireCall = { anonymousId: 'A' };
  const claim = (userId: string): WireCall => ({ type: 'identify', userId, anonymousId: 'A', traits: {} });

  it('end as the order says', async () => {
    const faults = await faultsOf(
      // The two before the merge are read as one from it on, and fire nothing; nor does what comes late behind it.
      history([0, a(A), 4], [0, a(K), 4], [0, claim('K'), 5], [0, a(K), 6]),
      // A late event behind a merge of its own instant takes nothing back from before that merge.
      history(
        [0, a(K), 2],
        [1, { type: 'alias', previousId: 'L', userId: 'K' }, 2],
        [0, a(K, 'k2'), 3],
        [0, claim('K'), 4],
        [0, a(K, 'k2'), 5],
      ),
      // What waited for the merge is overtaken there; what the same request then fires enters, and is not taken for it.
      history([0, a(A), 1], [0, { type: 'track', event: 'x', ...K }, 1], [0, claim('K'), 2], [0, a(A), 2]),
      // What the merge let in, and a later event of the request takes back, ends as one that had entered.
      history(
        [0, a(A), 2],
        [0, a(K), 3],
        [0, a(A), 3],
        [0, claim('L'), 3],
        [1, { type: 'track', event: 'x', ...A }, 3],
      ),
      // A claim that said nothing new says something once another one comes between.
      history([0, claim('K'), 4], [3, claim('K'), 5], [3, a(A), 5], [0, claim('L'), 6]),
    );
    expect(faults).toEqual([]);
  });
});

describe('firings without evidence', { timeout: 120_000 }, () => {
  const a = (who: WireCall): WireCall => ({ type: 'track', event: 'a', ...who });
  const [K, L, A]: WireCall[] = [{ userId: 'K' }, { userId: 'L' }, { anonymousId: 'A' }];
  const claim: WireCall = { type: 'identify', userId: 'K', anonymousId: 'A' };

  it('stay the same firing when the visitor becomes somebody, or one contact another (E6, N3)', async () => {
    const histories = [
      // Time alone turned it for the visitor; it waits for the merge, and enters there.
      history([0, a(A!)], [1, a(A!)], [4, claim]),
      // It was L's, and is K's from the merge on; a late event concerns it not.
      history(
        [3, a(L!), 4],
        [5, a(L!)],
        [8, { type: 'alias', previousId: 'L', userId: 'K' }],
        [6, a(K!), 12],
        [6, { type: 'track', event: 'b', ...K }, 12],
      ),
      // The claim comes late: it was the contact's own all the time, and no visitor's.
      history([3, a(A!)], [4, a(A!)], [4, claim, 10]),
    ];
    expect((await decisionsOf(around({ leaves: 'busy' }), histories))[0]).toEqual(['entered']);
  });

  it("are one where the visitor's and the contact's own come at one instant (E6)", async () => {
    const d = isoInstant(START + 3 * UNIT_MS);
    const says = (who: WireCall): WireCall => ({ type: 'identify', ...who, traits: { d } });
    const histories = [
      history([0, says(A!)], [0, says(K!)], [4, claim]),
      history([0, says(A!), 4], [0, says(K!)], [4, claim]),
      history([0, says(K!), 5], [0, says(A!)], [4, claim]),
    ];
    const decided = await decisionsOf(around({ date: 'contact.d' }), histories);
    expect(decided).toEqual(histories.map(() => ['entered', 'overtaken']));
  });

  it('of a date that is learned late reads what stands when it is learned, and starts then (T8, N1)', async () => {
    const d = isoInstant(START + 3 * UNIT_MS);
    const learned: WireCall = { type: 'identify', ...K, traits: { d, s: 'hot' } };
    const { lines } = await playVirtual(
      await compiledWorld(around({ date: 'contact.d' })),
      await writtenFile([history([4, learned])]),
    );
    const seen = lines.map((line) => [line.type, (line.at - START) / UNIT_MS, 'effect' in line && line.detail]);
    expect(seen).toEqual([
      ['firing', 3, false],
      ['enrolment', 4, false],
      ['effect', 4, { record: 'hot' }],
      ['outcome', 4, false],
    ]);
    const histories = [history([4, learned]), history([3, { ...learned, traits: { d: null } }], [5, learned])];
    expect((await checkHistories(around({ date: 'contact.d' }), histories)).faults).toEqual([]);
  });
});

it('an alias gives the watch of a visitor to a contact whose id is digits (E6, E8)', async () => {
  const ids = { huge: false, asNumbers: true };
  const opened: WireCall = { type: 'track', event: 'a', anonymousId: 'A' };
  const told = history([1, opened], [2, { type: 'alias', previousId: 'A', userId: 'K' }]);
  const digits = told.map((one) => ({ ...one, ids }));
  const decided = await decisionsOf(around({ inactive: 'a', for: '3h' }), [told]);
  expect(decided).toEqual([['entered']]);
  expect((await checkHistories(around({ inactive: 'a', for: '3h' }), [told, digits])).faults).toEqual([]);
}, 120_000);

it('what a visitor did ends the journey of another contact, once both are one (E6)', async () => {
  const opened: WireCall = { type: 'track', event: 'a', userId: 'L' };
  const exit: WireCall = { type: 'track', event: 'x', anonymousId: 'A' };
  const become = (previousId: string): WireCall => ({ type: 'alias', previousId, userId: 'K' });
  const waits = playbook({ trigger: { event: 'a' }, exit_on: ['x'], steps: [{ wait: '12h' }, { record: 'done' }] });
  const files = [waits, { path: 'settings.yaml', text: 'time_zone: UTC\n' }];
  const told = history([0, opened], [5, exit], [8, become('A')], [8, become('L')]);
  expect(await decisionsOf(files, [told])).toEqual([['entered']]);
}, 120_000);

it('a merge brings a conversion from within the time of a goal, also when that is over (G1, G2, E6)', async () => {
  const opened: WireCall = { type: 'track', event: 'a', userId: 'L' };
  const bought: WireCall = { type: 'track', event: 'b', userId: 'K' };
  const goal = { event: 'b', within: '5h' };
  const files = [
    playbook({ trigger: { event: 'a' }, goal, steps: [{ record: 'done' }] }),
    { path: 'settings.yaml', text: 'time_zone: UTC\n' },
  ];
  const become: WireCall = { type: 'alias', previousId: 'L', userId: 'K' };
  const told = history([1, opened], [2, bought], [7, { type: 'track', event: 'x', userId: 'K' }], [8, become]);
  expect(await decisionsOf(files, [told])).toEqual([['entered']]);
  const { lines } = await playVirtual(await compiledWorld(files), await writtenFile([told]));
  const ends = lines.flatMap((line) => (line.type === 'outcome' ? [line.outcome] : []));
  expect(ends).toEqual(['completed', 'converted']);
  // An event of its own in between, or at the merge's instant, does not end the wait for it.
  const claim: WireCall = { type: 'identify', userId: 'L', anonymousId: 'A' };
  const visitors: WireCall = { type: 'track', event: 'b', anonymousId: 'A' };
  const again: WireCall = { type: 'track', event: 'x', userId: 'L' };
  const histories = [6, 7].map((hour) => history([1, opened], [6, visitors], [hour, again], [7, claim]));
  histories.push(history([1, opened], [4, visitors], [7, claim], [6.5, again, 10]));
  expect((await checkHistories(files, histories)).faults).toEqual([]);
}, 120_000);

it('what a visitor fired at one instant enters at the merge in one order (N1, E6)', async () => {
  const seen = (event: string, k: string): WireCall => ({ type: 'track', event, anonymousId: 'A', properties: { k } });
  const any = [
    { event: 'b', as: 'now' },
    { event: 'a', unless: 'x', within: '2h', as: 'later' },
  ];
  const files = [
    playbook({ trigger: { any }, steps: [{ wait: '1h' }, { record: 'done' }] }),
    { path: 'settings.yaml', text: 'time_zone: UTC\n' },
  ];
  const claim: WireCall = { type: 'identify', userId: 'K', anonymousId: 'A' };
  const histories = ['k1', 'k2', '7', 'y', 'z', 'v'].map((k) =>
    history([0, seen('a', k)], [2, seen('b', k)], [5, claim]),
  );
  const decided = await decisionsOf(files, histories);
  expect(decided.map((one) => one.sort())).toEqual(histories.map(() => ['entered', 'open']));
}, 120_000);

it('what waits for a merge is shown what the other did, whatever else of the other has ended (E6)', async () => {
  const opened: WireCall = { type: 'track', event: 'a', anonymousId: 'A' };
  const bought: WireCall = { type: 'track', event: 'b', userId: 'K' };
  const claim: WireCall = { type: 'identify', userId: 'K', anonymousId: 'A' };
  const steps = [{ wait: '8h' }, { record: 'done' }];
  const files = [
    playbook({ trigger: { event: 'a' }, goal: { event: 'b' }, anonymous: true, steps }),
    { ...playbook({ playbook: 'other', trigger: { event: 'b' }, steps: [{ record: 'thanks' }] }), path: 'other.yaml' },
    { path: 'settings.yaml', text: 'time_zone: UTC\n' },
  ];
  const told = history([0, opened], [2, bought], [4, claim]);
  expect(await decisionsOf(files, [told])).toEqual([['entered', 'entered']]);
}, 120_000);

/** E6, E8: a contact's id that a record names means whoever owned it at the place. */
describe('a late event of a ticket whose contact was merged', { timeout: 120_000 }, () => {
  const seen: WireCall = { type: 'track', event: 'a', userId: 'K' };
  const asked: WireCall = { ...seen, event: 't', properties: { ticketId: 'T' } };
  const opened: WireCall = {
    ...asked,
    userId: 'L',
    event: 'o',
    properties: { ticketId: 'T', ticket: { contactId: 'L' } },
  };
  const says = (userId: string, s: string): WireCall => ({ type: 'identify', userId, traits: { s } });
  const alias: WireCall = { type: 'alias', previousId: 'L', userId: 'K' };
  const files = (where: string) => {
    const [, ...others] = around({ event: 't' });
    return [playbook({ subject: 'ticket', trigger: { event: 't', where }, steps: [{ record: 'done' }] }), ...others];
  };

  it("reads that one's own traits before the merge, and the heir's from it on", async () => {
    const histories = [
      history([0, opened], [1, says('L', 'hot')], [2, asked, 5], [3, alias], [3, says('K', 'cold')], [4, asked]),
      // What fired in order after the merge is not taken back by the late one.
      history([0, opened], [3, alias], [3, says('K', 'hot')], [4, asked, 6], [5, asked]),
      history([0, opened], [1, says('K', 'hot')], [2, asked, 6], [3, alias], [5, asked]),
      // The other way round: what the merge brought is not read before it.
      history(
        [0, { ...opened, properties: { ticketId: 'T', ticket: { contactId: 'K' } } }],
        [1, says('L', 'hot')],
        [2, asked, 6],
        [3, alias],
        [5, asked],
      ),
    ];
    const decided = [['entered'], ['entered', 'entered'], ['entered'], ['entered']];
    expect(await decisionsOf(files('contact.s == "hot"'), histories)).toEqual(decided);
  });

  it('reads what was counted of each at its place', async () => {
    const a = (userId: string): WireCall => ({ ...seen, userId });
    const both = [says('L', 'cold'), says('K', 'cold')].map((call): [number, WireCall] => [0, call]);
    const later: WireCall = { ...asked, event: 'o' };
    const histories = [
      // Each had one at the first, and both together two at the second.
      history(...both, [0, opened], [1, a('L')], [1, a('K')], [1.5, asked, 4], [2, alias], [3, asked, 5], [3.5, later]),
      history(...both, [0, opened], [0, a('L')], [0, a('L')], [1, asked, 5], [2, alias], [4, later]),
      history(...both, [0, opened], [0, a('K')], [0, a('K')], [1, asked, 5], [2, alias], [2.5, asked], [4, later]),
    ];
    const decided = await decisionsOf(files('contact.recent >= 2'), histories);
    expect(decided).toEqual(histories.map(() => ['entered']));
  });
});
