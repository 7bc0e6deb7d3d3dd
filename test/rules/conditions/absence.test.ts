/** T3: absence. */
import { describe, expect, it } from 'vitest';
import { day, type Happening, play } from '../play.ts';

const trigger = (more = '') => `
trigger: { event: cart, where: event.value > 0, unless: [order, { event: cart, where: event.paid }], within: 1h${more} }
again: always
steps: [{ record: left, value: trigger.value }]`;

const cart = (time: string, value: number): Happening => [day(time), 'cart', { value }];

describe('absence fires when nothing came in time (T3)', () => {
  it('at the deadline, with the opening event as evidence', () => {
    const { firings, effects } = play(trigger(), { events: [cart('10:00', 5)] });
    expect(firings).toEqual(['03-02 11:00 by m1']);
    expect(effects).toEqual(['03-02 11:00 record left = 5']);
  });

  it('another opening moves the deadline; evidence and trigger are the latest', () => {
    const { firings, effects } = play(trigger(), { events: [cart('10:00', 5), cart('10:59:59.999', 7)] });
    expect(firings).toEqual(['03-02 11:59:59.999 by m2']);
    expect(effects).toEqual(['03-02 11:59:59.999 record left = 7']);
  });

  it('an event that does not match moves nothing', () => {
    expect(play(trigger(), { events: [cart('10:00', 5), cart('10:30', 0)] }).firings).toEqual(['03-02 11:00 by m1']);
  });

  it('timer: first keeps the first deadline, and still shows the latest event', () => {
    const { firings, effects } = play(trigger(', timer: first'), { events: [cart('10:00', 5), cart('10:30', 7)] });
    expect(firings).toEqual(['03-02 11:00 by m2']);
    expect(effects).toEqual(['03-02 11:00 record left = 7']);
  });

  it('an X at exactly the deadline is in time, one a millisecond later is not', () => {
    const order = (time: string) => play(trigger(), { events: [cart('10:00', 5), [day(time), 'order']] }).firings;
    expect(order('11:00')).toEqual([]);
    expect(order('11:00:00.001')).toEqual(['03-02 11:00 by m1']);
  });

  it('an opening at exactly the deadline still moves it (E4)', () => {
    expect(play(trigger(), { events: [cart('10:00', 5), cart('11:00', 6)] }).firings).toEqual(['03-02 12:00 by m2']);
  });

  it('an X of the same millisecond closes only what stands before it', () => {
    expect(play(trigger(), { events: [cart('10:00', 5), [day('10:00'), 'order']] }).firings).toEqual([]);
    expect(play(trigger(), { events: [[day('10:00'), 'order'], cart('10:00', 5)] }).firings).toEqual([
      '03-02 11:00 by m2',
    ]);
  });

  it('an event that is both closes the watch before it, and opens one', () => {
    const both: Happening = [day('10:30'), 'cart', { value: 7, paid: true }];
    expect(play(trigger(', timer: first'), { events: [cart('10:00', 5), both] }).firings).toEqual([
      '03-02 11:30 by m2',
    ]);
  });

  it('after it fired, or was closed, the next event opens another', () => {
    const { firings } = play(trigger(), {
      events: [cart('10:00', 1), cart('12:00', 2), [day('12:10'), 'order'], cart('12:20', 3)],
    });
    expect(firings).toEqual(['03-02 11:00 by m1', '03-02 13:20 by m4']);
  });
});
