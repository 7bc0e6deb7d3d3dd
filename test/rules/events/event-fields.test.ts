/** T0, T1, T17: what matches, and what of it is seen. */
import { describe, expect, it } from 'vitest';
import { subjectKey } from '../../../language/records/subject-key.ts';
import { day, play } from '../play.ts';

describe('a missing field is never an error (T0)', () => {
  const onEvent = (where: string) =>
    `trigger: { event: seen, where: '${where}' }\nagain: always\nsteps: [{ record: hit }]`;
  const fires = (where: string, contact: object, properties = {}) =>
    play(onEvent(where), { contact: contact as never, events: [[day('10:00'), 'seen', properties]] }).firings.length ===
    1;

  it('an expression that would end in one is false, whichever way it asks', () => {
    expect(fires('contact.stage != "lost"', {})).toBe(false);
    expect(fires('!(contact.stage == "lost")', {})).toBe(false);
    expect(fires('contact.stage != "lost"', { stage: 'new' })).toBe(true);
    expect(fires('event.value >= 20', {})).toBe(false);
  });

  it('|| and && absorb it', () => {
    expect(fires('contact.stage == "lost" || event.vip', {}, { vip: true })).toBe(true);
    expect(fires('!(contact.stage == "lost" && event.vip)', {}, { vip: false })).toBe(true);
  });

  it('has asks', () => {
    expect(fires('!has(contact.stage)', {})).toBe(true);
    expect(fires('has(contact.stage)', { stage: 'new' })).toBe(true);
  });

  it('a value of the wrong type ends the same way', () => {
    expect(fires('event.value >= 20', {}, { value: 'much' })).toBe(false);
  });

  it('numbers are of one kind (Y2)', () => {
    expect(fires('2 * 0.5 == 1 && 5 / 2 == 2.5 && event.value == 1.0', {}, { value: 1 })).toBe(true);
  });
});

describe('an event trigger fires at each matching event (T1)', () => {
  it('and at no other', () => {
    const { firings } = play(`trigger: { event: seen, where: event.n > 1 }\nsteps: [{ record: hit }]`, {
      events: [
        [day('10:00'), 'seen', { n: 1 }],
        [day('10:01'), 'seen', { n: 2 }],
        [day('10:02'), 'other', { n: 3 }],
        [day('10:03'), 'seen', { n: 3 }],
      ],
    });
    expect(firings).toEqual(['03-02 10:01 by m2', '03-02 10:03 by m4']);
  });

  it('a list of names means any of them, each with its own condition (Y4)', () => {
    const { firings } = play(
      `trigger:\n  event: [seen, { event: bought, where: event.total > 5 }]\nsteps: [{ record: hit }]`,
      {
        events: [
          [day('10:00'), 'seen'],
          [day('10:01'), 'bought', { total: 5 }],
          [day('10:02'), 'bought', { total: 6 }],
        ],
      },
    );
    expect(firings).toEqual(['03-02 10:00 by m1', '03-02 10:02 by m3']);
  });

  it('reads the event that brings a trait with that trait (E8)', () => {
    const { firings } = play(`trigger: { event: seen, where: contact.stage == "new" }\nsteps: [{ record: hit }]`, {
      events: [
        [day('10:00'), 'seen'],
        [day('10:01'), 'seen', { traits: { contact: { stage: 'new' } } }],
        [day('10:02'), 'seen', { traits: { contact: { stage: null } } }],
      ],
    });
    expect(firings).toEqual(['03-02 10:01 by m2']);
  });
});

describe('trigger shows the latest evidence event (T17)', () => {
  const value = (expression: string, properties = {}) =>
    play(`trigger: { event: seen }\nsteps: [{ record: v, value: '${expression}' }]`, {
      events: [[day('10:00'), 'seen', properties]],
    }).effects;

  it('its properties, its name, its instant', () => {
    expect(value('trigger.total', { total: 7 })).toEqual(['03-02 10:00 record v = 7']);
    expect(value('trigger.event')).toEqual(['03-02 10:00 record v = seen']);
    expect(value('trigger.at')).toEqual(['03-02 10:00 record v = 2026-03-02T10:00:00.000Z']);
  });

  it("an event's own property of such a name is below trigger.properties", () => {
    expect(value('trigger.event', { event: 'own' })).toEqual(['03-02 10:00 record v = seen']);
    expect(value('trigger.properties.event', { event: 'own' })).toEqual(['03-02 10:00 record v = own']);
  });

  it('audience and key may use it', () => {
    const { firings, entries } = play(
      `trigger: { event: seen, key: trigger.cart }\naudience: trigger.total > 5\nagain: always\nsteps: [{ record: hit }]`,
      {
        events: [
          [day('10:00'), 'seen', { cart: 'c1', total: 6 }],
          [day('10:01'), 'seen', { cart: 'c2', total: 5 }],
        ],
      },
    );
    expect(firings).toEqual(['03-02 10:00 c1 by m1', '03-02 10:01 c2 by m2']);
    expect(entries).toEqual(['03-02 10:00 c1 entered', '03-02 10:01 c2 audience']);
  });
});

describe('an event stands on the timelines of whom it names (E8)', () => {
  const listens = (subject: string) =>
    `subject: ${subject}\ntrigger: { event: ticket.replied }\nsteps: [{ record: seen }]`;

  it("a ticket's event stands on those of the contact and the account that the ticket's traits name", () => {
    const { lines } = play(
      { 'of-account': listens('account'), 'of-contact': listens('contact'), 'of-ticket': listens('ticket') },
      {
        ticket: { contactId: 'bob', accountId: 'acme' },
        records: [],
        events: [[day('10:00'), 'ticket.replied']],
      },
    );
    const fired = lines.filter((line) => line.type === 'firing').map((line) => subjectKey(line.subject));
    expect(fired).toEqual(['account/acme', 'contact/bob', 'ticket/t1']);
  });

  it('by the traits that it brings itself', () => {
    const { lines } = play(listens('contact'), {
      ticket: {},
      records: [],
      events: [
        [day('10:00'), 'ticket.replied', {}],
        [day('10:01'), 'ticket.replied', { traits: { ticket: { contactId: 'bob' } } }],
      ],
    });
    expect(lines.filter((line) => line.type === 'firing').map((line) => line.subject.id)).toEqual(['bob']);
  });
});
