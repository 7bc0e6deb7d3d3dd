/** T4 and T6: too few, and nothing at all. */
import { describe, expect, it } from 'vitest';
import { day, type Happening, play } from '../play.ts';

const FEW = `
trigger: { event: lead, fewer_than: 2, of: [call, { event: lead, where: event.called }], within: 1h }
again: always
steps: [{ record: n, value: trigger.count }]`;
const lead: Happening = [day('10:00'), 'lead'];
const call = (time: string): Happening => [day(time), 'call'];

describe('a shortfall fires when fewer than n came (T4)', () => {
  it('at open + w, with the opening event alone as evidence and the number that came', () => {
    const { firings, effects } = play(FEW, { events: [lead, call('10:30')] });
    expect(firings).toEqual(['03-02 11:00 by m1']);
    expect(effects).toEqual(['03-02 11:00 record n = 1']);
  });

  it('counts in (open, open + w]: not what came at the opening instant, and what came at the very end', () => {
    expect(play(FEW, { events: [lead, call('10:00'), call('10:00')] }).effects).toEqual(['03-02 11:00 record n = 0']);
    expect(play(FEW, { events: [lead, call('10:00:00.001'), call('11:00')] }).firings).toEqual([]);
    expect(play(FEW, { events: [lead, call('10:30'), call('11:00:00.001')] }).firings).toHaveLength(1);
  });

  it('a later opening does not move it', () => {
    expect(play(FEW, { events: [lead, [day('10:50'), 'lead']] }).firings).toEqual(['03-02 11:00 by m1']);
  });

  it('the n-th closes it early, and the next opening opens it again', () => {
    const { firings } = play(FEW, { events: [lead, call('10:10'), call('10:20'), [day('10:40'), 'lead']] });
    expect(firings).toEqual(['03-02 11:40 by m4']);
  });

  it('the event that closes it may itself be that one', () => {
    const both: Happening = [day('10:20'), 'lead', { called: true }];
    expect(play(FEW, { events: [lead, call('10:10'), both] }).firings).toEqual(['03-02 11:20 by m3']);
  });

  it('once fired the next opening opens it again', () => {
    const { firings } = play(FEW, { events: [lead, [day('12:00'), 'lead']] });
    expect(firings).toEqual(['03-02 11:00 by m1', '03-02 13:00 by m2']);
  });
});

describe('inactivity fires once per quiet spell (T6)', () => {
  const QUIET = `trigger: { inactive: [order, login], for: 1h }\nagain: always\nsteps: [{ record: last, value: trigger.event }]`;

  it('at last + w, with the last X as evidence', () => {
    const { firings, effects } = play(QUIET, {
      events: [
        [day('10:00'), 'order'],
        [day('10:30'), 'login'],
      ],
    });
    expect(firings).toEqual(['03-02 11:30 by m2']);
    expect(effects).toEqual(['03-02 11:30 record last = login']);
  });

  it('an X at exactly the deadline keeps the spell from coming', () => {
    expect(
      play(QUIET, {
        events: [
          [day('10:00'), 'order'],
          [day('11:00'), 'order'],
        ],
      }).firings,
    ).toEqual(['03-02 12:00 by m2']);
  });

  it('once, and again after the next X', () => {
    const { firings } = play(QUIET, {
      events: [
        [day('10:00'), 'order'],
        [day('20:00'), 'order'],
      ],
    });
    expect(firings).toEqual(['03-02 11:00 by m1', '03-02 21:00 by m2']);
  });

  it('who never had one has no quiet spell', () => {
    expect(play(QUIET, { events: [[day('10:00'), 'visit']], until: day('10:00', 30) }).firings).toEqual([]);
  });
});
