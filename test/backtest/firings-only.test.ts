/** V4: asked for firings alone, a backtest plays no enrolment, unless one may tell what fires. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { registry } from '../../evaluation/registry.ts';
import { compileWorkspace } from '../../language/compile.ts';
import { firingsDependOnEnrolments } from '../../simulate/run/firings-only.ts';
import { buildProgram } from '../../triggers/index/program.ts';
import { backtest, type Call, call, fileOf, type Line, playbooks, timeless } from './support.ts';

const UNTIL = ['--until', '2026-05-01T00:00:00Z'];
const STEPS = 'again: after 2d\nsteps: [{ wait: 3d }, { record: done }]\n';

const KINDS = {
  count: `trigger: { event: seen, at_least: 2, within: 3h }\n${STEPS}`,
  absence: `trigger: { event: seen, unless: bought, within: 5h, key: event.place }\n${STEPS}`,
  drop: `trigger: { metric: { count: true, event: seen }, over: 1d, drops: 50%, compared_with: 2d }\n${STEPS}`,
  quiet: `trigger: { inactive: seen, for: 2d }\n${STEPS}`,
  held: `trigger: { event: bought }\nholdout: 50%\naudience: contact.points > 3\n${STEPS}`,
  monday: `trigger: { schedule: monday at "09:00" }\n${STEPS}`,
};

const firings = (lines: readonly Line[]) => lines.filter(({ type }) => type === 'firing');

function depends(...texts: string[]): boolean {
  const files = texts.map((text, n) => ({ path: `p${n}.yaml`, text: `playbook: p${n}\n${text}` }));
  const { versions, workspace } = compileWorkspace(files, registry);
  expect(versions).toHaveLength(texts.length);
  return firingsDependOnEnrolments(buildProgram(versions, workspace.settings));
}

describe('firings alone', () => {
  it('are those of the whole run, whatever came', async () => {
    const folder = await playbooks(KINDS);
    const calls = fc.array(
      fc.record({
        gap: fc.integer({ min: 0, max: 30 }),
        event: fc.constantFrom('seen', 'seen', 'bought'),
        who: fc.constantFrom('ada', 'bob', 'eve'),
        place: fc.constantFrom('a', 'b'),
      }),
      { minLength: 1, maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(calls, async (drawn) => {
        let hour = 0;
        const file = await fileOf(
          drawn.map(({ gap, event, who, place }): Call => {
            hour += gap + 0.001;
            return call(hour, event, who, { properties: { place }, messageId: `m${hour}` });
          }),
        );
        const whole = await backtest(folder, [file], ...UNTIL);
        const alone = await backtest(folder, [file], '--only', 'firing', ...UNTIL);
        expect(alone.lines).toEqual(firings(whole.lines));
        const { enrolments: _, effects: __, ...summary } = timeless(whole.summary);
        expect(timeless(alone.summary)).toEqual(summary);
      }),
      { numRuns: 15 },
    );
  });

  it('end when no trigger is open any more: what an enrolment waits for keeps nothing going, and the rest is named', async () => {
    const folder = await playbooks({ seen: `trigger: { event: seen }\n${STEPS}`, monday: KINDS.monday });
    const file = await fileOf([call(0, 'seen', 'ada'), call(200, 'seen', 'bob')]);
    const { lines, summary } = await backtest(folder, [file], '--only', 'firing');
    expect(lines).toHaveLength(2);
    expect(summary).toMatchObject({ firings: 2, still_due: ['monday'] });
    expect(summary).not.toHaveProperty('enrolments');
  });

  it.each([
    ['tells of its start', 'trigger: { event: enrolment.started, where: event.playbook == "first" }'],
    ['tells of its task', 'trigger: { event: task.created }'],
  ])('of a playbook to which another %s come as in the whole run', async (_, listening) => {
    const folder = await playbooks({
      first: 'trigger: { event: seen }\nsteps: [{ task: Call, assign: kim, due: 1d, priority: high }]',
      second: `${listening}\n${STEPS}`,
      'people/kim.yaml': 'person: kim\nname: Kim\nemail: kim@desk.example\n',
    });
    const file = await fileOf([call(0, 'seen', 'ada')]);
    const { lines, summary } = await backtest(folder, [file], '--only', 'firing');
    expect(lines.map(({ playbook }) => playbook)).toEqual(['first', 'second']);
    expect(summary).not.toHaveProperty('enrolments');
  });

  it('do not depend on enrolments that only record; they do where a record is written, a playbook run or an effect heard', () => {
    const seen = 'trigger: { event: seen }\n';
    expect(depends(`${seen}steps: [{ record: x }]`)).toBe(false);
    expect(depends(`${seen}steps: [{ update: { contact.stage: lost } }]`)).toBe(true);
    expect(depends(`${seen}steps: [{ if: contact.x == 1, then: [{ update: { contact.stage: lost } }] }]`)).toBe(true);
    expect(depends(`${seen}steps: [{ run: p1, within: 1d }]`, `trigger: { run: only }\nsteps: [{ record: x }]`)).toBe(
      true,
    );
    expect(
      depends(`${seen}steps: [{ record: x }]`, 'trigger: { event: enrolment.ended }\nsteps: [{ record: y }]'),
    ).toBe(true);
    // A goal is nobody's trigger.
    expect(depends(`${seen}goal: { event: enrolment.ended, within: 1d }\nsteps: [{ record: x }]`)).toBe(false);
  });
});
