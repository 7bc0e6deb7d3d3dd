/** W1 and S16: absences with from and to, deputies, and how work is shared out. */
import { describe, expect, it } from 'vitest';
import { registry } from '../../evaluation/registry.ts';
import { compileWorkspace } from '../../language/compile.ts';
import { isAway } from '../../language/records/people/absences.ts';
import { day, type Happening, play } from '../rules/play.ts';

const person = (id: string, more: string) => ({
  path: `people/${id}.yaml`,
  text: `person: ${id}\nname: ${id}\nemail: ${id}@example.com\nrole: agent\nteam: sales\ntime_zone: Europe/Berlin\n${more}`,
});

describe('an absence', () => {
  const away = (absence: { from?: string; to?: string }, at: string) =>
    isAway({ id: 'kim', timeZone: 'Europe/Berlin', absences: [absence] }, Date.parse(at));

  it('counts whole days on the clocks of who is away, the last one too', () => {
    const week = { from: '2026-03-02', to: '2026-03-04' };
    expect(away(week, '2026-03-01T22:59:59Z')).toBe(false);
    expect(away(week, '2026-03-01T23:00:00Z')).toBe(true);
    expect(away(week, '2026-03-04T22:59:59Z')).toBe(true);
    expect(away(week, '2026-03-04T23:00:00Z')).toBe(false);
  });

  it('may be instants, and have one end alone', () => {
    const noon = { from: '2026-03-02T12:00:00Z', to: '2026-03-02T14:00:00Z' };
    expect(['11:59', '12:00', '13:59', '14:00'].map((time) => away(noon, `2026-03-02T${time}:00Z`))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(away({ from: '2026-03-02' }, '2031-01-01T00:00:00Z')).toBe(true);
    expect(away({ to: '2026-03-02' }, '2020-01-01T00:00:00Z')).toBe(true);
  });

  it('is asked at the instant of each step: who comes back gets the next task', () => {
    const { effects } = play(
      'trigger: { event: seen }\nsteps:\n  - { task: A, assign: kim }\n  - wait: 2d\n  - { task: B, assign: kim }',
      {
        events: [[day('10:00'), 'seen']],
        extra: [person('kim', 'away: { from: 2026-03-02, to: 2026-03-03 }\ndeputy: max')],
      },
    );
    expect(effects).toEqual(['03-02 10:00 task A assign: max', '03-04 10:00 task B assign: kim']);
  });
});

describe('a deputy', () => {
  const told = (steps: string, ...extra: ReturnType<typeof person>[]) => {
    const { effects, lines } = play(`trigger: { event: seen }\nsteps: ${steps}`, {
      contact: { owner: 'kim' },
      events: [[day('10:00'), 'seen']],
      extra,
    });
    expect(lines.length).toBeGreaterThan(0);
    return effects.map((line) => line.replace('03-02 10:00 ', ''));
  };
  const toOwner = '[{ task: Call, assign: contact.owner }, { notify: contact.owner, text: Hi }]';

  it('gets what was meant for who is away, before the fallback of the team; one who is away has a deputy, too', () => {
    expect(told(toOwner, person('kim', 'away: true\ndeputy: max'))).toEqual([
      'task Call assign: max',
      'notify max text: Hi',
    ]);
    expect(told(toOwner, person('kim', 'away: true\ndeputy: max'), person('max', 'away: true\ndeputy: mia'))[0]).toBe(
      'task Call assign: mia',
    );
    // Two who stand in for each other, both away: the team's fallback.
    expect(told(toOwner, person('kim', 'away: true\ndeputy: max'), person('max', 'away: true\ndeputy: kim'))[0]).toBe(
      'task Call assign: sara',
    );
  });

  it('stands in at assign only where nobody is left who is there', () => {
    const assign = '[{ assign: owner, by: least_loaded, among: [kim, max] }]';
    expect(told(assign, person('kim', 'away: true\ndeputy: mia'))).toEqual(['assign owner to: max from: kim']);
    expect(told(assign, person('kim', 'away: true\ndeputy: mia'), person('max', 'away: true'))).toEqual([
      'assign owner to: mia from: kim',
    ]);
  });
});

describe('work is shared out', () => {
  const seen = (count: number): Happening[] =>
    Array.from({ length: count }, (_, i) => [day(`10:${String(i).padStart(2, '0')}`), 'seen', { userId: `u${i}` }]);
  const given = (keys: string, count: number, more = '') =>
    play(`trigger: { event: seen }\nsteps:\n  - { assign: owner, ${keys} }\n${more}`, { events: seen(count) })
      .effects.filter((line) => line.includes(' assign owner '))
      .map((line) => line.split('to: ')[1] ?? line.split('assign owner ')[1]);

  it('by weights: who has 2 gets two turns of three, and twice as many open tasks', () => {
    expect(given('by: round_robin, among: [kim, max], weights: { kim: 2 }', 6)).toEqual([
      'kim',
      'max',
      'kim',
      'kim',
      'max',
      'kim',
    ]);
    const tasks = '  - { task: Call, assign: contact.owner }';
    const loaded = given('by: least_loaded, among: [kim, max], weights: { max: 2 }', 6, tasks);
    expect(loaded.filter((id) => id === 'max')).toHaveLength(4);
  });

  it('up to a bound on open tasks: beyond, the fallback of the team gets it', () => {
    const tasks = '  - { task: Call, assign: contact.owner }';
    expect(given('by: least_loaded, among: team:sales, at_most: 1', 3, tasks)).toEqual(['kim', 'max', 'sara']);
    const done = `${tasks}\n  - wait_for: never\n    within: 1h`;
    expect(given('by: least_loaded, among: [kim, max], at_most: 1', 3, done)).toEqual(['kim', 'max', 'sara']);
  });
});

describe('the file of a person', () => {
  const faults = (text: string) =>
    compileWorkspace([{ path: 'people/kim.yaml', text: `person: kim\n${text}` }], registry).diagnostics.map(
      ({ code, message }) => `${code} ${message}`,
    );

  it('tells a day that there is not, an end before the beginning, and a deputy who is nobody or oneself', () => {
    expect(faults('away: { from: 2026-02-30 }')).toEqual(['CB212 `2026-02-30` is no day and no instant']);
    expect(faults('away: [{ from: 2026-03-02, to: 2026-03-01 }]')).toEqual([
      'CB212 `2026-03-01` is before `2026-03-02`',
    ]);
    expect(faults('deputy: maxx')[0]).toMatch(/^CB502 /);
    expect(faults('deputy: kim')).toEqual(['CB502 nobody stands in for themselves']);
    expect(faults('away: {}')[0]).toMatch(/^CB20\d /);
    expect(faults('away: [{ from: 2026-03-02, to: 2026-03-02 }]\n')).toEqual([]);
  });
});
