/** Found histories of records that name contacts, of whom some become others (E6, E8): the same every way they are played. */
import { describe, expect, it } from 'vitest';
import type { WorkspaceFile } from '../../language/compile.ts';
import type { WireCall } from '../../simulate/worlds/world.ts';
import { around, decisionsOf, history, playbook } from './told.ts';

const ticket = (event: string, id: string, contactId: string): WireCall => ({
  type: 'track',
  event,
  userId: contactId,
  properties: { ticketId: id, ticket: { contactId } },
});
const closes = (id: string): WireCall => ({ type: 'track', event: 'c', userId: 'B', properties: { ticketId: id } });
const alias: WireCall = { type: 'alias', previousId: 'L', userId: 'K' };

const files = (body: object): WorkspaceFile[] => {
  const [, ...others] = around({ event: 't' });
  const steps = [{ if: 'contact.tickets.size() >= 2', then: [{ record: 'two' }], else: [{ record: 'one' }] }];
  return [playbook({ subject: 'ticket', steps, ...body }), ...others];
};

describe("a contact's own tickets after a merge", { timeout: 120_000 }, () => {
  const audience = 'contact.tickets.size() >= 2';
  const histories = [
    // Those that name whoever was merged are the heir's from then on.
    history([0, ticket('o', 'A', 'L')], [1, ticket('o', 'B', 'K')], [2, alias], [3, ticket('t', 'B', 'K')]),
    history([0, ticket('o', 'A', 'L')], [1, ticket('o', 'B', 'K')], [2, alias], [3, ticket('t', 'A', 'L')]),
    history([0, ticket('o', 'A', 'L')], [1, ticket('o', 'B', 'K')], [2, ticket('t', 'B', 'K')], [3, alias]),
    // Late: as it was at its place.
    history(
      [0, ticket('o', 'A', 'L')],
      [1, ticket('o', 'B', 'K')],
      [2, alias],
      [3, ticket('t', 'B', 'K'), 6],
      [4, ticket('o', 'B', 'K')],
    ),
    history(
      [0, ticket('o', 'A', 'L')],
      [1, ticket('o', 'B', 'K')],
      [3, alias],
      [2, ticket('t', 'B', 'K'), 6],
      [4, ticket('o', 'B', 'K')],
    ),
  ];
  const decided = [['entered'], ['entered'], ['audience'], ['entered'], ['audience']];

  it('are those that name any id of the contact (E6, E8)', async () => {
    expect(await decisionsOf(files({ trigger: { event: 't' }, audience }), histories)).toEqual(decided);
  });

  it('are those also where time alone makes the ticket fire', async () => {
    const trigger = { event: 't', unless: 'x', within: '1h' };
    expect(await decisionsOf(files({ trigger, audience }), histories)).toEqual(decided.map(() => ['entered']));
  });
});

it('what is counted of a contact without any stored trait is read by the playbook of its ticket (T14)', async () => {
  const seen: WireCall = { type: 'track', event: 'a', userId: 'K' };
  const told = [
    history([0, seen], [0.5, seen], [1, ticket('t', 'A', 'K')]),
    history([0, seen], [0.5, seen], [1, ticket('t', 'A', 'K'), 3], [2, closes('A')]),
  ];
  const audience = 'contact.recent >= 2';
  expect(await decisionsOf(files({ trigger: { event: 't' }, audience }), told)).toEqual([['entered'], ['entered']]);
}, 120_000);
