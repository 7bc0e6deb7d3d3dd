/** A test that fails says why: below each missing line the nearest reason, the rest as a diff (V2). */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTempFolder } from '../support/temp-folder.ts';
import { cuebook, jsonLines } from './run-command.ts';

const HEAD = `playbook: welcome-pro
trigger: { event: trial.started, where: event.plan == "pro" }
time_zone: Europe/Berlin
steps:
  - wait: 1d
  - if: contact.country == "DE"
    then:
      - send: email
        template: hallo
        class: marketing
    else:
      - record: abroad
`;
const ADA = '{ id: ada, email: ada@example.com, country: DE, consent: { marketing: true } }';
const STARTED = '{ at: 2026-03-02T10:00:00Z, event: trial.started, plan: pro }';
const SENT = '{ at: 2026-03-03T10:00:00Z, send: hallo }';

interface Written {
  contact?: string;
  event?: string;
  expect?: string[];
  more?: string;
  trigger?: string;
}

async function folderOf({ contact = ADA, event = STARTED, expect = [SENT], more = '', trigger }: Written) {
  const folder = await makeTempFolder();
  const head = trigger === undefined ? HEAD : HEAD.replace(/trigger: .*/, `trigger: ${trigger}`);
  const test = `tests:\n  - it: greets\n    contact: ${contact}\n${more}    events:\n      - ${event}\n    expect:\n`;
  await mkdir(join(folder, 'templates'));
  await writeFile(join(folder, 'templates/hallo.txt'), '---\nsubject: Hallo\n---\nHallo\n');
  await writeFile(join(folder, 'settings.yaml'), SETTINGS);
  await writeFile(
    join(folder, 'welcome-pro.yaml'),
    `${head}${test}${expect.map((line) => `      - ${line}\n`).join('')}`,
  );
  return folder;
}

const SETTINGS = `time_zone: Europe/Berlin
quiet_hours: "21:00-08:00"
sender: { name: Us, from: us@example.com, postal_address: 1 Way }
`;

async function shown(written: Written, ...options: string[]): Promise<string> {
  return (await cuebook('test', await folderOf(written), ...options)).stdout;
}

describe('below a missing line stands the nearest reason', () => {
  it('an effect that was refused: by what, when on both clocks, and the values', async () => {
    const text = await shown({ contact: '{ id: ada, email: ada@example.com, country: DE }' });
    expect(text).toContain(
      'did not come:\n        - { at: 2026-03-03T10:00:00Z, send: hallo }  # Tue 11:00 Europe/Berlin',
    );
    expect(text).toContain('refused: consent: no consent to marketing, or none to the topic; looked at consent = {}');
    expect(text).toContain('at 2026-03-03T10:00:00Z (Tue 11:00 Europe/Berlin)');
  });

  it('nothing fired, as the event has another name', async () => {
    const text = await shown({ event: '{ at: 2026-03-02T10:00:00Z, event: trial.startet, plan: pro }' });
    expect(text).toContain('nothing fired: the playbook fires at trial.started where event.plan == "pro"');
    expect(text).toContain('it waits for `trial.started`; the test has `trial.startet`; did you mean `trial.startet`?');
  });

  it('nothing fired, as the event does not fit, and the value that it had', async () => {
    const text = await shown({ event: '{ at: 2026-03-02T10:00:00Z, event: trial.started, plan: free }' });
    expect(text).toContain('does not fit `event.plan == "pro"`: event.plan = "free"');
  });

  it('nothing turned: the value of a trait when it was last looked at', async () => {
    const text = await shown({
      trigger: '{ becomes: contact.score >= 80 }',
      event: '{ at: 2026-03-02T10:00:00Z, identify: { score: 79.998 } }',
    });
    expect(text).toContain('contact.score >= 80 becomes true: for contact ada it came, last looked at');
    expect(text).toContain('contact.score = 79.998');
  });

  it('a watch that is still open when the test ends', async () => {
    const text = await shown({
      trigger: '{ event: trial.started, unless: call.logged, within: 2d }',
      more: '    until: 2026-03-03T10:00:00Z\n',
    });
    expect(text).toContain('at 2026-03-04T10:00:00Z (Wed 11:00 Europe/Berlin) it is looked whether');
    expect(text).toContain('and the test ends before');
  });

  it('a branch that went another way, and the value that it looked at', async () => {
    const text = await shown({ contact: ADA.replace('DE', 'FR') });
    expect(text).toContain('`contact.country == "DE"` does not hold: contact.country = "FR"');
  });

  it('a journey that still waits when the test ends, and one that had ended', async () => {
    const early = await shown({ more: '    until: 2026-03-02T12:00:00Z\n' });
    expect(early).toContain('the journey still waits at step wait (line 5) until 2026-03-03T10:00:00Z');
    const ended = await shown({ expect: [SENT, '{ outcome: completed }', SENT.replace('03T', '04T')] });
    expect(ended).toContain(
      'the journey had ended at 2026-03-03T10:00:00Z (Tue 11:00 Europe/Berlin): completed, steps',
    );
  });

  it('a firing that was refused at entry', async () => {
    const again = `${STARTED}\n      - { after: 2d, event: trial.started, plan: pro }`;
    const text = await shown({
      event: again,
      expect: [SENT, '{ at: 2026-03-03T10:00:00Z, outcome: completed }', '{ at: 2026-03-05T10:00:00Z, send: hallo }'],
    });
    expect(text).toContain(
      'the playbook fired at 2026-03-04T10:00:00Z (Wed 11:00 Europe/Berlin), and the firing was refused: again',
    );
  });

  it('a branch is named by its line in the file', async () => {
    const text = await shown({ contact: ADA.replace('DE', 'FR') });
    expect(text).toContain('step if (line 6)');
  });

  it('no step that could make the line', async () => {
    const text = await shown({ expect: [SENT, '{ task: Call }', '{ outcome: completed }'] });
    expect(text).toContain('no step of the playbook makes a line with `task` like this');
  });
});

describe('lines are compared as a diff', () => {
  it('one missing line does not make those behind it wrong', async () => {
    const { stdout } = await cuebook(
      'test',
      await folderOf({ expect: ['{ record: seen }', SENT, '{ outcome: completed }'] }),
      '--json',
    );
    const [test] = jsonLines(stdout);
    expect(test!.faults).toHaveLength(1);
    expect((test!.faults as string[])[0]).toContain('{ record: seen }');
  });

  it('a line that came at another time is one line, with by how much and what held it', async () => {
    const text = await shown({
      event: STARTED.replace('10:00', '22:00'),
      expect: [SENT.replace('10:00', '22:00'), '{ outcome: completed }'],
    });
    expect(text).toContain('came otherwise, in at');
    expect(text).toContain('expected - { at: 2026-03-03T22:00:00Z, send: hallo }  # Tue 23:00 Europe/Berlin');
    expect(text).toContain('came     - { at: 2026-03-04T07:00:00Z, send: hallo, to: ada }  # Wed 08:00 Europe/Berlin');
    expect(text).toContain('9 h later than expected');
    expect(text).toContain('held at 2026-03-03T22:00:00Z (Tue 23:00 Europe/Berlin): in quiet hours');
  });
});

describe('--trace shows the whole run', () => {
  const whole = [SENT, '{ outcome: completed }'];

  it('of a test that passes too: events, firings, decisions with their values, effects, in their order', async () => {
    const text = await shown({ expect: whole }, '--trace');
    expect(text).toContain('✓ greets');
    const order = [
      'event trial.started',
      'fires for contact ada',
      'waits until 2026-03-03T10:00:00Z',
      '`contact.country == "DE"` holds',
      '{ at: 2026-03-03T10:00:00Z, send: hallo, to: ada }',
      'outcome: completed',
    ];
    const places = order.map((part) => text.indexOf(part));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  });

  it('is a list of lines for programs, and absent where it is not asked for', async () => {
    const folder = await folderOf({ expect: whole });
    const [plain] = jsonLines((await cuebook('test', folder, '--json')).stdout);
    expect(plain).not.toHaveProperty('trace');
    const [traced] = jsonLines((await cuebook('test', folder, '--json', '--trace')).stdout);
    expect(traced).toMatchObject({
      passed: true,
      trace: expect.arrayContaining([expect.stringContaining('trial.started')]),
    });
  });
});

describe('green means green', () => {
  it('a test with a fault in its own lines is not run, and is no pass; faults are counted apart', async () => {
    const folder = await folderOf({ expect: ['{ sent: hallo }'] });
    const { stdout, code } = await cuebook('test', folder);
    expect(stdout).toContain('✗ greets');
    expect(stdout).toContain('not run, as it has faults of its own');
    expect(stdout).toMatch(/0 passed, 0 failed, 1 not run; 1 fault in the files\n$/);
    expect(code).toBe(1);
  });
});

describe('a playbook that has faults', () => {
  it('has its tests told as not run, and none of them as passed', async () => {
    const folder = await folderOf({ trigger: '{ evnt: trial.started }' });
    const { stdout, code } = await cuebook('test', join(folder, 'welcome-pro.yaml'));
    expect(stdout).toContain('1 test not run: the playbook has faults, or what it needs has');
    expect(stdout).toContain('0 passed, 0 failed, 1 not run; 1 fault in the files');
    expect(code).toBe(1);
    const lines = jsonLines((await cuebook('test', join(folder, 'welcome-pro.yaml'), '--json')).stdout);
    expect(lines).toContainEqual(expect.objectContaining({ type: 'test', it: 'greets', passed: false, notRun: true }));
  });
});

describe('faults of tests', () => {
  it('are told as such by `lint`: the playbook itself compiles', async () => {
    const folder = await folderOf({ expect: ['{ recrd: abroad }'] });
    const { stdout, code } = await cuebook('lint', join(folder, 'welcome-pro.yaml'));
    expect(stdout).toContain('1 playbook compiles; 1 error in tests, 0 warnings');
    expect(code).toBe(1);
  });
});
