/** S16: to whom a subject is given. */
import { describe, expect, it } from 'vitest';
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
    expect(sales('least_loaded', { contact: { owner: 'kim' } }, ', except: tried')).toBe('assign owner to: max');
    const rounds = ` [{ repeat: { at_most: 3 }, steps: [{ assign: owner, by: least_loaded, among: team:sales, except: tried }] }]`;
    expect(effects(rounds)).toEqual(['assign owner to: kim', 'assign owner to: max', 'assign owner refused: nobody']);
  });

  it('away people are left out', () => {
    const away = {
      path: 'people/kim.yaml',
      text: 'person: kim\nname: Kim\nemail: kim@example.com\nrole: agent\nteam: sales\naway: true',
    };
    expect(sales('least_loaded', { extra: [away] })).toBe('assign owner to: max');
  });
});
