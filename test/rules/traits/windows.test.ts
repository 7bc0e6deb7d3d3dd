/** T14: which events a trait looks at: a length of time, ever, the calendar month, the latest so many. */
import { describe, expect, it } from 'vitest';
import { day, type Happening, play } from '../play.ts';
import { ask, readerOf } from './read-traits.ts';

const order = (time: string, properties: object = {}, days = 0): Happening => [
  day(time, days),
  'order',
  properties as never,
];

describe('unique (T14)', () => {
  const read = readerOf(`
  skus: { unique: event.sku, event: order, over: ever }
  skus_1h: { unique: event.sku, event: order, over: 1h }
  items: { unique: "event.items.map(i, i.sku)", event: order, over: ever }
`);

  it('is a list, empty over no events, in the order in which each value first appeared', () => {
    expect(read('contact.skus', ask('09:00'))).toEqual(['[]']);
    const events = ['b', 'a', 'b', 'c', 'a'].map((sku, i) => order(`10:0${i}`, { sku }));
    expect(read('contact.skus', ...events, ask('12:00'))).toEqual(['["b","a","c"]']);
    expect(read('size(contact.skus)', ...events, ask('12:00'))).toEqual(['3']);
  });

  it('a value that is a list gives its members; 1 and "1" are one value; null is none', () => {
    const items = [{ sku: 'x' }, { sku: 'y' }, { sku: 'x' }];
    expect(read('contact.items', order('10:00', { items }), ask('12:00'))).toEqual(['["x","y"]']);
    const events = [1, '1', null, 1].map((sku, i) => order(`10:0${i}`, { sku }));
    expect(read('contact.skus', ...events, ask('12:00'))).toEqual(['[1]']);
  });

  it('in a window the order is that of the first appearance that is still in it', () => {
    const events = [order('10:00', { sku: 'a' }), order('10:10', { sku: 'b' }), order('10:20', { sku: 'a' })];
    expect(read('contact.skus_1h', ...events, ask('10:59'), ask('11:00'), ask('11:10'), ask('11:20'))).toEqual([
      '["a","b"]',
      '["b","a"]',
      '["a"]',
      '[]',
    ]);
  });
});

describe('average_gap (T14)', () => {
  const read = readerOf(`
  gap: { average_gap: true, event: order, over: ever }
  gap_10d: { average_gap: true, event: order, over: 10d }
`);

  it('is the mean gap in days with fractions, missing over fewer than two events', () => {
    expect(read('has(contact.gap)', order('10:00'), ask('11:00'))).toEqual(['false']);
    const events = [order('10:00'), order('10:00', {}, 2), order('22:00', {}, 2)];
    expect(read('contact.gap', ...events, ask('23:00', 2))).toEqual(['1.25']);
    expect(read('contact.gap', order('10:00'), order('10:00'), ask('11:00'))).toEqual(['0']);
  });

  it('a window has the gaps between the events in it', () => {
    const events = [order('10:00'), order('10:00', {}, 1), order('10:00', {}, 5)];
    expect(read('contact.gap_10d', ...events, ask('09:59', 10), ask('10:00', 10))).toEqual(['2.5', '4']);
    expect(read('has(contact.gap_10d)', ...events, ask('10:00', 11))).toEqual(['false']);
  });
});

describe('calendar month (T14)', () => {
  const traits = `
  month: { count: true, event: order, over: calendar month }
  spent: { sum: event.total, event: order, over: calendar month }
`;
  // 2026-03-31 is day 29; Berlin is at UTC+2 by then, New York at UTC-4.
  const events = [order('12:00', { total: 1 }), order('21:59:59.999', { total: 2 }, 29)];

  it("is the month in which it is read, in the settings' zone", () => {
    const read = readerOf(traits);
    expect(read('contact.month', ...events, ask('21:59:59.999', 29), ask('22:00', 29))).toEqual(['2', '0']);
    expect(read('contact.spent', ...events, order('22:00', { total: 4 }, 29), ask('23:00', 29))).toEqual(['4']);
  });

  it("in the subject's own zone before that", () => {
    const read = readerOf(traits, { contact: { time_zone: 'America/New_York' } });
    expect(read('contact.month', ...events, ask('22:00', 29), ask('03:59', 30), ask('04:00', 30))).toEqual([
      '2',
      '2',
      '0',
    ]);
  });

  it('its end is looked at', () => {
    const wait = `trigger: { event: order }\nsteps: [{ wait_for: { becomes: contact.month == 0 } }, { record: over }]`;
    const extra = [{ path: 'traits/own.yaml', text: `subject: contact\ntraits:\n${traits}` }];
    expect(play(wait, { events: [order('12:00')], extra }).effects).toEqual(['03-31 22:00 record over']);
  });

  it('who moves to another zone has months that end elsewhere, and their end is looked at there', () => {
    const wait = `trigger: { event: order }\nsteps: [{ wait_for: { becomes: contact.month == 0 } }, { record: over }]`;
    const extra = [{ path: 'traits/own.yaml', text: `subject: contact\ntraits:\n${traits}` }];
    const moves = (zone: string): Happening => [
      day('12:00', 10),
      'moved',
      { traits: { contact: { time_zone: zone } } },
    ];
    const west = play(wait, { events: [order('12:00'), moves('America/New_York')], extra });
    expect(west.effects).toEqual(['04-01 04:00 record over']);
    const east = play(wait, { events: [order('12:00'), moves('Asia/Tokyo')], extra });
    expect(east.effects).toEqual(['03-31 15:00 record over']);
  });
});

describe('the latest so many (T14)', () => {
  const read = readerOf(`
  n: { count: true, event: order, over: last 3 }
  spent: { sum: event.total, event: order, over: last 3 }
  most: { max: event.total, event: order, over: last 3 }
  earliest: { first: event.total, event: order, over: last 3 }
  gap: { average_gap: true, event: order, over: last 3 }
  kinds: { unique: event.kind, event: order, over: last 2 }
`);
  const totals = [9, 'none', 1, 2, 3].map((total, i) => order(`10:0${i}`, { total }));

  it('are the latest that take part', () => {
    expect(read('contact.n', ...totals.slice(0, 2), ask('11:00'))).toEqual(['2']);
    expect(read('contact.n', ...totals, ask('11:00'))).toEqual(['3']);
    expect(read('contact.spent', ...totals.slice(0, 4), ask('11:00'))).toEqual(['12']);
    expect(read('contact.spent', ...totals, ask('11:00'))).toEqual(['6']);
    expect(read('contact.most', ...totals.slice(0, 4), ask('11:00'))).toEqual(['9']);
    expect(read('contact.most', ...totals, ask('11:00'))).toEqual(['3']);
    expect(read('contact.earliest', ...totals, ask('11:00'))).toEqual(['1']);
    expect(read('contact.gap * 1440', ...totals, ask('11:00'))).toEqual(['1']);
  });

  it('time alone takes none of them away', () => {
    const kinds = ['a', 'b', 'a'].map((kind, i) => order(`10:0${i}`, { kind }));
    expect(read('contact.kinds', ...kinds, ask('10:00', 400))).toEqual(['["b","a"]']);
  });
});

describe('how many of the latest have an answer: of and by (T14)', () => {
  const sent = (time: string, message: string): Happening => [day(time), 'email.sent', { message }];
  const opened = (time: string, message: string): Happening => [day(time), 'email.opened', { message }];
  const read = readerOf(`
  opened_of_last_3: { count: true, event: email.opened, of: email.sent, by: event.message, over: last 3 }
  opened_1h: { count: true, event: email.opened, of: email.sent, by: event.message, over: 1h }
  opened_ever: { count: true, event: email.opened, of: email.sent, by: event.message, over: ever }
`);
  const mails = [
    sent('10:00', 'a'),
    opened('10:01', 'a'),
    opened('10:02', 'a'),
    sent('10:10', 'b'),
    sent('10:20', 'c'),
  ];

  it('0 over no events; a mail that is opened twice counts once', () => {
    expect(read('contact.opened_of_last_3', ask('09:00'))).toEqual(['0']);
    expect(read('contact.opened_of_last_3', ...mails, ask('10:30'))).toEqual(['1']);
    expect(read('contact.opened_ever', ...mails, ask('10:30'))).toEqual(['1']);
  });

  it('what is no longer among the latest, or in the window, does not count', () => {
    const more = [...mails, opened('10:25', 'c'), sent('10:30', 'd')];
    expect(read('contact.opened_of_last_3', ...more, ask('10:40'))).toEqual(['1']);
    expect(read('contact.opened_of_last_3', ...more, opened('10:41', 'a'), ask('10:45'))).toEqual(['1']);
    expect(read('contact.opened_1h', ...more, ask('10:59:59.999'), ask('11:00'), ask('11:20'))).toEqual([
      '2',
      '1',
      '0',
    ]);
    expect(read('contact.opened_ever', ...more, opened('10:41', 'b'), opened('10:42', 'c'), ask('12:00'))).toEqual([
      '3',
    ]);
  });

  it('an opening that stands before its mail in the order counts when the mail comes', () => {
    const early = [opened('10:00', 'x'), sent('10:00:01', 'x'), sent('10:00:02', 'y')];
    for (const name of ['opened_of_last_3', 'opened_1h', 'opened_ever']) {
      expect(read(`contact.${name}`, ...early, ask('10:01')), name).toEqual(['1']);
    }
  });

  it('a mail without the value that they share takes no part', () => {
    const none: Happening = [day('10:30'), 'email.sent', {}];
    expect(read('contact.opened_of_last_3', ...mails, none, none, none, ask('10:40'))).toEqual(['1']);
  });
});
