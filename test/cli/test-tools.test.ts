/** What `cuebook test` tells beside passed and failed: coverage, JUnit, and again after each change. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Window } from 'happy-dom';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { runTargets } from '../../cli/playbooks/test/test.ts';
import { watching } from '../../cli/playbooks/test/watch.ts';
import { makeTempFolder } from '../support/temp-folder.ts';
import { captured, cuebook, jsonLines } from './run-command.ts';

const ASK = `playbook: ask
trigger: { event: order.completed }
steps:
  - wait_for: { event: order.rated }
    within: 2d
    then:
      - if: contact.vip == true
        then: [{ record: praised }]
    else:
      - choose:
          - if: contact.country == "DE"
            then: [{ record: silent-in-germany }]
          - if: contact.country == "FR"
            then: [{ record: silent-in-france }]
  - split: tone
    arms: { warm: { weight: 50, steps: [{ record: warm }] }, cold: { weight: 50, steps: [{ record: cold }] } }
tests:
  - it: nobody rates
    contact: { id: ada, country: DE }
    arms: { tone: warm }
    events: [{ at: "2026-03-02T10:00:00Z", event: order.completed }]
    expect_only: [record]
    expect: [{ record: silent-in-germany }, { record: warm }]
`;
let folder: string;
beforeEach(async () => {
  folder = await makeTempFolder();
  await writeFile(join(folder, 'ask.yaml'), ASK);
});

describe('coverage', () => {
  it('names steps and branches that no test reaches, with their lines; what is inside is not listed again', async () => {
    const { stdout, code } = await cuebook('test', folder, '--coverage');
    expect(code).toBe(0);
    const said = stdout.split('\n').filter((line) => line.includes('reached'));
    const place = (line: number) => expect.stringMatching(new RegExp(`ask\\.yaml:${line} `));
    expect(said).toEqual([
      'ask: 5 of 9 steps, 3 of 9 branches reached',
      expect.stringMatching(/ask\.yaml:4 step 1, then: never reached$/),
      expect.stringMatching(/ask\.yaml:10 step 1, else, step 1, choice 2, then: never reached$/),
      expect.stringMatching(/ask\.yaml:10 step 1, else, step 1, else: never reached$/),
      expect.stringMatching(/ask\.yaml:15 step 2, cold: never reached$/),
    ]);
    expect(said[1]).toEqual(place(4));
  });

  it('says the same to programs', async () => {
    const lines = jsonLines((await cuebook('test', folder, '--coverage', '--json')).stdout);
    expect(lines.find(({ type }) => type === 'coverage')).toMatchObject({
      playbook: 'ask',
      steps: { all: 9, reached: 5 },
      branches: { all: 9, reached: 3 },
      missed: [
        { path: 'steps.0', branch: 'then', name: 'step 1, then', line: 4 },
        { path: 'steps.0.else.0', branch: 'choice 2, then' },
        { path: 'steps.0.else.0', branch: 'else' },
        { path: 'steps.1', branch: 'cold' },
      ],
    });
  });

  it('counts no step that its own `if` passes over', async () => {
    await writeFile(
      join(folder, 'ask.yaml'),
      ASK.replace('{ record: warm }]', '{ record: warm, if: contact.vip == true }]').replace(
        ', { record: warm }]',
        ']',
      ),
    );
    const { stdout } = await cuebook('test', folder, '--coverage');
    expect(stdout).toContain('ask: 4 of 9 steps');
    expect(stdout).toContain('step 2, warm, step 1: never reached');
  });
});

describe('JUnit', () => {
  it('has a suite for each file, with what failed, what was not run, and what is wrong with files', async () => {
    const broken = ASK.replace('playbook: ask', 'playbook: broken').replace('wait_for', 'wait_fro');
    const wrong = ASK.replace('playbook: ask', 'playbook: other').replace(
      'silent-in-germany }, {',
      'silent & <quiet> "there" }, {',
    );
    await writeFile(join(folder, 'broken.yaml'), broken);
    await writeFile(join(folder, 'other.yaml'), wrong);
    const file = join(folder, 'results.xml');
    const { code } = await cuebook('test', folder, '--junit', file);
    expect(code).toBe(1);
    const xml = await readFile(file, 'utf8');
    const dom = new new Window().DOMParser().parseFromString(xml, 'text/xml');
    const suites = [...dom.querySelectorAll('testsuite')].map((suite) => [
      suite.getAttribute('name')!.split('/').at(-1),
      ...['tests', 'failures', 'errors', 'skipped'].map((name) => Number(suite.getAttribute(name))),
    ]);
    expect(suites).toEqual(
      expect.arrayContaining([
        ['ask.yaml', 1, 0, 0, 0],
        ['other.yaml', 1, 1, 0, 0],
      ]),
    );
    expect(suites.find(([name]) => name === 'broken.yaml')).toMatchObject({ 4: 1 });
    const [failure] = dom.querySelectorAll('failure');
    expect(failure!.textContent).toContain('record: silent & <quiet> "there"');
    expect(dom.querySelector('testcase[classname="other"]')!.getAttribute('line')).toBe('18');
  });

  it('says where it could not be written', async () => {
    const { code, stderr } = await cuebook('test', folder, '--junit', join(folder, 'no', 'results.xml'));
    expect(code).toBe(2);
    expect(stderr).toContain('NOT_WRITTEN');
  });
});

describe('a test that fails', () => {
  it('shows its line, what was expected and what came, and what happened in short', async () => {
    await writeFile(join(folder, 'ask.yaml'), ASK.replace('[{ record: silent-in-germany }', '[{ record: loud }'));
    const { stdout } = await cuebook('test', folder);
    expect(stdout).toMatch(/✗ nobody rates .*ask\.yaml:18$/m);
    expect(stdout).toContain('line 23: did not come:');
    const happened = stdout
      .split('what happened:\n')[1]!
      .split('\n')
      .map((line) => line.trim());
    expect(happened.slice(0, 4)).toEqual([
      '2026-03-02T10:00:00Z  event order.completed contact ada {}',
      '2026-03-02T10:00:00Z  enters',
      '2026-03-04T10:00:00Z  - { at: 2026-03-04T10:00:00Z, record: loud }',
      '2026-03-04T10:00:00Z  - { at: 2026-03-04T10:00:00Z, record: warm }',
    ]);
    const [failed] = jsonLines((await cuebook('test', folder, '--json')).stdout);
    expect(failed!.timeline).toEqual(happened.slice(0, (failed!.timeline as string[]).length));
    expect((await cuebook('test', folder, '--trace')).stdout).not.toContain('what happened:');
  });
});

describe('--watch', () => {
  it('runs again what a change concerns: a playbook itself alone, a template all of them', async () => {
    await writeFile(join(folder, 'second.yaml'), ASK.replace('playbook: ask', 'playbook: second'));
    const rounds: (readonly string[] | undefined)[] = [];
    const stop = new AbortController();
    const results: string[] = [];
    const run = async () => {
      const ran = watching(
        [{ folder, shown: 'p' }],
        async (targets) => {
          const before = process.exitCode;
          const { stdout } = await captured(() => runTargets(targets, {}));
          process.exitCode = before;
          results.push(stdout);
          rounds.push(targets[0]!.only);
        },
        stop.signal,
      );
      await vi.waitFor(() => expect(rounds).toHaveLength(1), 20_000);
      await writeFile(join(folder, 'ask.yaml'), ASK.replace('[{ record: silent-in-germany }', '[{ record: wrong }'));
      await vi.waitFor(() => expect(rounds).toHaveLength(2), 20_000);
      await mkdir(join(folder, 'templates'));
      await writeFile(join(folder, 'templates/new.txt'), '---\nsubject: x\n---\nx\n');
      await vi.waitFor(() => expect(rounds.length).toBeGreaterThan(2), 20_000);
      stop.abort();
      await ran;
    };
    await run();
    expect(rounds.slice(0, 3)).toEqual([undefined, ['ask.yaml'], undefined]);
    expect(results[0]).toContain('2 passed, 0 failed');
    expect(results[1]).toContain('0 passed, 1 failed');
  }, 60_000);
});
