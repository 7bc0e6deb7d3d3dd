/** What a client key may say (E10), before anything is stored. */
import { describe, expect, it } from 'vitest';
import { parseCall } from '../../events/parse-call.ts';
import { Refused } from '../../events/refusal.ts';

const read = (call: object, options: object = {}) =>
  parseCall(call, { source: 'web', scope: 'client', ...options }).event;
function refusal(call: object, options: object = {}): [code: string, path: string] | undefined {
  try {
    read(call, options);
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return [error.code, error.path.join('/')];
    throw error;
  }
}
const track = (event: string, properties: object = {}) => ({ type: 'track', userId: 'ada', event, properties });

describe('a client key', () => {
  it('speaks for its contact: calls of every kind, with traits', () => {
    expect(read(track('cart.updated', { value: 80, ticket: 'T-1', account: 'acme' })).isClient).toBe(true);
    expect(read({ type: 'page', anonymousId: 'x', name: 'Pricing' }).name).toBe('page');
    expect(read({ type: 'identify', userId: 'ada', traits: { email: 'a@x.example', plan: 'pro' } }).patches).toEqual([
      { type: 'contact', id: 'ada', traits: { email: 'a@x.example', plan: 'pro' } },
    ]);
  });

  it('tells no event of the names that Cuebook tells, whoever else may', () => {
    const names = [
      'email.bounced',
      'email.unsubscribed',
      'sla.breached',
      'task.done',
      'approval.given',
      'enrolment.ended',
    ];
    for (const name of [...names, 'contact.updated', 'ticket.updated']) {
      expect([name, refusal(track(name))]).toEqual([name, ['key_scope', 'event']]);
      expect(refusal(track(name), { scope: 'server' })).toBeUndefined();
    }
    for (const name of ['emails.read', 'email', 'contact.deleted', 'taskdone', 'my.email.sent']) {
      expect([name, refusal(track(name))]).toEqual([name, undefined]);
    }
  });

  it('touches no ticket, deal or record, in whichever place the call names it', () => {
    expect(refusal(track('x', { ticketId: 'T-1' }))).toEqual(['key_scope', 'properties/ticketId']);
    expect(refusal(track('x', { ticket: { id: 'T-1', status: 'solved' } }))?.[0]).toBe('key_scope');
    expect(refusal(track('x', { dealId: 7 }))).toEqual(['key_scope', 'properties/dealId']);
    expect(refusal(track('x', { deal: { id: 7 } }))?.[0]).toBe('key_scope');
    expect(refusal(track('x', { account: { id: 'acme', plan: 'pro' } }))).toEqual(['key_scope', 'properties/account']);
    expect(refusal(track('x', { contact: { email: 'm@x.example' } }))).toEqual(['key_scope', 'properties/contact']);
    expect(refusal({ type: 'page', userId: 'ada', properties: { ticketId: 'T-1' } })?.[0]).toBe('key_scope');
    const inFile = { scope: 'client', event: 'x', userId: 'ada', timestamp: '2026-03-02T10:00:00Z' };
    expect(refusal({ ...inFile, ticketId: 'T-1' }, { history: true })?.[0]).toBe('key_scope');
  });

  it('says of an account that the contact belongs to it, and no more', () => {
    const { ids, patches } = read({ type: 'group', userId: 'ada', groupId: 'acme', traits: { plan: 'pro' } });
    expect(ids).toEqual({ contactId: 'ada', accountId: 'acme' });
    expect(patches).toEqual([{ type: 'contact', id: 'ada', traits: { accountId: 'acme' } }]);
  });

  it('merges a visitor alone by alias: it is an identify with both ids', () => {
    const context = { traits: { email: 'm@x.example' } };
    const event = read({ type: 'alias', userId: 'ada', previousId: 'bob', messageId: 'm1', context });
    expect(event).toMatchObject({ kind: 'identify', messageId: 'm1', ids: { contactId: 'ada', anonymousId: 'bob' } });
    expect(event.properties).toEqual({});
    expect(event.patches).toEqual([{ type: 'contact', id: 'ada', traits: {} }]);
    expect(refusal({ type: 'alias', userId: 'ada' })).toEqual(['missing_field', 'previousId']);
  });

  it('gives a visitor an address that stays the visitor`s', () => {
    const { patches } = read({ type: 'identify', anonymousId: 'x', traits: { email: 'a@x.example', city: 'Kiel' } });
    expect(patches).toEqual([
      { type: 'contact', id: 'anon:x', traits: { city: 'Kiel' } },
      { type: 'contact', id: 'anon:x', traits: { email: 'a@x.example' }, stays: true },
    ]);
  });
});

describe('the scope of a call', () => {
  it('is said by the key, and in files by the line', () => {
    const line = { type: 'identify', anonymousId: 'x', traits: { phone: '1' }, timestamp: '2026-03-02T10:00:00Z' };
    expect(read({ ...line, scope: 'server' }).isClient).toBe(true);
    expect(read({ ...line, scope: 'client' }, { scope: 'server' }).isClient).toBeUndefined();
    expect(read({ ...line, scope: 'client' }, { scope: undefined, history: true }).isClient).toBe(true);
    expect(refusal({ ...line, scope: 'admin' }, { history: true })).toEqual(['invalid_field', 'scope']);
    expect(refusal({ ...line, scope: { a: 1 } })).toBeUndefined();
  });
});
