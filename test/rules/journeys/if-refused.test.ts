/** `if_refused: wait up to w` (N1): a firing that the audience refused is passed through again. */
import { describe, expect, it } from 'vitest';
import { compiled, day, type Happening, play } from '../play.ts';

const PLAYBOOK = `
trigger: { event: seen }
audience: contact.tier == "gold"
if_refused: wait up to 2h
again: always
goal: { event: bought, within: 7d }
exit_on: [left]
steps: [{ record: welcome }, { wait: 1h }, { record: later }]
`;
const gold: Happening = [day('11:00'), 'identify', { traits: { contact: { tier: 'gold' } } }];
const seen: Happening = [day('10:00'), 'seen'];
const told = (events: Happening[], playbook = PLAYBOOK) => {
  const { entries, effects } = play(playbook, { contact: { tier: 'tin' }, events });
  return { entries, effects };
};

describe('a firing that its audience refused waits', () => {
  it('it enters when the trait changes, and its steps count from then', () => {
    expect(told([seen, gold])).toEqual({
      entries: ['03-02 11:00 entered'],
      effects: ['03-02 11:00 record welcome', '03-02 12:00 record later'],
    });
  });

  it('without the key it is refused at once', () => {
    const without = PLAYBOOK.replace('if_refused: wait up to 2h\n', '');
    expect(told([seen, gold], without).entries).toEqual(['03-02 10:00 audience']);
  });

  it('what comes later than its time lets nobody in', () => {
    const late: Happening = [day('12:01'), 'identify', { traits: { contact: { tier: 'gold' } } }];
    expect(told([seen, late]).entries).toEqual(['03-02 10:00 audience']);
    const last: Happening = [day('12:00'), 'identify', { traits: { contact: { tier: 'gold' } } }];
    expect(told([seen, last]).entries).toEqual(['03-02 12:00 entered']);
  });

  it('a goal or an exit that comes first overtakes it', () => {
    expect(told([seen, [day('10:30'), 'bought'], gold]).entries).toEqual(['03-02 10:00 overtaken']);
    expect(told([seen, [day('10:30'), 'left'], gold]).entries).toEqual(['03-02 10:00 overtaken']);
  });

  it('again is asked as of the entry', () => {
    const once = PLAYBOOK.replace('again: always', 'again: after 90m');
    const events: Happening[] = [
      [day('09:00'), 'identify', { traits: { contact: { tier: 'gold' } } }],
      [day('09:00'), 'seen'],
      [day('09:05'), 'bought'],
      [day('09:10'), 'identify', { traits: { contact: { tier: 'tin' } } }],
      [day('10:00'), 'seen'],
      [day('10:30'), 'identify', { traits: { contact: { tier: 'gold' } } }],
    ];
    expect(told(events, once).entries).toEqual(['03-02 09:00 entered', '03-02 10:30 entered']);
    const early = events.with(5, [day('10:20'), 'identify', { traits: { contact: { tier: 'gold' } } }]);
    expect(told(early, once).entries).toEqual(['03-02 09:00 entered', '03-02 10:20 again']);
  });

  it('too_late_after is asked as of the entry', () => {
    const short = PLAYBOOK.replace('again: always', 'again: always\ntoo_late_after: 30m');
    expect(told([seen, gold], short).entries).toEqual(['03-02 11:00 too_late_after']);
  });

  it('a wait that cannot be read is said', () => {
    expect(() => compiled(PLAYBOOK.replace('wait up to 2h', 'later'))).toThrow(/CB202.*if_refused/);
  });
});
