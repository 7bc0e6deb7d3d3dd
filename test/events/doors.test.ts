/** What comes in is read alike at each door: an HTTP call, a line of a file, an event of a playbook's test (E8, V3). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLine } from '../../cli/events/parse-line.ts';
import { registry } from '../../evaluation/registry.ts';
import { eventTime } from '../../events/event-time.ts';
import { type NewEvent, timelineEventOf } from '../../events/new-event.ts';
import { MAX_EVENT_BYTES, parseCall } from '../../events/parse-call.ts';
import { pointer, Refused } from '../../events/refusal.ts';
import { compileWorkspace, type PlaybookTest } from '../../language/compile.ts';
import type { Json } from '../../language/model.ts';
import { runTest } from '../../simulate/tests/playbook-tests.ts';
import { timelineOf } from '../../simulate/tests/test-events.ts';

type Written = { [name: string]: Json };

const AT = '2026-03-02T10:00:00.000Z';

/** Written as JSON, which YAML reads too. */
function compiledTest(test: Written) {
  const written = { it: 'reads', expect: 'nothing', ...test };
  const text = `playbook: p
owner: ops@shop.example
subject: contact
trigger: { event: nothing.of.it }
steps: [{ record: done }]
tests: ${JSON.stringify([written])}
`;
  const { versions, tests, workspace, diagnostics } = compileWorkspace([{ path: 'p.yaml', text }], registry);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return { version: versions[0]!, test: tests.get('p')![0]!, people: workspace.people };
}

const testOf = (test: Written): PlaybookTest => compiledTest(test).test;

/** What every door gives: the event as timelines see it, or why it is not taken. */
type Read = object;

function readEvent(event: NewEvent): Read {
  const { at } = eventTime(event.stamps, Date.parse(AT));
  return timelineEventOf(event, at, 1);
}

function overHttp(call: Written): Read {
  const { type, ...body } = call;
  try {
    return readEvent(parseCall(body, { source: 'web', type: type as 'track' }).event);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { code: error.code, pointer: pointer(error.path), message: error.message };
  }
}

function fromFile(call: Written): Read {
  const line = { number: 1, text: JSON.stringify(call) };
  const parsed = parseLine('history.ndjson', line, { source: 'import', history: true });
  if ('event' in parsed) return readEvent(parsed.event);
  const { code, pointer: at, message } = parsed.refused;
  return { code, pointer: at, message };
}

function inTest(written: Written, records: Written = {}): Read {
  const { events, refused } = timelineOf(testOf({ ...records, events: [{ at: AT, ...written }] }));
  if (refused.length === 0) return events[0]!;
  const { code, pointer: at, message } = refused[0]!;
  return { code, pointer: at, message };
}

/** A written event, and the call that it means. */
interface Case {
  written: Written;
  call: Written;
}

const present = (members: { [name: string]: Json | undefined }): Written =>
  Object.fromEntries(Object.entries(members).filter((entry): entry is [string, Json] => entry[1] !== undefined));

const id = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<Json>('x1', 'x2', 1, 2) },
  { weight: 1, arbitrary: fc.constantFrom<Json>('', null, true, ['x1'], 1.5, 'ä'.repeat(300)) },
);
const maybe = (value: fc.Arbitrary<Json>) => fc.option(value, { nil: undefined, freq: 2 });
/** What YAML reads as JSON does; in a test, braces are a text's own language. */
const anything = fc
  .anything({
    key: fc.string().filter((name) => name !== '__proto__'),
    values: [fc.string(), fc.integer(), fc.boolean(), fc.constant(null)],
    maxDepth: 3,
  })
  .filter((value) => !JSON.stringify(value).includes('{{')) as fc.Arbitrary<Json>;
const traits = fc.dictionary(fc.constantFrom('plan', 'status', 'accountId', 'contactId'), anything, {
  noNullPrototype: true,
  maxKeys: 3,
}) as fc.Arbitrary<Written>;
const carried = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(maybe(id), traits).map(([own, rest]): Json => present({ id: own, ...rest })) },
  { weight: 1, arbitrary: fc.constantFrom<Json>('gold', 3, ['x1']) },
);
const people = fc.record({ userId: maybe(id), anonymousId: maybe(id) });
const base = { messageId: 'test-1', timestamp: AT };

const track: fc.Arbitrary<Case> = fc
  .record({
    event: fc.constantFrom('cart.updated', 'page', ''),
    people,
    records: fc.record({
      accountId: maybe(id),
      dealId: maybe(id),
      ticketId: maybe(id),
      contact: maybe(carried),
      account: maybe(carried),
      deal: maybe(carried),
      ticket: maybe(carried),
    }),
    value: maybe(anything),
  })
  .map(({ event, people: who, records, value }) => {
    const properties = present({ ...records, value });
    return {
      written: { event, ...present(who), ...properties },
      call: { type: 'track', event, ...base, ...present(who), properties },
    };
  });
const identify: fc.Arbitrary<Case> = fc.tuple(people, traits).map(([who, given]) => ({
  written: { identify: { ...present(who), ...given } },
  call: { type: 'identify', ...base, ...present(who), traits: given },
}));
const group: fc.Arbitrary<Case> = fc
  .tuple(people, maybe(id), traits)
  .map(([who, groupId, { accountId: _, ...given }]) => ({
    written: { group: { ...present(who), ...present({ groupId }), ...given } },
    call: { type: 'group', ...base, ...present(who), ...present({ groupId }), traits: given },
  }));

const nobody: fc.Arbitrary<Case> = fc.constant({
  written: { event: 'cart.updated' },
  call: { type: 'track', event: 'cart.updated', ...base, properties: {} },
});
const anyCase = fc.oneof(
  { weight: 6, arbitrary: track },
  { weight: 2, arbitrary: identify },
  { weight: 2, arbitrary: group },
  { weight: 1, arbitrary: nobody },
);

describe('an event is read alike over HTTP, from a file and in a test', () => {
  it('whatever it is: the same subjects, properties and traits, or the same refusal in the same words', {
    timeout: 60_000,
  }, () => {
    fc.assert(
      fc.property(anyCase, ({ written, call }) => {
        const http = overHttp(call);
        expect(fromFile(call)).toEqual(http);
        expect(inTest(written)).toEqual(http);
      }),
      { numRuns: 200 },
    );
  });

  it('and the generated ones are both taken and refused', () => {
    const outcomes = fc.sample(anyCase, { numRuns: 400, seed: 1 }).map(({ call }) => overHttp(call));
    const refusedBy = new Set(outcomes.map((read) => ('code' in read ? read.code : 'taken')));
    expect([...refusedBy].sort()).toEqual(
      ['conflicting_ids', 'invalid_field', 'missing_field', 'no_subject', 'taken'].sort(),
    );
  });
});

describe('an event of a test names the one record of a kind that it does not name itself (V3)', () => {
  const given = { contact: { id: 'ada' }, account: { id: 'acme' }, ticket: { id: 't1' }, deals: [{ id: 'd1' }] };
  const subjects = (written: Written) =>
    (inTest(written, given) as { subjects: { type: string; id: string }[] }).subjects.map(
      ({ type, id: own }) => `${type}/${own}`,
    );

  it('of each kind that the test has one of', () => {
    expect(subjects({ event: 'x' })).toEqual(['contact/ada', 'account/acme', 'ticket/t1']);
  });

  it('but not where the event names another, as a text, as a number or inside of what it carries', () => {
    expect(subjects({ event: 'x', accountId: 42 })).toEqual(['contact/ada', 'account/42', 'ticket/t1']);
    expect(subjects({ event: 'x', userId: 7, dealId: 'd1' })).toEqual([
      'contact/7',
      'account/acme',
      'deal/d1',
      'ticket/t1',
    ]);
    expect(subjects({ event: 'x', contact: { id: 'bo' }, ticket: { id: 9 } })).toEqual([
      'contact/bo',
      'account/acme',
      'ticket/9',
    ]);
    expect(subjects({ event: 'x', anonymousId: 'v1' })).toEqual(['contact/anon:v1', 'account/acme', 'ticket/t1']);
  });

  it('`identify` is about the contact alone, `group` about the account and its contact', () => {
    expect(inTest({ identify: { plan: 'free' } }, given)).toMatchObject({
      subjects: [{ type: 'contact', id: 'ada' }],
      patches: [{ type: 'contact', id: 'ada', traits: { plan: 'free' } }],
    });
    expect(inTest({ group: { plan: 'pro' } }, given)).toMatchObject({
      subjects: [
        { type: 'contact', id: 'ada' },
        { type: 'account', id: 'acme' },
      ],
      patches: [
        { type: 'account', id: 'acme', traits: { plan: 'pro' } },
        { type: 'contact', id: 'ada', traits: { accountId: 'acme' } },
      ],
    });
    expect(inTest({ group: { accountId: 42, userId: 'bo' } }, given)).toMatchObject({
      subjects: [
        { type: 'contact', id: 'bo' },
        { type: 'account', id: '42' },
      ],
    });
  });

  it('and what it carries of that record is written to it', () => {
    expect(inTest({ event: 'x', contact: { plan: 'free' }, ticket: { status: 'open' } }, given)).toMatchObject({
      patches: [
        { type: 'contact', id: 'ada', traits: { plan: 'free' } },
        { type: 'ticket', id: 't1', traits: { status: 'open' } },
      ],
    });
  });
});

describe('a test with an event that is not taken', () => {
  const refusedBy = (...events: Written[]) => {
    const { version, test, people: persons } = compiledTest({ contact: { id: 'ada' }, events });
    const { passed, faults, refused } = runTest(version, test, persons);
    expect([passed, faults.length]).toEqual([refused.length === 0, refused.length]);
    return refused.map(({ code, message }) => `${code}: ${message}`);
  };

  it('fails, and says each such event with its line and the words of the tracking API', () => {
    const conflict = { event: 'x', ticketId: 't1', ticket: { id: 't2' } };
    expect(
      refusedBy({ at: AT, ...conflict }, { after: '1m', event: 'x' }, { after: '1m', event: 'y', userId: ['ada'] }),
    ).toEqual([
      'conflicting_ids: An event names one ticket: properties.ticketId is "t1", properties.ticket.id is "t2". Send one of the two.',
      'invalid_field: userId: A text or a number is allowed, a list came.',
    ]);
  });

  it('one that is too large among them; one that repeats is said once', () => {
    expect(refusedBy({ at: AT, event: 'x', text: 'x'.repeat(MAX_EVENT_BYTES), every: '1d', times: 5 })).toHaveLength(1);
  });

  it('is one of several: the others run', () => {
    expect(refusedBy({ at: AT, event: 'x' })).toEqual([]);
  });
});
