/** Y1, T0: everything that is wrong with a trigger is told at once, and nothing is said of what may be meant. */
import { describe, expect, it } from 'vitest';
import { compileOne } from './workspace.ts';

const told = (trigger: string, more = 'steps: [{ record: seen }]') =>
  compileOne(`playbook: p\ntrigger:\n${trigger.replace(/^/gm, '  ')}\n${more}\n`).diagnostics.map(
    ({ severity, code, line, message }) =>
      `${line} ${severity === 'error' ? '' : 'warning '}${code} ${message.slice(0, 24).trim()}`,
  );

describe('all faults of a trigger at once', () => {
  it('though its shape is broken: the shape, the condition, the window and the key', () => {
    const trigger = `event: call.logged
where: evnt.by == "agent"
at_least: 0
within: 0h
key: call_id`;
    expect(told(trigger)).toEqual([
      '4 CB302 `evnt` is not known here',
      '5 CB202 `0` is too small: at lea',
      '6 CB211 "0h" is a duration of ze',
      '7 CB302 `call_id` is not known h',
    ]);
  });

  it('and each of them once', () => {
    expect(told('event: call.logged\nunless: 5\nwithin: 1h')).toEqual(['4 CB202 a text or a list or a ma']);
    expect(told('sla: 7\nmark: 80%')).toEqual(['3 CB202 a text is needed here, n']);
  });

  it('though its keys tell no kind', () => {
    const trigger = `event: cart.updated
where: event.value > 5 && event.value < 3
unles: order.completed
within: 1 hour`;
    expect(told(trigger)).toEqual([
      '4 CB305 `where` can never be tru',
      '5 CB201 unknown key `unles` in a',
      '6 CB211 "1 hour" is not a durati',
    ]);
  });

  it('a name that every JavaScript object has is as unknown as any other', () => {
    expect(told('__proto__: a')).toEqual(['3 CB204 no kind of trigger has `']);
    const steps = 'calendar: constructor\nsteps: [{ record: seen }]';
    expect(told('event: a\nunless: b\nwithin: 2 business hours', steps)).toEqual(['6 CB504 there is no calendar `co']);
  });

  it('in every arm, those of a nested list too', () => {
    const trigger = `any:
  - { event: a, as: x }
  - { event: b, unless: b, within: 0s, as: x }
  - any:
      - { inactive: c, for: -1d }`;
    expect(told(trigger)).toEqual([
      '5 CB242 `b` opens the watch, and',
      '5 CB211 "0s" is a duration of ze',
      '5 CB208 another arm is called `x',
      '6 CB244 `any` is inside `any`',
      '7 CB211 "-1d" is below zero',
    ]);
  });

  it('every empty row of a table of windows, and a table of none at all', () => {
    const table = (rows: string) => `event: a\nunless: b\nwithin: { ${rows} }`;
    expect(told(table('by: contact.stage, lead: , won: 0d, default: 1d'))).toEqual([
      '5 CB211 a duration is a text, no',
      '5 CB211 "0d" is a duration of ze',
    ]);
    expect(told(table('by: contact.stage'))).toContain('5 CB211 the table has no duratio');
    expect(told(table('lead: 1d, default: 2d'))).toEqual(['5 CB203 `by` is missing: what th']);
  });
});

describe('what may be meant is left alone', () => {
  it.each([
    'event: cart.updated\nwhere: event.value > 20\nunless: cart.updated\nwithin: 1h',
    'event: cart.updated\nunless: { event: cart.updated, where: event.empty }\nwithin: 1h',
    'event: lead.created\nfewer_than: 3\nof: lead.created\nwithin: 7d',
    'event: a\nunless: b\nwithin: 1h\nkey: event.items.map(i, i.id)',
    'event: a\nunless: b\nwithin: 1h\nkey: string(now)',
    'event: a\nunless: b\nwithin: { by: contact.stage, lead: 3653d, default: 1ms }',
    'event: a\nunless: b\nwithin: 2600 business days',
    'event: a\nwhere: true',
  ])('%s', (trigger) => expect(told(trigger)).toEqual([]));

  it('a key that nobody mentions, without a name near it that the same event has', () => {
    const watch = (key: string) => `event: deal.moved\nunless: deal.won\nwithin: 1h\nkey: event.${key}`;
    const step = (text: string) => `steps: [{ task: 'Ask about {{ trigger.${text} }}' }]`;
    expect(told(watch('lead_id'), step('deal_id'))).toEqual([]);
    expect(told(watch('line1'), step('line2'))).toEqual([]);
    expect(told(watch('orderId'), step('order_id'))).toEqual(['6 warning CB608 nothing else mentions `e']);
    const tested = `${step('order_id')}
tests:
  - it: is about an order
    contact: { id: a }
    events: [{ at: 2026-03-02T10:00:00Z, event: deal.moved, orderId: o1 }]
    expect: [{ task: Ask about }]`;
    // The key is right then, and the text is not.
    expect(told(watch('orderId'), tested)).toEqual(['7 warning CB659 nothing else mentions `t']);
  });
});

describe('the clocks of a service level', () => {
  const policy = (more: string) =>
    compileOne('playbook: p\ntrigger: { event: a }\nsteps: [{ record: seen }]\n', {
      extra: [
        {
          path: 'sla/own.yaml',
          text: `sla: own\ncalendar: office-eu\nclocks:\n  answer:\n    start: ticket.created\n    ${more}\n`,
        },
      ],
    }).diagnostics.map(({ severity, code, line, column }) => `${line}:${column} ${severity} ${code}`);

  it('have targets that the weeks of their calendar hold', () => {
    expect(policy('stop: ticket.solved\n    target: 20000 business hours')).toEqual([]);
    expect(policy('stop: ticket.solved\n    target: 25000 business hours')).toEqual(['7:13 error CB211']);
    const table =
      'stop: ticket.solved\n    by: ticket.priority\n    target: { high: 1h, low: 2800 business days, default: 1h }';
    expect(policy(table)).toEqual(['8:30 error CB211']);
  });

  it('promise nothing where their table has no row: that is told', () => {
    const table = (rest: string) => `stop: ticket.solved\n    by: ticket.priority\n    target: { high: 1h${rest} }`;
    expect(policy(table(''))).toEqual(['8:13 warning CB243']);
    expect(policy(table(', default: 2h'))).toEqual([]);
  });

  it('can be stopped, and are paused by what may be true', () => {
    const stop = 'stop: { event: ticket.replied, where: event.by == "agent" && event.by == "bot" }\n    target: 1h';
    expect(policy(stop)).toEqual(['6:66 error CB305']);
    const pause =
      'stop: ticket.solved\n    pause: ticket.status == "open" && ticket.status == "pending"\n    target: 1h';
    expect(policy(pause)).toEqual(['7:39 warning CB305']);
  });
});
