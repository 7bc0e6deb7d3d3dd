/** S16: to whom a subject is given. */
import { describe, expect, it } from 'vitest';
import { Usage } from '../../../evaluation/usage.ts';
import { addresseeOf } from '../../../language/records/people.ts';
import { detourOf } from '../../../steps/recipients.ts';
import { day, type Happening, play, type Scene } from '../play.ts';

const SEEN: Happening = [day('10:00'), 'seen'];
function effects(steps: string, scene: Partial<Scene> = {}, head = ''): string[] {
  const { effects: came } = play(`${head}trigger: { event: seen }\nagain: always\nsteps:${steps}`, {
    ...scene,
    events: scene.events ?? [SEEN],
  });
  return came.map((line) => line.replace(/^03-02 10:00 /, ''));
}

describe('assign (S16)', () => {
  const sales = (rules: string, scene: Partial<Scene> = {}, more = '') =>
    effects(` [{ assign: owner, by: ${rules}, among: team:sales${more} }]`, scene)[0];

  it('by territory, else country, of the subject; region', () => {
    expect(sales('territory', { contact: { territory: 'FR', country: 'DE' } })).toBe('assign owner to: max');
    expect(sales('territory', { contact: { country: 'FR' } })).toBe('assign owner to: max');
    expect(sales('region', { contact: { region: 'eu' } })).toBe('assign owner to: kim');
  });

  it('the last rule takes the one with the fewest open tasks, then the id', () => {
    const busy = ` [{ task: Call, assign: kim }, { assign: owner, by: least_loaded, among: team:sales }]`;
    expect(effects(busy).at(-1)).toBe('assign owner to: max');
    expect(sales('least_loaded')).toBe('assign owner to: kim');
  });

  it('round_robin gives each a turn', () => {
    const events: Happening[] = [0, 1, 2].map((i) => [day('10:00', i), 'seen', { userId: `u${i}` }]);
    expect(
      effects(' [{ assign: owner, by: round_robin, among: team:sales }]', { events }).map(
        (line) => line.split('to: ')[1],
      ),
    ).toEqual(['kim', 'max', 'kim']);
  });

  it('except: tried leaves out who owns it now, and everyone this enrolment gave it to', () => {
    expect(sales('least_loaded', { contact: { owner: 'kim' } }, ', except: tried')).toBe(
      'assign owner to: max from: kim',
    );
    const rounds = ` [{ repeat: { at_most: 3 }, steps: [{ assign: owner, by: least_loaded, among: team:sales, except: tried }] }]`;
    expect(effects(rounds)).toEqual([
      'assign owner to: kim',
      'assign owner to: max from: kim',
      'assign owner refused: nobody',
    ]);
  });

  it('away people are left out', () => {
    const away = {
      path: 'people/kim.yaml',
      text: 'person: kim\nname: Kim\nemail: kim@example.com\nrole: agent\nteam: sales\naway: true',
    };
    expect(sales('least_loaded', { extra: [away] })).toBe('assign owner to: max');
  });

  it('the first owner counts as tried, however long ago that was', () => {
    const step = '{ assign: owner, by: least_loaded, among: team:sales, except: tried }';
    const rounds = ` [{ repeat: { at_most: 2 }, steps: [${step}] }]`;
    expect(effects(rounds, { contact: { owner: 'kim' } })).toEqual([
      'assign owner to: max from: kim',
      'assign owner refused: nobody',
    ]);
  });

  it('where all are away the fallback of the team gets it, else the owner of the playbook (W1)', () => {
    expect(sales('round_robin', { extra: [gone('kim'), gone('max')] })).toBe('assign owner to: sara');
    const rest = { extra: [gone('kim'), gone('max'), gone('sara', '')] };
    expect(sales('round_robin', rest)).toBe('assign owner to: ops@shop.example');
    // Of two, one was tried and the other is away.
    const one = { contact: { owner: 'kim' }, extra: [gone('max')] };
    expect(sales('round_robin', one, ', except: tried')).toBe('assign owner to: sara from: kim');
  });

  it('round_robin gives to whom it was given longest ago, by whatever rule', () => {
    const day0 = (n: number) => day(`10:0${n}`);
    const events: Happening[] = ['DE', 'DE', 'DE', 'US', 'US', 'US', 'US'].map((country, n) => [
      day0(n),
      'seen',
      { userId: `u${n}`, traits: { contact: { country } } as never },
    ]);
    const rule = ' [{ assign: owner, by: [territory, round_robin], among: team:sales }]';
    // Three by territory to kim; then max, who had none, has no more than one at a time.
    expect(effects(rule, { events }).map((line) => line.split('to: ')[1])).toEqual([
      'kim',
      'kim',
      'kim',
      'max',
      'kim',
      'max',
      'kim',
    ]);
  });

  it('who is new or comes back has one turn, and then waits like the others', () => {
    const usage = new Usage();
    const given = (...there: string[]) => {
      const [next] = [...there].sort((a, b) => (usage.lastTurn('p', a) ?? -1) - (usage.lastTurn('p', b) ?? -1));
      usage.addTurn('p', next!);
      return next;
    };
    expect([1, 2, 3, 4].map(() => given('kim', 'max'))).toEqual(['kim', 'max', 'kim', 'max']);
    expect([1, 2, 3].map(() => given('kim'))).toEqual(['kim', 'kim', 'kim']);
    expect([1, 2, 3, 4, 5].map(() => given('kim', 'max', 'new'))).toEqual(['new', 'max', 'kim', 'new', 'max']);
  });
});

/** A colleague of the shipped files, away. */
const gone = (id: string, team = 'sales') => ({
  path: `people/${id}.yaml`,
  text: `person: ${id}\nemail: ${id}@example.com\nrole: ${id === 'lena' ? 'support-lead' : 'agent'}\naway: true${team && `\nteam: ${team}`}`,
});

describe('who is away gets nothing (W1)', () => {
  const steps = `
  - { escalate: ticket, to: ticket.team.lead, notify: [ticket.team.lead, hana, support-lead] }
  - { task: Look, assign: ticket.assignee }
  - { notify: team:support, text: Look }`;
  const told = (...extra: ReturnType<typeof gone>[]) => {
    const { effects: came, lines } = play(`subject: ticket\ntrigger: { event: flagged }\nsteps:${steps}`, {
      ticket: { status: 'open', priority: 'high', assignee: 'kim', team: 'support' },
      events: [[day('10:00'), 'flagged']],
      extra,
    });
    return { came: came.map((line) => line.replace(/^03-02 10:00 /, '')), lines };
  };

  it('an escalation, a task and a message go to the fallback, once', () => {
    expect(told().came).toEqual([
      'escalate ticket to: lena notify: ["lena","hana"]',
      'task Look assign: lena',
      'notify lena text: Look',
    ]);
    expect(told(gone('lena', '')).came).toEqual([
      'escalate ticket to: hana notify: hana',
      'task Look assign: hana',
      'notify hana text: Look',
    ]);
  });

  it('then to the owner of the playbook, and a task of someone away to the fallback of their team', () => {
    expect(told(gone('lena', ''), gone('hana', '')).came[2]).toBe('notify ops@shop.example text: Look');
    const { effects: came } = play('trigger: { event: seen }\nsteps: [{ task: Call, assign: contact.owner }]', {
      contact: { owner: 'kim' },
      events: [SEEN],
      extra: [gone('kim')],
    });
    expect(came).toEqual(['03-02 10:00 task Call assign: sara']);
  });

  it('a role means the first who is there, and who was passed over is told', () => {
    const people = {
      persons: [
        { id: 'a', role: 'agent', away: true },
        { id: 'b', role: 'agent' },
      ],
      teams: [],
      channels: {},
    };
    expect(addresseeOf(people, 'agent', undefined, 'ops@x.example')).toEqual({
      kind: 'person',
      person: { id: 'b', role: 'agent' },
      passedOver: ['a'],
    });
    expect(detourOf(addresseeOf(people, 'a', undefined, 'ops@x.example'))).toEqual({
      via: 'owner',
      passed_over: ['a'],
    });
  });
});
