import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchDefaults } from '../../events/batch-defaults.ts';
import { occurrences } from '../../events/occurrences.ts';
import { type CallOptions, MAX_EVENT_BYTES, parseCall } from '../../events/parse-call.ts';
import { pointer, Refused } from '../../events/refusal.ts';

const event = (call: object, options: Partial<CallOptions> = {}) =>
  parseCall(call, { source: 'web', ...options }).event;
function refusal(call: unknown, options: Partial<CallOptions> = {}) {
  try {
    parseCall(call, { source: 'web', ...options });
  } catch (error) {
    if (error instanceof Refused) return { code: error.code, pointer: pointer(error.path), message: error.message };
    throw error;
  }
  return undefined;
}
const track = { type: 'track', event: 'cart.updated', userId: 'ada' };

describe('what a call names (E8)', () => {
  it('is its user, the account of its context, and the records of its properties', () => {
    const call = { ...track, context: { groupId: 'acme' }, properties: { ticketId: 7, dealId: 'd1' } };
    expect(event(call).ids).toEqual({ contactId: 'ada', accountId: 'acme', ticketId: '7', dealId: 'd1' });
    expect(event({ ...track, context: { groupId: 'acme' }, properties: { accountId: 'other' } }).ids.accountId).toBe(
      'other',
    );
  });

  it('is also a record that it carries, whose traits it then writes', () => {
    const properties = { ticket: { id: 't1', status: 'open', priority: null }, deal: { stage: 'won' }, dealId: 'd1' };
    const { ids, patches } = event({ ...track, properties });
    expect(ids).toEqual({ contactId: 'ada', ticketId: 't1', dealId: 'd1' });
    expect(patches).toEqual([
      { type: 'deal', id: 'd1', traits: { stage: 'won' } },
      { type: 'ticket', id: 't1', traits: { status: 'open', priority: null } },
    ]);
  });

  it('is also the contact that it carries: named by its id, by the user or as the visitor that it is', () => {
    const contact = { id: 'bo', plan: 'free' };
    const carried = (call: object) => {
      const { ids, patches } = event({ type: 'track', event: 'x', ...call });
      return [ids, patches];
    };
    const patch = (id: string) => [{ type: 'contact', id, traits: { plan: 'free' } }];
    expect(carried({ properties: { contact } })).toEqual([{ contactId: 'bo' }, patch('bo')]);
    expect(carried({ userId: 'bo', properties: { contact } })).toEqual([{ contactId: 'bo' }, patch('bo')]);
    expect(carried({ userId: 7, properties: { contact: { plan: 'free' } } })).toEqual([{ contactId: '7' }, patch('7')]);
    expect(carried({ anonymousId: 'v', properties: { contact: { plan: 'free' } } })).toEqual([
      { anonymousId: 'v' },
      patch('anon:v'),
    ]);
  });

  it('is the account of its context also where it carries what changes of it', () => {
    const call = { ...track, context: { groupId: 'acme' }, properties: { account: { plan: 'pro' } } };
    expect(event(call).patches).toEqual([{ type: 'account', id: 'acme', traits: { plan: 'pro' } }]);
  });

  it('may be at the top level in files alone', () => {
    expect(event({ event: 'ticket.created', ticketId: 't1' }, { history: true }).ids).toEqual({ ticketId: 't1' });
    expect(refusal({ event: 'ticket.created', ticketId: 't1' })?.code).toBe('no_subject');
  });

  it('must be one record of a kind', () => {
    expect(refusal({ ...track, properties: { ticketId: 't1', ticket: { id: 't2' } } })).toMatchObject({
      code: 'conflicting_ids',
      pointer: '/properties/ticket/id',
    });
    expect(refusal({ ...track, properties: { contact: { id: 'bo' } } })).toMatchObject({
      code: 'conflicting_ids',
      pointer: '/properties/contact/id',
      message: 'An event names one contact: userId is "ada", properties.contact.id is "bo". Send one of the two.',
    });
    const group = { type: 'group', userId: 'ada', groupId: 'acme' };
    expect(refusal({ ...group, properties: { accountId: 'other' } })?.code).toBe('conflicting_ids');
    expect(event({ ...group, groupId: 42, properties: { accountId: '42' } }).ids.accountId).toBe('42');
  });
});

describe('identify, group, alias, page and screen (E1, E6)', () => {
  it('identify writes the traits of its contact, known or not', () => {
    const traits = { email: 'ada@example.com', phone: null };
    expect(event({ type: 'identify', userId: 'ada', anonymousId: 'x', traits })).toMatchObject({
      kind: 'identify',
      name: 'identify',
      ids: { contactId: 'ada', anonymousId: 'x' },
      patches: [{ type: 'contact', id: 'ada', traits }],
    });
    expect(event({ type: 'identify', anonymousId: 'x', traits }).patches[0]?.id).toBe('anon:x');
  });

  it('group writes the traits of its account, and to which account its contact belongs', () => {
    expect(event({ type: 'group', userId: 'ada', groupId: 'acme', traits: { plan: 'pro' } })).toMatchObject({
      name: 'group',
      ids: { contactId: 'ada', accountId: 'acme' },
      patches: [
        { type: 'account', id: 'acme', traits: { plan: 'pro' } },
        { type: 'contact', id: 'ada', traits: { accountId: 'acme' } },
      ],
    });
  });

  it('a page is the event "page" with its name, a screen "screen"', () => {
    const page = event({ type: 'page', userId: 'ada', category: 'Docs', name: 'Pricing', properties: { url: '/p' } });
    expect([page.name, page.properties]).toEqual(['page', { url: '/p', category: 'Docs', name: 'Pricing' }]);
    expect(event({ anonymousId: 'x', name: 'Home' }, { type: 'screen' })).toMatchObject({
      name: 'screen',
      properties: { name: 'Home' },
    });
  });

  it('alias keeps both ids', () => {
    expect(event({ type: 'alias', userId: 'ada', previousId: 'x' })).toMatchObject({
      kind: 'alias',
      ids: { contactId: 'ada' },
      properties: { previousId: 'x' },
    });
  });
});

describe('a call without a messageId (E2)', () => {
  it('is known by what it says, however it is written and whenever it is sent', () => {
    const call = { ...track, timestamp: '2026-03-02T10:00:00Z', properties: { a: 1, b: 2 } };
    const { type, ...rest } = call;
    const again = { ...rest, properties: { b: 2, a: 1 }, sentAt: '2026-03-02T11:00:00Z', writeKey: 'k', type };
    expect(event(again).messageId).toBe(event(call).messageId);
    expect(event({ ...call, type: undefined }, { type: 'track' }).messageId).toBe(event(call).messageId);
    expect(event({ ...call, userId: 'bob' }).messageId).not.toBe(event(call).messageId);
  });

  it('is counted in a file, where equal lines are several events', () => {
    const occurrence = occurrences();
    const ids = [track, { ...track, userId: 'bob' }, track].map((call) => event(call, { occurrence }).messageId);
    expect(new Set(ids).size).toBe(3);
    const again = occurrences();
    expect([track, track].map((call) => event(call, { occurrence: again }).messageId)).toEqual([ids[0], ids[2]]);
  });
});

describe('a bad call is refused, with the place and the reason', () => {
  it.each([
    ['no object', 'hello', 'invalid_field', ''],
    ['an unknown type', { ...track, type: 'trak' }, 'unknown_type', '/type'],
    ['no event', { type: 'track', userId: 'ada' }, 'missing_field', '/event'],
    ['nobody named', { type: 'track', event: 'x' }, 'no_subject', ''],
    ['a timestamp without a zone', { ...track, timestamp: '2026-03-02T10:00:00' }, 'invalid_field', '/timestamp'],
    ['a day that no calendar has', { ...track, timestamp: '2026-02-30T10:00:00Z' }, 'invalid_field', '/timestamp'],
    ['a timestamp in seconds', { ...track, timestamp: 1772445600 }, 'invalid_field', '/timestamp'],
    ['a user that is a list', { ...track, userId: ['ada'] }, 'invalid_field', '/userId'],
    ['properties that are a list', { ...track, properties: [1] }, 'invalid_field', '/properties'],
    ['an id of 600 bytes', { ...track, userId: 'ä'.repeat(300) }, 'invalid_field', '/userId'],
    ['too many bytes', { ...track, properties: { text: 'x'.repeat(MAX_EVENT_BYTES) } }, 'event_too_large', ''],
    ['a number beyond doubles', { ...track, properties: { n: JSON.parse('1e999') } }, 'not_storable', '/properties/n'],
    ['a group without groupId', { type: 'group', userId: 'ada' }, 'missing_field', '/groupId'],
    ['an alias without previousId', { type: 'alias', userId: 'ada' }, 'missing_field', '/previousId'],
  ])('%s', (_, call, code, at) => {
    expect(refusal(call)).toMatchObject({ code, pointer: at });
  });

  it('nesting that no reader needs', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 100; i++) deep = { deep };
    expect(refusal({ ...track, properties: { deep } })?.code).toBe('not_storable');
    const abyss = JSON.parse(`${'['.repeat(15_000)}${']'.repeat(15_000)}`);
    expect(refusal({ ...track, properties: { abyss } })?.code).toBe('not_storable');
  });

  it('naming everything that is wrong with it at once', () => {
    const { message } = refusal({ ...track, timestamp: 'soon', traits: 3 })!;
    expect(message).toContain('"soon" came');
    expect(message).toContain('traits: An object is allowed, number came');
  });
});

describe('a call that SDKs send', () => {
  it('may have null and empty texts for what is not known', () => {
    const call = {
      ...track,
      anonymousId: null,
      messageId: '',
      timestamp: null,
      context: null,
      traits: null,
      integrations: {},
    };
    expect(event(call)).toMatchObject({ ids: { contactId: 'ada' }, stamps: {} });
  });

  it('takes the context and the time of sending from its batch, its own first', () => {
    const defaults = batchDefaults({ context: { groupId: 'acme', ip: '::1' }, sentAt: '2026-03-02T10:00:00Z' });
    expect(event(track, { defaults })).toMatchObject({
      ids: { accountId: 'acme' },
      stamps: { sentAt: Date.parse('2026-03-02T10:00:00Z') },
    });
    const own = { ...track, context: { groupId: 'other' }, sentAt: '2026-03-02T11:00:00Z' };
    expect(event(own, { defaults })).toMatchObject({
      ids: { accountId: 'other' },
      stamps: { sentAt: Date.parse('2026-03-02T11:00:00Z') },
    });
  });

  it('is as large as it becomes with the context of its batch', () => {
    const half = 'x'.repeat(MAX_EVENT_BYTES / 2);
    const call = { ...track, properties: { half } };
    expect(refusal(call, { defaults: batchDefaults({ context: { groupId: 'acme' } }) })).toBeUndefined();
    expect(refusal(call, { defaults: batchDefaults({ context: { half } }) })).toMatchObject({
      code: 'event_too_large',
      message: expect.stringMatching(/bytes, 16\d\d\d of them the context of its batch; 32768 are allowed/),
    });
  });

  it('has a time since 1970, and was sent within 50 years', () => {
    const at = (timestamp: string, sentAt?: string) => refusal({ ...track, timestamp, sentAt })?.code;
    expect(at('1970-01-01T00:00:00Z')).toBeUndefined();
    expect(at('1969-12-31T23:59:59.999Z')).toBe('time_out_of_range');
    expect(at('0001-01-01T00:00:00Z')).toBe('time_out_of_range');
    expect(at('2000-01-01T00:00:00Z', '2049-12-31T00:00:00Z')).toBeUndefined();
    expect(refusal({ ...track, timestamp: '2000-01-01T00:00:00Z', sentAt: '8745-01-01T00:00:00Z' })).toEqual({
      code: 'time_out_of_range',
      pointer: '/sentAt',
      message:
        'An event is sent within 50 years; timestamp is 2000-01-01T00:00:00.000Z, sentAt 8745-01-01T00:00:00.000Z.',
    });
  });

  it('says what stops mails to its contact, and no trait does (P3)', () => {
    const patches = (name: string, properties = {}) => event({ ...track, event: name, properties }).patches;
    const wrote = (traits: object) => [{ type: 'contact', id: 'ada', traits }];
    expect(patches('email.unsubscribed')).toEqual(wrote({ suppression: 'unsubscribed' }));
    expect(patches('email.resubscribed')).toEqual(wrote({ suppression: null }));
    expect(patches('email.bounced')).toEqual(wrote({ suppression_bounced: true }));
    expect(patches('email.bounced', { type: 'Transient' })).toEqual([]);
    expect(patches('email.complained')).toEqual(wrote({ suppression_complained: true }));
    expect(patches('email.opened')).toEqual([]);
    for (const traits of [{ suppression: null }, { suppression: 'x' }, { suppression_bounced: null }]) {
      expect(refusal({ type: 'identify', userId: 'ada', traits })?.code).toBe('reserved_trait');
      expect(refusal({ ...track, properties: { contact: traits } })?.code).toBe('reserved_trait');
    }
    expect(event({ type: 'group', userId: 'ada', groupId: 'g', traits: { suppression: 'x' } }).patches).toHaveLength(2);
  });

  it('has no trait that is too long to be looked up by', () => {
    const long = 'x'.repeat(513);
    for (const name of ['email', 'accountId', 'contactId']) {
      const identify = { type: 'identify', userId: 'ada', traits: { [name]: long } };
      expect(refusal(identify)).toMatchObject({ code: 'invalid_field', pointer: `/traits/${name}` });
      expect(refusal({ ...track, properties: { ticketId: 't', ticket: { [name]: long } } })?.code).toBe(
        'invalid_field',
      );
      expect(refusal({ ...identify, traits: { [name]: long.slice(1), other: long } })).toBeUndefined();
    }
  });

  it('is storable whatever texts it has: halves of emojis and NULs are replaced', () => {
    expect(event({ ...track, properties: { text: 'a\0b\ud83d', '\0': 'ok 😀' } }).properties).toEqual({
      text: 'a\uFFFDb\uFFFD',
      '\uFFFD': 'ok 😀',
    });
  });

  it('never breaks the parser: what comes is an event or a refusal', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (properties, other) => {
        refusal({ ...track, properties, context: other, traits: other, messageId: other, sentAt: other });
        refusal(other);
      }),
    );
  });
});
