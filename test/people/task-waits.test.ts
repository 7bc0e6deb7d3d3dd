/** S6: a task that waits for its answer, what becomes of it, and what later steps see of it. */
import { describe, expect, it } from 'vitest';
import { effectIdOf } from '../../language/hash.ts';
import { day, play } from '../rules/play.ts';

const taskOf = (enrolment: string, path: string, iteration: string) => effectIdOf(enrolment, { path, iteration });
const at = (time: string) => day(time);

/** A contact's journey from 10:00; each answer names the step, as somebody outside writes it. */
function played(steps: string, answers: [string, string, { [name: string]: string }?][], head = '') {
  return play(`${head}trigger: { event: seen }\nsteps:\n${steps}`, {
    events: [
      [at('10:00'), 'seen'],
      ...answers.map(([time, name, more]) => [at(time), name, { step: 'steps.0', ...more }] as never),
    ],
    until: '2026-03-06T00:00:00Z',
  });
}

const DONE = `  - id: call
    task: Call
    assign: kim
    wait_until_done: { within: 4h, else: [{ record: late }] }
  - record: behind
    value: steps.call.status
`;
const ACCEPTED = DONE.replace('wait_until_done', 'wait_until_accepted');
const KEPT = `${DONE.replace('    assign: kim\n', '    assign: kim\n    keep: true\n')}`;

describe('a task that waits until it is done', () => {
  it('goes on at the instant at which it is done, past its `else`', () => {
    expect(played(DONE, [['11:30', 'task.done', { by: 'kim' }]]).effects).toEqual([
      '03-02 10:00 task Call assign: kim',
      '03-02 11:30 record behind = done',
    ]);
  });

  it('is withdrawn when its time is over; an answer at exactly the deadline still counts, one after it does not', () => {
    const late = [
      '03-02 10:00 task Call assign: kim',
      '03-02 14:00 record late',
      '03-02 14:00 record behind = withdrawn',
    ];
    expect(played(DONE, []).effects).toEqual(late);
    expect(played(DONE, [['14:01', 'task.done']]).effects).toEqual(late);
    expect(played(DONE, [['14:00', 'task.done']]).effects.at(-1)).toBe('03-02 14:00 record behind = done');
  });

  it('does not take an acceptance, an answer to another step, or one from before it for its own', () => {
    const late = ['03-02 14:00 record late', '03-02 14:00 record behind = withdrawn'];
    for (const answer of [
      ['11:00', 'task.accepted'],
      ['11:00', 'task.done', { step: 'steps.7' }],
      ['11:00', 'task.done', { task: 'of the help desk' }],
      ['11:00', 'task.done', { enrolment: 'e77' }],
      ['10:00', 'task.done'],
      ['11:00', 'task.reopened'],
    ] as [string, string, { [name: string]: string }?][]) {
      expect(played(DONE, [answer]).effects.slice(1), JSON.stringify(answer)).toEqual(late);
    }
  });

  it('that is kept stays what it was when its time is over', () => {
    expect(played(KEPT, []).effects.at(-1)).toBe('03-02 14:00 record behind = open');
    expect(played(KEPT, [['11:00', 'task.accepted']]).effects.at(-1)).toBe('03-02 14:00 record behind = accepted');
  });

  it('waits for its answer alone where it has no `within`', () => {
    const open = DONE.replace('{ within: 4h, else: [{ record: late }] }', '{}');
    expect(played(open, [['23:00', 'task.done']]).effects.at(-1)).toBe('03-02 23:00 record behind = done');
    expect(played(open, []).effects).toEqual(['03-02 10:00 task Call assign: kim']);
  });

  it('begins anew in each round of a repeat: an answer by id to the task of another round is not its own', () => {
    const rounds = `  - repeat: { at_most: 2 }
    steps:
      - id: call
        task: Call
        keep: true
        wait_until_done: { within: 1h, else: [{ record: late }] }
`;
    const first = played(rounds, []).lines.flatMap((line) => (line.type === 'enrolment' ? [line.id] : []))[0]!;
    expect(first).toBeDefined();
    const effects = play(`trigger: { event: seen }\nsteps:\n${rounds}`, {
      events: [
        [at('10:00'), 'seen'],
        [at('11:30'), 'task.done', { task: taskOf(first, 'steps.0.steps.0', '1') }],
      ],
    }).effects;
    expect(effects.filter((line) => line.includes('late'))).toEqual([
      '03-02 11:00 record late',
      '03-02 12:00 record late',
    ]);
  });
});

describe('a task that waits until it is accepted', () => {
  it('takes an acceptance, or that it is done at once', () => {
    expect(played(ACCEPTED, [['11:00', 'task.accepted']]).effects.at(-1)).toBe('03-02 11:00 record behind = accepted');
    expect(played(ACCEPTED, [['11:00', 'task.done']]).effects.at(-1)).toBe('03-02 11:00 record behind = done');
  });
});

describe('the status of a task', () => {
  const FREE = `  - id: call
    task: Call
    assign: kim
  - wait: 4h
  - record: behind
    value: steps.call.status
`;
  it('is by the answers up to the step that reads it, whether anything waits for them or not', () => {
    const statusAfter = (...answers: [string, string][]) => played(FREE, answers).effects.at(-1);
    expect(statusAfter()).toBe('03-02 14:00 record behind = open');
    expect(statusAfter(['11:00', 'task.accepted'])).toBe('03-02 14:00 record behind = accepted');
    expect(statusAfter(['11:00', 'task.accepted'], ['12:00', 'task.done'])).toBe('03-02 14:00 record behind = done');
    expect(statusAfter(['11:00', 'task.done'], ['12:00', 'task.reopened'])).toBe('03-02 14:00 record behind = open');
    expect(statusAfter(['15:00', 'task.done'])).toBe('03-02 14:00 record behind = open');
  });

  it('is not answered by what came before it', () => {
    const steps = `  - wait: 1h
  - id: call
    task: Call
    assign: kim
  - wait: 1h
  - record: behind
    value: steps.call.status
`;
    const answered = (time: string) => played(steps, [[time, 'task.done', { step: 'steps.1' }]]).effects.at(-1);
    expect(answered('10:30')).toBe('03-02 12:00 record behind = open');
    expect(answered('11:30')).toBe('03-02 12:00 record behind = done');
  });
});

describe('what a journey leaves open', () => {
  const TOLD = (playbook: string, name: string) =>
    play(
      {
        work: `trigger: { event: seen }\n${playbook}`,
        told: 'again: always\ntrigger: { event: task.withdrawn }\nsteps:\n  - record: withdrawn\n    value: trigger.step\n',
      },
      {
        events: [
          [at('10:00'), 'seen'],
          [at('12:00'), name],
        ],
        until: '2026-03-06T00:00:00Z',
      },
    ).effects.filter((line) => line.includes('withdrawn'));
  const STEPS = `exit_on: [left]
goal: { event: bought, within: 7d }
steps:
  - task: Call
    assign: kim
  - task: Write
    assign: kim
    keep: true
  - wait: 1d
`;

  it('is withdrawn when it exits or converts, but for what is to be kept', () => {
    expect(TOLD(STEPS, 'left')).toEqual(['03-02 12:00 record withdrawn = steps.0']);
    expect(TOLD(STEPS, 'bought')).toEqual(['03-02 12:00 record withdrawn = steps.0']);
  });

  it('stays when its steps are over, when it was done, and where it is what follows the ending', () => {
    expect(TOLD(STEPS, 'something.else')).toEqual([]);
    expect(
      TOLD(
        STEPS.replace('  - wait: 1d', '  - wait_for: { event: task.done, where: "event.step == \\"steps.0\\"" }'),
        'x',
      ),
    ).toEqual([]);
    const last = `exit_on: [left]\non_exit:\n  - task: Ask why\n    assign: kim\nsteps:\n  - wait: 1d\n`;
    expect(TOLD(last, 'left')).toEqual([]);
  });

  it('counts no more for whom it was given to: the next one goes to who has less to do', () => {
    const given = `again: always
trigger: { event: seen, key: event.n }
steps:
  - assign: owner
    by: least_loaded
    among: [kim, max]
  - task: Call
    assign: contact.owner
    wait_until_done: { within: 30m }
`;
    const to = (...events: [string, string, { [name: string]: string | number }][]) =>
      play(given, { events: events.map(([time, name, more]) => [at(time), name, more]) }).effects.filter((line) =>
        line.includes('task'),
      );
    const seen = (time: string, n: number): [string, string, { n: number }] => [time, 'seen', { n }];
    // The first was withdrawn after half an hour: the first by id is free again.
    expect(to(seen('10:00', 1), seen('10:10', 2), seen('10:35', 3)).map((line) => line.slice(-3))).toEqual([
      'kim',
      'max',
      'kim',
    ]);
    expect(
      to(seen('10:00', 1), ['10:05', 'task.done', { step: 'steps.1' }], seen('10:10', 2)).map((line) => line.slice(-3)),
    ).toEqual(['kim', 'kim']);
  });
});
