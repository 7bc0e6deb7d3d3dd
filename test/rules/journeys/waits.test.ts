/** S2 and S3: waits. */
import { describe, expect, it } from 'vitest';
import { day, type Happening, play, type Scene } from '../play.ts';

const ENDED = (date: string) => `${date} 10:00 completed: steps`;
const SEEN: Happening = [day('10:00'), 'seen'];
/** When the step behind a wait comes: the wait begins at 10:00 UTC on Monday, 11:00 in Berlin. */
function waited(wait: string, scene: Partial<Scene> = {}): string[] {
  const { effects } = play(
    `time_zone: Europe/Berlin\ntrigger: { event: seen }\nsteps:\n  - wait: ${wait}\n  - record: on`,
    {
      ...scene,
      events: [SEEN, ...(scene.events ?? [])],
    },
  );
  return effects.map((line) => line.replace(' record on', ''));
}
const contact = (traits: object): Happening[1] extends string ? object : never => ({ traits: { contact: traits } });

describe('wait (S2)', () => {
  it('a duration is exact', () => {
    expect(waited('1h')).toEqual(['03-02 11:00']);
    expect(waited('2d')).toEqual(['03-04 10:00']);
  });

  it('business time is counted in the calendar', () => {
    expect(waited('3 business hours')).toEqual(['03-02 13:00']);
    expect(waited('1 business day')).toEqual(['03-03 10:00']);
    expect(waited('1 business day at 09:00')).toEqual(['03-03 08:00']);
    expect(waited('end of next business day')).toEqual(['03-03 16:00']);
  });

  it('calendar days and times of day are those of the zone', () => {
    expect(waited('1 calendar day at 09:00')).toEqual(['03-03 08:00']);
    expect(waited('{ until: "09:00", on_days: weekdays }')).toEqual(['03-03 08:00']);
    expect(waited('{ until: day 3 at "09:00" }')).toEqual(['03-05 08:00']);
    expect(waited('1 calendar day at 09:00', { contact: { time_zone: 'America/New_York' } })).toEqual(['03-03 14:00']);
  });

  it('weekdays are those of the calendar, in a playbook that names a calendar itself', () => {
    const far = { contact: { time_zone: 'America/New_York' }, events: [SEEN] };
    const at = (head: string) =>
      play(
        `${head}trigger: { event: seen }\nsteps: [{ wait: { until: "09:00", on_days: weekdays } }, { record: on }]`,
        far,
      ).effects;
    expect(at('')).toEqual(['03-02 14:00 record on']);
    expect(at('calendar: office-eu\n')).toEqual(['03-03 08:00 record on']);
  });

  it('since: enrolment counts from its start, whatever was waited before', () => {
    const { effects } = play(
      'trigger: { event: seen }\nsteps: [{ wait: 2h }, { wait: { until: 3h, since: enrolment } }, { record: on }]',
      { events: [SEEN] },
    );
    expect(effects).toEqual(['03-02 13:00 record on']);
  });

  it('a moment already reached is passed at once', () => {
    const { effects } = play(
      'trigger: { event: seen }\nsteps: [{ wait: 4h }, { wait: { until: 3h, since: enrolment } }, { record: on }]',
      { events: [SEEN] },
    );
    expect(effects).toEqual(['03-02 14:00 record on']);
    expect(waited('{ until: contact.renewal - 30d }', { contact: { renewal: '2026-03-05' } })).toEqual(['03-02 10:00']);
  });

  it('a table of lengths is read when the wait begins; without a fitting row it waits for one', () => {
    const table = '{ by: contact.tier, gold: 1h, silver: 2h }';
    expect(waited(table, { contact: { tier: 'silver' } })).toEqual(['03-02 12:00']);
    const events: Happening[] = [[day('10:30'), 'changed', contact({ tier: 'gold' }) as never]];
    expect(waited(table, { contact: { tier: 'silver' }, events })).toEqual(['03-02 12:00']);
    expect(waited(table, { contact: { tier: 'tin' } })).toEqual([]);
    expect(waited(table, { contact: { tier: 'tin' }, events })).toEqual(['03-02 11:00']);
  });

  describe('until a date', () => {
    const until = '{ until: contact.renewal - 1d, at: "09:00" }';
    const moved = (at: string, renewal: string | null): Happening => [at, 'changed', contact({ renewal }) as never];

    it('in the zone', () => {
      expect(waited(until, { contact: { renewal: '2026-03-10' } })).toEqual(['03-09 08:00']);
    });

    it('follows a date that is moved, to either side', () => {
      const on = (renewal: string) =>
        waited(until, { contact: { renewal: '2026-03-10' }, events: [moved(day('10:00', 1), renewal)] });
      expect(on('2026-03-20')).toEqual(['03-19 08:00']);
      expect(on('2026-03-06')).toEqual(['03-05 08:00']);
    });

    it('a date that is moved before now is reached at that instant', () => {
      const events = [moved(day('10:07', 1), '2026-03-01')];
      expect(waited(until, { contact: { renewal: '2026-03-10' }, events })).toEqual(['03-03 10:07']);
    });

    it('an absent date holds the wait until it is set', () => {
      expect(waited(until, { contact: {}, events: [moved(day('10:00', 1), '2026-03-10')] })).toEqual(['03-09 08:00']);
      const events = [moved(day('10:00', 1), null), moved(day('10:00', 20), '2026-03-30')];
      expect(waited(until, { contact: { renewal: '2026-03-10' }, events })).toEqual(['03-29 07:00']);
    });

    describe('that never comes', () => {
      const bounded = (more: string, scene: Partial<Scene> = {}) =>
        play(
          `time_zone: Europe/Berlin
trigger: { event: seen }
steps:
  - id: w
    wait: ${until}
    ${more}
  - record: on
    value: steps.w.matched`,
          { ...scene, events: [SEEN, ...(scene.events ?? [])] },
        ).story;
      const within = 'within: 10d';
      const otherwise = `${within}\n    else: [{ record: none }]`;

      it('ends after `within`, with `else` where there is one', () => {
        expect(bounded(otherwise)).toEqual([
          '03-12 10:00 record none',
          '03-12 10:00 record on = false',
          ENDED('03-12'),
        ]);
        expect(bounded(within)).toEqual(['03-12 10:00 record on = false', ENDED('03-12')]);
      });

      it('counts one that cannot be read, that is taken away, and that is too far', () => {
        const ends = ['03-12 10:00 record none', '03-12 10:00 record on = false', ENDED('03-12')];
        expect(bounded(otherwise, { contact: { renewal: 'in spring' } })).toEqual(ends);
        expect(bounded(otherwise, { contact: { renewal: '2026-03-14' } })).toEqual(ends);
        const taken = { contact: { renewal: '2026-03-11' }, events: [moved(day('10:00', 1), null)] };
        expect(bounded(otherwise, taken)).toEqual(ends);
      });

      it('is passed by one that comes in time, also at the last instant', () => {
        const events = [moved(day('10:00', 9), '2026-03-05')];
        expect(bounded(otherwise, { events })).toEqual(['03-11 10:00 record on = true', ENDED('03-11')]);
        const last = [moved(day('10:00', 10), '2026-03-05')];
        expect(bounded(otherwise, { events: last })).toEqual(['03-12 10:00 record on = true', ENDED('03-12')]);
      });

      it('ends the enrolment 400 days after its beginning where nothing bounds it', () => {
        expect(bounded('')).toEqual(['04-06 10:00 exited: no_date']);
        expect(bounded('', { contact: { renewal: '2028-05-10' } })).toHaveLength(2);
        const late = [moved(day('10:00', 399), '2026-03-05')];
        expect(bounded('', { events: late })).toEqual(['04-05 10:00 record on', '04-05 10:00 completed: steps']);
        expect(waited('{ by: contact.tier, gold: 1h }', { contact: { tier: 'tin' } })).toEqual([]);
      });

      it('a table without a fitting row ends in the same ways', () => {
        const table = (more: string) =>
          play(
            `trigger: { event: seen }\nsteps:\n  - wait: { by: contact.tier, gold: 1h }\n    ${more}\n  - record: on`,
            { events: [SEEN] },
          ).story;
        expect(table('')).toEqual(['04-06 10:00 exited: no_date']);
        expect(table('within: 2h')).toEqual(['03-02 12:00 record on', '03-02 12:00 completed: steps']);
      });
    });
  });
});

const REPLY = (more = 'within: 1h', arm = 'reply') => `
trigger: { event: seen }
steps:
  - wait: 30m
  - id: w
    wait_for: ${arm}
    ${more}
    then: [{ record: then }]
    else: [{ record: else }]
  - record: seen
    value: steps.w.matched`;

const reply = (time: string, properties = {}): Happening => [day(time), 'reply', properties];
const behind = (playbook: string, ...events: Happening[]) => play(playbook, { events: [SEEN, ...events] }).effects;

describe('wait_for (S3)', () => {
  it('takes then at the instant of what came, else at the deadline', () => {
    expect(behind(REPLY(), reply('11:00'))).toEqual(['03-02 11:00 record then', '03-02 11:00 record seen = true']);
    expect(behind(REPLY())).toEqual(['03-02 11:30 record else', '03-02 11:30 record seen = false']);
  });

  it('an event at exactly the deadline counts, a later one is too late', () => {
    expect(behind(REPLY(), reply('11:30'))[0]).toBe('03-02 11:30 record then');
    expect(behind(REPLY(), reply('11:30:00.001'))[0]).toBe('03-02 11:30 record else');
  });

  it('events count that come after the step began', () => {
    expect(behind(REPLY(), reply('10:29'))[0]).toBe('03-02 11:30 record else');
    expect(behind(REPLY(), reply('10:30'))[0]).toBe('03-02 11:30 record else');
    expect(behind(REPLY(), reply('10:30:00.001'))[0]).toBe('03-02 10:30:00.001 record then');
  });

  it('with since: enrolment those after its start', () => {
    const since = REPLY('within: 1h\n    since: enrolment');
    expect(behind(since, reply('10:10'))[0]).toBe('03-02 10:30 record then');
    expect(behind(since, reply('10:00'))[0]).toBe('03-02 11:30 record else');
  });

  it('without within it waits until it matches, or the enrolment ends', () => {
    expect(behind(REPLY('id: w').replace('id: w\n    wait_for', 'wait_for'), reply('10:00'))).toEqual([]);
    expect(behind(REPLY('id: w').replace('id: w\n    wait_for', 'wait_for'), [day('10:00', 300), 'reply'])[0]).toBe(
      '12-27 10:00 record then',
    );
  });

  it('steps.<id> has the properties of what matched', () => {
    expect(behind(REPLY().replace('steps.w.matched', 'steps.w.mood'), reply('11:00', { mood: 'good' })).at(-1)).toBe(
      '03-02 11:00 record seen = good',
    );
  });

  it('of several arms the first to match wins; of one event the first in the file', () => {
    const arms = `
trigger: { event: seen }
steps:
  - wait_for:
      - { event: reply, where: event.mood == "good", then: [{ record: good }] }
      - { event: [reply, call], then: [{ record: any }] }
    within: 1h
    else: [{ record: none }]`;
    expect(behind(arms, reply('10:10', { mood: 'good' }))).toEqual(['03-02 10:10 record good']);
    expect(behind(arms, reply('10:10'), reply('10:11', { mood: 'good' }))).toEqual(['03-02 10:10 record any']);
    expect(behind(arms, [day('10:20'), 'call'])).toEqual(['03-02 10:20 record any']);
    expect(behind(arms)).toEqual(['03-02 11:00 record none']);
  });

  it('becomes is taken at once when it holds already, else when it turns', () => {
    const becomes = REPLY('within: 1h', '{ becomes: contact.stage == "won" }');
    const won: Happening = [day('11:10'), 'changed', contact({ stage: 'won' }) as never];
    expect(behind(becomes, [day('10:10'), ...won.slice(1)] as Happening)[0]).toBe('03-02 10:30 record then');
    expect(behind(becomes, won)[0]).toBe('03-02 11:10 record then');
    expect(behind(becomes)[0]).toBe('03-02 11:30 record else');
  });

  it('a table of lengths, and a where over trigger and steps', () => {
    const playbook = REPLY(
      'within: { by: contact.tier, gold: 10m, default: 20m }',
      '{ event: reply, where: event.id == trigger.id }',
    );
    const came = (id: number) =>
      play(playbook, { contact: { tier: 'gold' }, events: [[day('10:00'), 'seen', { id: 1 }], reply('10:35', { id })] })
        .effects[0];
    expect([came(1), came(2)]).toEqual(['03-02 10:35 record then', '03-02 10:40 record else']);
  });

  it('inside of a repeat each round waits anew, from its own beginning', () => {
    const playbook = `
trigger: { event: seen }
steps:
  - repeat: { at_most: 3 }
    steps:
      - { id: w, wait_for: reply, within: 1h, then: [{ record: yes, value: steps.w.mood }], else: [{ record: no, value: has(steps.w.mood) }] }`;
    expect(behind(playbook, reply('10:20', { mood: 'good' }), reply('12:00'))).toEqual([
      '03-02 10:20 record yes = good',
      '03-02 11:20 record no = false',
      '03-02 12:00 record yes',
    ]);
  });
});

describe('waits for days by their names and for the calendar (S2)', () => {
  it('come in virtual time as they are written', () => {
    const played = play(
      `trigger: { event: asked }
calendar: office-eu
steps:
  - wait: { until: open }
  - record: "opened"
  - wait: { until: saturday at "15:15" }
  - record: "on_saturday"
  - wait: { until: "09:00", on_days: business days }
  - task: Call
    due: { until: "12:00", on_days: [wednesday] }`,
      { contact: { time_zone: 'America/New_York' }, events: [[day('19:00'), 'asked']] },
    );
    expect(played.effects).toEqual([
      '03-03 08:00 record opened',
      // The playbook names its calendar: its weekdays are that one's.
      '03-07 14:15 record on_saturday',
      '03-09 08:00 task Call due: 2026-03-11T11:00:00.000Z',
    ]);
  });
});
