/** The check of a crash simulation notices what it is there to notice. */
import { describe, expect, it } from 'vitest';
import { type CheckInput, faultsOf } from '../../simulate/crash/check.ts';
import { expectedOf } from '../../simulate/crash/expect.ts';
import { PLAYBOOKS } from '../../simulate/crash/playbooks.ts';
import { planTraffic } from '../../simulate/crash/traffic.ts';

const START = Date.parse('2026-03-02T10:00:00Z');
const MINUTE = 60_000;

function storedEvents() {
  const traits = { name: 'Bea', email: 'bea@shop.example', consent: { marketing: true } };
  const subjects = [{ type: 'contact' as const, id: 'bea' }];
  const base = { receivedAt: START, at: START, subjects, properties: {}, patches: [] };
  return [
    { ...base, arrival: 1, messageId: 'm1', name: 'identify', patches: [{ ...subjects[0]!, traits }] },
    { ...base, arrival: 2, messageId: 'm2', name: 'cart.updated', properties: { cart_id: 'c1', value: 80 } },
  ];
}

/** The result of a product that did everything right. */
function allRight(): CheckInput & { mails: Map<string, number> } {
  const events = storedEvents();
  const expected = expectedOf(PLAYBOOKS, events);
  const enrolments = [...expected.values()];
  const effects = enrolments.flatMap(({ id, effects: wanted }) =>
    [...wanted].map(([path, { kind, refused }]) => {
      const status = refused === null ? 'done' : 'refused';
      return { enrolment: id, path, kind, status, reason: refused, rows: kind === 'send' ? 0 : 1 };
    }),
  );
  const sends = effects.filter(({ kind, status }) => kind === 'send' && status === 'done');
  const messages = sends.map(({ enrolment, path }) => {
    const messageClass = path === 'steps.0' ? 'marketing' : 'transactional';
    return { enrolment, path, providerId: `<${enrolment}.${path}@shop>`, status: 'sent', messageClass };
  });
  return {
    acknowledged: new Set(['m1', 'm2']),
    expected,
    mails: new Map(messages.map(({ providerId }) => [providerId, 1])),
    inHandover: new Set(),
    kills: 1,
    observed: {
      events,
      effects,
      messages,
      firings: new Map(),
      enrolments: enrolments.map(({ effects: _, ...enrolment }) => {
        return { ...enrolment, reason: '', ghost: false, goalAt: null, undone: null };
      }),
    },
  };
}

describe('a crash simulation finds nothing wrong where nothing is', () => {
  it('a shopper who left a cart was mailed twice, called about, and recorded', () => {
    const input = allRight();
    expect(faultsOf(input)).toEqual([]);
    expect(input.observed.effects.map(({ kind }) => kind)).toEqual(['send', 'task', 'send', 'record']);
  });
});

describe('it finds every kind of loss and of doing twice', () => {
  const cases: [string, (input: ReturnType<typeof allRight>) => void, RegExp][] = [
    ['an acknowledged event that is gone (E7)', (it) => it.observed.events.pop(), /^event m2 was acknowledged/],
    ['an event stored twice (E2)', (it) => it.observed.events.push(it.observed.events[0]!), /^event m1 is stored more/],
    ['an enrolment that never began (N3)', (it) => (it.observed.enrolments = []), /must have entered/],
    ['an enrolment that must not be', (it) => (it.expected = new Map()), /must not have/],
    ['a journey that stays open', (it) => (it.observed.enrolments[0]!.outcome = null), /it is open/],
    ['an effect that never came', (it) => it.observed.effects.splice(0, 1), /^send steps\.0 .* has not come/],
    ['an effect that failed', (it) => (it.observed.effects[0]!.status = 'failed'), /is failed/],
    ['a task made twice (P4)', (it) => (it.observed.effects[1]!.rows = 2), /has left 2 rows/],
    ['a mail that came twice (P4)', (it) => it.mails.set([...it.mails.keys()][0]!, 2), /is sent and came 2 times/],
    ['a mail that never came', (it) => it.mails.delete([...it.mails.keys()][0]!), /is sent and came 0 times/],
    ['a mail of nobody', (it) => it.mails.set('<stray@shop>', 1), /no message is known by it/],
    [
      'an unknown mail that no kill explains (P4)',
      (it) => (it.observed.effects[0]!.status = 'unknown'),
      /is unknown, and was in handover at no kill$/,
    ],
  ];
  it.each(cases)('%s', (_what, spoil, fault) => {
    const input = allRight();
    spoil(input);
    expect(faultsOf(input)).toEqual(expect.arrayContaining([expect.stringMatching(fault)]));
  });

  it('but what is no marketing may come again where a kill found it in handover, a few times in all (P4)', () => {
    const input = allRight();
    const { messages } = input.observed;
    const [first, second] = [...input.mails.keys()] as [string, string];
    input.inHandover = new Set(messages.map(({ enrolment, path }) => `${enrolment} ${path}`));
    expect(faultsOf({ ...input, mails: new Map([...input.mails, [second, 2]]) })).toEqual([]);
    expect(faultsOf({ ...input, mails: new Map([...input.mails, [first, 2]]) })).toHaveLength(1);
    const often = { ...input, kills: 3, mails: new Map([...input.mails, [second, 4]]) };
    expect(faultsOf(often)).toEqual([]);
    expect(faultsOf({ ...often, kills: 1 })).toContain('3 mails came again after 1 kills: at most 2 a kill');
  });

  it('but a purchase that overtakes a late mail is no loss (S19)', () => {
    const input = allRight();
    const [enrolment] = input.observed.enrolments;
    const boughtAt = START + 5 * MINUTE + 1;
    Object.assign(enrolment!, { outcome: 'converted', goalAt: boughtAt });
    const [last] = input.observed.effects.splice(2, 2);
    input.mails.delete(`<${last!.enrolment}.${last!.path}@shop>`);
    input.observed.messages.pop();
    expect(faultsOf(input)).toEqual([]);
  });
});

describe('a journey that a crash held up is open for longer (S0, N1)', () => {
  const refused = () => {
    const input = allRight();
    const [first] = input.observed.enrolments;
    const second = { ...input.expected.get(first!.id)!, id: 'second', startedAt: first!.endedAt! + MINUTE };
    input.expected = new Map([...input.expected, ['second', { ...second, effects: new Map() }]]);
    input.observed.firings.set('second', 'refused open');
    return { input, first: first! };
  };

  it('so that a later firing is rightly refused while it is', () => {
    const { input, first } = refused();
    first.endedAt! += 60 * MINUTE;
    expect(faultsOf(input)).toEqual([]);
  });

  it('but not when it had ended', () => {
    expect(faultsOf(refused().input)).toEqual([expect.stringMatching(/has not: refused open$/)]);
  });
});

describe('one seed always tells the same story', () => {
  const options = { shoppers: 60, spreadMs: 8_000, warp: 60 };

  it('the same calls at the same instants; another seed, others', () => {
    expect(planTraffic({ seed: 1, ...options })).toEqual(planTraffic({ seed: 1, ...options }));
    expect(planTraffic({ seed: 1, ...options })).not.toEqual(planTraffic({ seed: 2, ...options }));
  });
});
