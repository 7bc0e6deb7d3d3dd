/** E8: what events say of records, whose timelines they stand on, and the lists of records that name one. */
import { describe, expect, it } from 'vitest';
import { day, type Happening, play, type Scene } from '../play.ts';

const ACCOUNT = { accountId: 'acme' };
const ticket = (id: string, traits = {}) => ({ type: 'ticket' as const, id, traits: { accountId: 'acme', ...traits } });
const contact = (id: string, traits = {}) => ({ type: 'contact' as const, id, traits: { ...ACCOUNT, ...traits } });
const deal = (id: string, traits = {}) => ({ type: 'deal' as const, id, traits: { ...ACCOUNT, ...traits } });
const ask = (who = 'ada'): Happening => [day('10:00'), 'asked', { userId: who }];
const firesWhen = (where: string, scene: Scene, subject = 'contact') =>
  play(`subject: ${subject}\ntrigger: { event: asked, where: '${where}' }\nsteps: [{ record: done }]`, scene).firings
    .length > 0;

describe('records as lists (E8)', () => {
  const open = 'account.tickets.exists(t, t.status != "solved")';

  it('hold every record that names the account, and no other', () => {
    const with_ = (...records: NonNullable<Scene['records']>) => ({
      records: [contact('ada'), ...records],
      events: [ask()],
    });
    expect(firesWhen(open, with_(ticket('t1', { status: 'open' })))).toBe(true);
    expect(firesWhen(open, with_(ticket('t1', { status: 'solved' })))).toBe(false);
    expect(firesWhen(open, with_(ticket('t1', { status: 'open', accountId: 'other' })))).toBe(false);
    expect(firesWhen(open, with_())).toBe(false);
    expect(firesWhen('account.tickets.size() == 0', with_())).toBe(true);
    expect(firesWhen('size(account.tickets) == 2', with_(ticket('t1'), ticket('t2')))).toBe(true);
    expect(firesWhen('account.tickets.exists(t, t.id == "t2")', with_(ticket('t1'), ticket('t2')))).toBe(true);
    expect(firesWhen('account.tickets[0].id == "t1"', with_(ticket('t2'), ticket('t1')))).toBe(true);
  });

  it('are there for tickets, contacts and deals of an account, tickets and deals of a contact', () => {
    const records = [
      contact('ada', { role: 'buyer' }),
      contact('bob'),
      { type: 'account' as const, id: 'acme', traits: { name: 'Acme' } },
      deal('d1', { contactId: 'ada', amount: 5 }),
      deal('d2', { contactId: 'bob', amount: 7 }),
      ticket('t1', { contactId: 'bob' }),
    ];
    const holds = (where: string, who?: string) => firesWhen(where, { records, events: [ask(who)] });
    expect(holds('account.contacts.filter(c, has(c.role)).size() == 1 && account.contacts.size() == 2')).toBe(true);
    expect(holds('account.deals.map(d, d.amount) == [5, 7]')).toBe(true);
    expect(holds('contact.deals.all(d, d.amount == 5) && contact.tickets.size() == 0')).toBe(true);
    expect(holds('contact.tickets.exists_one(t, t.id == "t1")', 'bob')).toBe(true);
  });

  it('name by a number whom they name by the text of its digits', () => {
    const records = [
      { type: 'contact' as const, id: '17', traits: { accountId: 4711 } },
      { type: 'account' as const, id: '4711', traits: { tier: 'gold' } },
      { type: 'ticket' as const, id: 't1', traits: { contactId: 17, accountId: '4711', status: 'open' } },
    ];
    const holds = (where: string) => firesWhen(where, { records, events: [ask('17')] });
    expect(holds('account.tier == "gold"')).toBe(true);
    expect(holds('account.tickets.exists(t, t.status == "open") && account.contacts.size() == 1')).toBe(true);
    expect(holds('contact.tickets.size() == 1')).toBe(true);
  });

  it('are there for an account of which nothing else is known', () => {
    const records = [contact('ada'), ticket('t1', { status: 'open' })];
    expect(firesWhen(open, { records, events: [ask()] })).toBe(true);
    expect(
      firesWhen('account.tickets.size() == 0', { records: [contact('ada', { accountId: null })], events: [ask()] }),
    ).toBe(false);
  });

  it('follow a record that moves, at the place of its move', () => {
    const moves: Happening = [
      day('09:00'),
      'ticket.moved',
      { userId: null, ticketId: 't1', traits: { ticket: { accountId: 'other' } } },
    ];
    const records = [contact('ada'), ticket('t1', { status: 'open' })];
    expect(firesWhen(open, { records, events: [moves, ask()] })).toBe(false);
    expect(firesWhen(open, { records, events: [[day('11:00'), moves[1], moves[2]!], ask()] })).toBe(true);
  });

  it('are read by the audience, by segments, traits, conditions of steps, waits and texts', () => {
    const records = [
      contact('ada', { tickets: 'a trait of that name is not seen' }),
      ticket('t1', { contactId: 'ada', status: 'open', title: 'Broken lamp' }),
    ];
    const extra = [
      {
        path: 'segments/own.yaml',
        text: 'subject: contact\nsegments: { waiting: "contact.tickets.exists(t, t.status == \'open\')" }',
      },
      {
        path: 'traits/own.yaml',
        text: 'subject: contact\ntraits: { open_tickets: { formula: "contact.tickets.filter(t, t.status == \'open\').size()" } }',
      },
    ];
    const story = (trigger: string, steps: string) =>
      play(`trigger: ${trigger}\nsteps: ${steps}`, { records, extra, events: [ask()] }).story.map((line) =>
        line.slice(12),
      );
    const task = (title: string) => `[{ task: '${title}', assign: kim, due: 1d }]`;
    const told = (title: string) => [expect.stringContaining(`task ${title} `), 'completed: steps'];
    const asked = '{ event: asked }';
    expect(story(`${asked}\naudience: contact.open_tickets == 1`, task('{{ contact.open_tickets }}'))).toEqual(
      told('1'),
    );
    expect(story(asked, task('{{#each contact.tickets}}{{title}}{{/each}}'))).toEqual(told('Broken lamp'));
    const done = (what: string) => [`record ${what}`, 'completed: steps'];
    expect(story(asked, '[{ if: contact.tickets.size() == 1, then: [{ record: one }] }]')).toEqual(done('one'));
    const waits = '[{ wait_for: { becomes: contact.tickets.size() > 0 } }, { record: there }]';
    expect(story(asked, waits)).toEqual(done('there'));
    // Given records have not turned (V3): the same segment is entered by a ticket that comes.
    expect(story('{ enters: waiting }', '[{ record: waiting }]')).toEqual([]);
  });

  it('turn conditions at events that stand on the timeline, and at no others: they are read, not listened to', () => {
    const text = (subject: string, becomes: string) =>
      `subject: ${subject}\ntrigger: { becomes: '${becomes}' }\nsteps: [{ record: done }]`;
    const opened = (time: string, named: { [name: string]: string }): Happening => [
      day(time),
      'ticket.created',
      { userId: null, ticketId: 't1', traits: { ticket: { status: 'open', ...named } } },
    ];
    const events = [opened('09:00', { accountId: 'acme' }), ask()];
    // The event names a ticket of the account: it stands there, and not on the timelines of the account's contacts.
    expect(play(text('account', open), { records: [contact('ada')], events }).firings).toEqual(['03-02 09:00 by m1']);
    expect(play(text('contact', open), { records: [contact('ada')], events }).firings).toEqual(['03-02 10:00 by m2']);
    const own = 'contact.tickets.exists(t, t.status == "open")';
    const mine = { records: [contact('ada')], events: [opened('09:00', { contactId: 'ada' }), ask()] };
    expect(play(text('contact', own), mine).firings).toEqual(['03-02 09:00 by m1']);
  });
});
