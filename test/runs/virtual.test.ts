/** S13: a playbook runs another one, in virtual time and in tests of a playbook. */
import { describe, expect, it } from 'vitest';
import { runTest } from '../../simulate/tests/playbook-tests.ts';
import { compiled, day, type Happening, play } from '../rules/play.ts';

const CALLER = `trigger: { event: seen, key: event.thing }
again: always
exit_on: [left]
steps:
  - id: nurse
    run: care
    within: 3h
    else: [{ record: no_end, value: steps.nurse.outcome }]
  - record: behind
    value: steps.nurse.outcome
`;
const CARE = `trigger: { run: only, key: event.thing }
again: always
audience: contact.stage != "lost"
goal: { event: bought, value: event.total, within: 30d }
steps:
  - record: begun
    value: trigger.color
  - wait_for: answered
    within: 2h
    then: [{ record: answered }]
`;

const played = (events: Happening[], { caller = CALLER, care = CARE, stage = 'new', holdout = 'out' as const } = {}) =>
  play(
    { caller, care },
    { contact: { stage }, holdout, events: [[day('10:00'), 'seen', { thing: 't1', color: 'red' }], ...events] },
  );
const short = (lines: string[]) => lines.map((line) => line.replace('03-02 ', ''));

const tested = (line: string) => `${CALLER.replace(', key: event.thing', '')}tests:
  - it: nurses
    contact: { id: ada, stage: new }
    events:
      - { at: 2026-03-02T10:00:00Z, event: seen, color: red }
    expect:
      - { at: 2026-03-02T10:00:00Z, run: care }
${line}      - { at: 2026-03-02T12:00:00Z, outcome: completed, playbook: care }
      - { at: 2026-03-02T12:00:00Z, record: behind, value: completed }
      - { at: 2026-03-02T12:00:00Z, outcome: completed }
`;

describe('a run that is waited for', () => {
  it('gives the other playbook the subject, the key and the `trigger`, and goes on at its end', () => {
    const { story, entries } = played([[day('11:00'), 'answered', { thing: 't1' }]]);
    expect(short(story)).toEqual([
      '10:00 run care',
      '10:00 record begun = red',
      '11:00 record answered',
      '11:00 completed: steps',
      '11:00 record behind = completed',
      '11:00 completed: steps',
    ]);
    expect(short(entries)).toEqual(['10:00 t1 entered', '10:00 t1 entered']);
  });

  it('reads the key of later events as the trigger of the one that is run says', () => {
    expect(short(played([[day('11:00'), 'answered', { thing: 't2' }]]).story)).not.toContain('11:00 record answered');
  });

  it('tells how it ended: by its goal, or refused by its own rules of entry, which takes `else`', () => {
    const bought = played([[day('11:00'), 'bought', { thing: 't1', total: 5 }]]);
    expect(short(bought.story).slice(2)).toEqual([
      '11:00 converted: goal by m2 = 5',
      '11:00 record behind = converted',
      '11:00 completed: steps',
    ]);
    const refused = played([], { stage: 'lost' });
    expect(short(refused.story)).toEqual([
      '10:00 run care',
      '10:00 record no_end = refused',
      '10:00 record behind = refused',
      '10:00 completed: steps',
    ]);
    expect(short(refused.entries)).toEqual(['10:00 t1 entered', '10:00 t1 audience']);
  });

  it('is refused at once, also where the other would wait for its audience', () => {
    const { story } = played([], { stage: 'lost', care: `if_refused: wait up to 1d\n${CARE}` });
    expect(short(story)).toContain('10:00 record no_end = refused');
  });

  it('is bounded by `within`: what has not ended by then ends with it', () => {
    const { story } = played([], { care: CARE.replace('within: 2h', 'within: 5h') });
    expect(short(story).slice(2)).toEqual([
      '13:00 record no_end = none',
      '13:00 record behind = none',
      '13:00 completed: steps',
      '13:00 cancelled: parent',
    ]);
  });

  it('ends with the playbook that waits for it', () => {
    expect(short(played([[day('11:00'), 'left', { thing: 't1' }]]).story).slice(2)).toEqual([
      '11:00 exited: exit by m2',
      '11:00 cancelled: parent',
    ]);
  });

  it('is as the goal that ends both at one event: each ends by its own words', () => {
    const caller = `${CALLER}goal: { event: bought, within: 7d }\n`;
    const { outcomes } = played([[day('11:00'), 'bought', { thing: 't1', total: 5 }]], { caller });
    expect(short(outcomes).sort()).toEqual(['11:00 converted: goal by m2', '11:00 converted: goal by m2 = 5']);
  });

  it('is a ghost where the other one is', () => {
    const { story } = played([[day('11:00'), 'answered', { thing: 't1' }]], {
      caller: `holdout: 50%\n${CALLER}`,
      holdout: 'in' as never,
    });
    expect(short(story)).toEqual([
      '10:00 run care',
      '10:00 record begun = red ghost: true',
      '11:00 record answered ghost: true',
      '11:00 completed: steps',
      '11:00 record behind = completed ghost: true',
      '11:00 completed: steps',
    ]);
  });
});

describe('a run that is not waited for', () => {
  it('goes on by itself, and outlives who has run it', () => {
    const caller = CALLER.replace(/ {4}within[\s\S]*?- record/, '    wait: false\n  - record').replace(
      '.outcome',
      '.status',
    );
    const { story } = played(
      [
        [day('11:00'), 'left', { thing: 't1' }],
        [day('11:30'), 'answered', { thing: 't1' }],
      ],
      { caller },
    );
    expect(short(story)).toEqual([
      '10:00 run care',
      '10:00 record behind = running',
      '10:00 completed: steps',
      '10:00 record begun = red',
      '11:30 record answered',
      '11:30 completed: steps',
    ]);
  });
});

describe('rings', () => {
  it('of runs that wait end as `open`', () => {
    const { entries } = play(
      {
        a: 'trigger: { event: seen }\nagain: always\nsteps:\n  - run: b\n',
        b: 'trigger: { run: only }\nagain: always\nsteps:\n  - run: a\n',
      },
      { events: [[day('10:00'), 'seen']] },
    );
    expect(short(entries)).toEqual(['10:00 entered', '10:00 entered', '10:00 open']);
  });

  it('of runs that do not wait end as `loop` after five rounds', () => {
    const { entries } = play(
      { a: 'trigger: { event: seen }\nagain: always\nsteps:\n  - wait: 1h\n  - run: a\n    wait: false\n' },
      { events: [[day('10:00'), 'seen']] },
    );
    expect(entries.filter((line) => line.endsWith('entered'))).toHaveLength(5);
    expect(entries.at(-1)).toContain('loop');
  });
});

describe('who asks', () => {
  it('is a step, and no event from outside that looks like one', () => {
    const { entries } = play(
      { care: CARE },
      {
        contact: { stage: 'new' },
        events: [[day('10:00'), 'enrolment.requested', { runs: 'care', run: 'x', subject: 'contact', key: '' }]],
      },
    );
    expect(entries).toEqual([]);
  });

  it('is told where what it runs is not there', () => {
    const { versions, tests, workspace } = compiled({ caller: tested(''), care: CARE });
    const [alone] = versions.filter(({ playbook }) => playbook.playbook === 'caller');
    const { came } = runTest(alone!, tests.get('caller')![0]!, workspace.people);
    expect(came.map(({ fields }) => fields)).toContainEqual({ record: 'no_end', value: 'refused' });
  });
});

describe('in the test of a playbook', () => {
  const faults = (line: string) => {
    const { versions, tests, workspace } = compiled({
      caller: tested(line),
      care: CARE.replace(', key: event.thing', ''),
    });
    const caller = versions.find(({ playbook }) => playbook.playbook === 'caller')!;
    return runTest(caller, tests.get('caller')![0]!, workspace.people, { folder: versions }).faults.join('\n');
  };

  it('lines of the one that is run name it', () => {
    expect(faults('      - { at: 2026-03-02T10:00:00Z, record: begun, value: red, playbook: care }\n')).toBe('');
    expect(faults('      - { at: 2026-03-02T10:00:00Z, record: begun, value: red }\n')).toContain('playbook');
  });
});

describe('lint', () => {
  it('knows the playbooks of the folder and what they are about', () => {
    const ticket = CARE.replace('audience: contact.stage != "lost"', 'subject: ticket');
    expect(() => compiled({ caller: CALLER, care: ticket })).toThrow(
      /CB514 `care` is about a ticket, and this playbook about a contact/,
    );
    expect(() => compiled({ caller: CALLER, car: CARE })).toThrow(
      /CB513 there is no playbook `care` did you mean `car`/,
    );
    // Itself is none that is meant.
    expect(() => compiled({ cares: CALLER })).toThrow(/CB513 there is no playbook `care` (?!.*cares)/);
  });

  it('warns of playbooks that wait for each other in a ring', () => {
    const { diagnostics } = compiled({
      a: 'trigger: { event: seen }\nsteps:\n  - if: contact.vip\n    then:\n      - run: b\n',
      b: 'trigger: { run: only }\nsteps:\n  - run: a\n',
    });
    const told = diagnostics
      .filter(({ code }) => code === 'CB515')
      .map(({ file, line, message }) => [file, line, message]);
    expect(told).toEqual([
      ['playbooks/a.yaml', 7, 'playbooks run each other in a ring: `a` → `b` → `a`; the last is refused as `open`'],
      ['playbooks/b.yaml', 5, 'playbooks run each other in a ring: `b` → `a` → `b`; the last is refused as `open`'],
    ]);
  });

  it('tells a line of a playbook that is not run', () => {
    const { diagnostics } = compiled({
      caller: tested('      - { record: begun, playbook: nobody }\n'),
      care: CARE.replace(', key: event.thing', ''),
    });
    expect(diagnostics.map(({ code, message }) => [code, message])).toContainEqual([
      'CB639',
      'the playbook runs no `nobody`',
    ]);
  });
});
