/** A new step is one file, its effect included: here `kinds/praise.ts`, which is found as if it lay among the others. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { registry } from '../../../evaluation/registry.ts';
import { fileJsonSchema } from '../../../language/compile/files/json-schema.ts';
import { sentenceOf } from '../../../server/sentences.ts';
import { runTest } from '../../../simulate/tests/playbook-tests.ts';
import { readActivities } from '../../../store/reports/activity-feed.ts';
import { compileOne } from '../../language/workspace.ts';
import { play } from '../../rules/play.ts';
import { type Stage, startStage } from '../stage.ts';

vi.mock('../../../language/discover.ts', async (original) => {
  const { discover } = await original<typeof import('../../../language/discover.ts')>();
  return {
    discover: async (folder: URL, exported: string) => {
      const found = await discover(folder, exported);
      if (!folder.pathname.endsWith('/steps/kinds/')) return found;
      return [...found, ...(await discover(new URL('./kinds/', import.meta.url), exported))];
    },
  };
});

const PLAYBOOK = `playbook: p
trigger: { event: a }
steps:
  - { praise: kim, for: patience, id: praise }
  - { if: 'steps.praise.praised && contact.praised == "kim"', then: [{ record: seen }] }
`;
const TESTS = (line: string) => `${PLAYBOOK}tests:
  - it: praises
    contact: { id: ada }
    events: [{ at: 2026-03-02T10:00:00Z, event: a }]
    expect:
      - ${line}
      - { record: seen }
      - { outcome: completed }
`;

describe('a step that is one file', () => {
  it('is read, checked and described as every other', () => {
    expect(compileOne(PLAYBOOK).diagnostics).toEqual([]);
    const wrong = compileOne(PLAYBOOK.replace('for: patience', 'fro: patience')).diagnostics;
    expect(wrong.map(({ message }) => message).join()).toContain('`fro`');
    const titles = (fileJsonSchema('playbooks', registry) as { $defs: { step: { anyOf: { title: string }[] } } }).$defs
      .step.anyOf;
    expect(titles.map(({ title }) => title)).toContain('praise');
  });

  it('is shown in a line of `expect`, which is compared', () => {
    const cameOf = (line: string) => {
      const { versions, tests, diagnostics, workspace } = compileOne(TESTS(line));
      expect(diagnostics).toEqual([]);
      return runTest(versions[0]!, tests.get('p')![0]!, workspace.people);
    };
    expect(cameOf('{ praise: kim, for: patience }').faults).toEqual([]);
    expect(cameOf('{ praise: kim, for: haste }').passed).toBe(false);
  });

  it('is withheld from a ghost, with what it leaves', () => {
    const { story } = play(PLAYBOOK.replace('playbook: p\n', 'holdout: 10%\n'), {
      events: [['2026-03-02T10:00:00Z', 'a']],
      holdout: 'in',
    });
    expect(story.map((line) => line.replace(/^\S+ \S+ /, ''))).toEqual([
      'praise kim for: patience refused: holdout',
      'completed: steps',
    ]);
  });
});

describe('in the database', () => {
  let stage: Stage;
  afterEach(() => stage.close());

  it('its writes are rows and events, its effect is told of in its own words', async () => {
    stage = await startStage([{ path: 'p.yaml', text: PLAYBOOK }], { settings: { globalHoldoutPercent: 0 } });
    await stage.record('contact', 'ada', { name: 'Ada' });
    const id = await stage.enrol('p');
    expect(await stage.ask(id, { name: 'do', path: 'steps.0' })).toEqual({ go: 'next' });
    expect(await stage.ask(id, { name: 'choose', path: 'steps.1' })).toMatchObject({ go: 'arm', arm: 0 });
    expect(await stage.rows('SELECT title, assignee FROM tasks')).toEqual([{ title: 'Cake', assignee: 'kim' }]);
    expect(await stage.rows('SELECT name, value FROM outcomes')).toEqual([{ name: 'praised', value: 'patience' }]);
    const events = await stage.rows(
      `SELECT name, properties->>'by' AS by FROM events WHERE kind = 'own' ORDER BY name`,
    );
    expect(events).toEqual([
      { name: 'contact.updated', by: 'praise' },
      { name: 'task.created', by: null },
    ]);
    const [activity] = await readActivities(stage.database, { since: 0, most: 10 });
    const teller = { zone: 'UTC', people: compileOne(PLAYBOOK).workspace.people, steps: registry.steps };
    expect(sentenceOf(activity!, teller).text).toMatch(/is praised for patience \(Ada\)$/);
  });
});
