/** S4 to S11, S18: what steps do. */
import { describe, expect, it } from 'vitest';
import { bucketOf } from '../../../language/hash.ts';
import type { Facts } from '../../../steps/step.ts';
import { stepOf } from '../../../steps/steps.ts';
import type { Command } from '../../../workflows/journey/types.ts';
import { compiled, day, type Happening, play, type Scene } from '../play.ts';

const SEEN: Happening = [day('10:00'), 'seen'];
function effects(steps: string, scene: Partial<Scene> = {}, head = ''): string[] {
  const { effects: came } = play(`${head}trigger: { event: seen }\nagain: always\nsteps:${steps}`, {
    ...scene,
    events: scene.events ?? [SEEN],
  });
  return came.map((line) => line.replace(/^03-02 10:00 /, ''));
}

describe('branches (S4)', () => {
  const IF = `
  - if: contact.score > 5
    then: [{ record: warm }]
    else: [{ record: cold }]`;

  it('if takes then or else, over the traits at that moment; what is missing is false', () => {
    expect(effects(IF, { contact: { score: 6 } })).toEqual(['record warm']);
    expect(effects(IF, { contact: { score: 5 } })).toEqual(['record cold']);
    expect(effects(IF)).toEqual(['record cold']);
    expect(
      effects(` [{ wait: 1h }, { if: contact.score > 5, then: [{ record: warm }] }]`, {
        contact: { score: 1 },
        events: [SEEN, [day('10:59'), 'changed', { traits: { contact: { score: 9 } } }]],
      }),
    ).toEqual(['03-02 11:00 record warm']);
  });

  it('choose takes the first that is true, else the last, else none', () => {
    const choose = (more: string) => `
  - choose:
      - { if: contact.score > 5, then: [{ record: warm }] }
      - { if: contact.score > 2, then: [{ record: mild }] }
${more}
  - record: on`;
    const otherwise = '      - { else: [{ record: cold }] }';
    const of = (score: number, more = otherwise) => effects(choose(more), { contact: { score } });
    expect([of(6), of(3), of(1)]).toEqual([
      ['record warm', 'record on'],
      ['record mild', 'record on'],
      ['record cold', 'record on'],
    ]);
    expect(of(1, '')).toEqual(['record on']);
  });

  it('since_start counts the events since the enrolment began', () => {
    const visit = (time: string): Happening => [day(time), 'visit'];
    const steps = ` [{ wait: 1h }, { record: n, value: 'since_start("visit", "call")' }]`;
    const events = [
      visit('09:59'),
      SEEN,
      visit('10:00'),
      visit('10:30'),
      [day('10:40'), 'call'] as Happening,
      visit('11:00'),
      visit('11:01'),
    ];
    expect(effects(steps, { events })).toEqual(['03-02 11:00 record n = 3']);
  });

  it('since_start counts what Cuebook itself wrote, too (E9)', () => {
    const count = (name: string) =>
      ` [{ wait: 1m }, { task: Call, assign: kim }, { wait: 1h }, { record: n, value: 'since_start("${name}")' }]`;
    expect(effects(count('task.created')).at(-1)).toBe('03-02 11:01 record n = 1');
    expect(effects(count('task.done')).at(-1)).toBe('03-02 11:01 record n = 0');
  });

  it('if beside a step skips it alone (S18), and steps.<id> tells', () => {
    const steps = `
  - { record: one, if: contact.score > 5, id: r }
  - { wait: 1h, if: contact.score > 5 }
  - { record: skipped, value: steps.r.skipped }`;
    expect(effects(steps, { contact: { score: 1 } })).toEqual(['record skipped = true']);
    expect(effects(steps, { contact: { score: 6 } })).toEqual(['record one', '03-02 11:00 record skipped']);
  });
});

describe('split (S5)', () => {
  const SPLIT = (a: number, b: number, c = 0) => `
  - split: mail
    id: s
    arms:
      a: { weight: ${a}, steps: [{ record: a }] }
      b: { weight: ${b}, steps: [{ record: b }] }
      c: { weight: ${c}, steps: [{ record: c }] }
  - { record: arm, value: steps.s.arm }`;
  const bucket = bucketOf('p:mail:ada');

  it('takes the first arm with bucket * total < cumulative * 10 000', () => {
    const arm = (...weights: [number, number, number?]) => effects(SPLIT(...weights))[0];
    expect(arm(bucket, 10_000 - bucket)).toBe('record b');
    expect(arm(bucket + 1, 10_000 - bucket - 1)).toBe('record a');
    expect(arm(0, 1)).toBe('record b');
    expect(arm(0, 0, 5)).toBe('record c');
    expect(effects(SPLIT(1, 0))).toEqual(['record a', 'record arm = a']);
  });

  it('a test may name the arm (V3)', () => {
    expect(effects(SPLIT(1, 0), { arms: { mail: 'c' } })[0]).toBe('record c');
  });

  it('the assignment is stored, and sticky across re-entry whatever the bucket says', () => {
    const [version] = compiled(`trigger: { event: seen }\nsteps:${SPLIT(1, 0)}`).versions;
    const step = version!.playbook.steps['steps.0']!;
    const facts = (stored: string | undefined) =>
      ({
        enrolment: { playbook: 'p', subject: { type: 'contact', id: 'ada' } },
        arm: () => stored,
      }) as unknown as Facts;
    const decide = (stored?: string) => stepOf('split').decide(step, {} as Command, facts(stored));
    expect(decide().answer).toEqual({ go: 'arm', arm: 0 });
    expect(decide('b').answer).toEqual({ go: 'arm', arm: 1 });
    expect(decide('b').writes).toEqual([{ write: 'assignment', experiment: 'mail', arm: 'b' }]);
  });
});

describe('task (S6)', () => {
  const task = (more: string, scene: Partial<Scene> = {}) =>
    effects(` [{ task: 'Call {{ contact.name }}'${more} }]`, scene)[0];

  it('has a title from a text, and whom it is for', () => {
    expect(task(', assign: contact.owner', { contact: { name: 'Ada', owner: 'kim' } })).toBe(
      'task Call Ada assign: kim',
    );
    expect(task(', assign: team:sales', { contact: { name: 'Ada' } })).toBe('task Call Ada assign: sara');
  });

  it('what leads to nobody goes to the owner of the playbook (W1)', () => {
    expect(task(', assign: contact.owner', { contact: { name: 'Ada' } })).toBe(
      'task Call Ada assign: ops@shop.example',
    );
  });

  it('is due in any form of a moment', () => {
    const due = (moment: string, contact = {}) => task(`, due: ${moment}`, { contact: { name: 'Ada', ...contact } });
    expect(due('2d')).toBe('task Call Ada due: 2026-03-04T10:00:00.000Z');
    expect(due('1 business day')).toBe('task Call Ada due: 2026-03-03T10:00:00.000Z');
    expect(due('1 business day at 09:00')).toBe('task Call Ada due: 2026-03-03T08:00:00.000Z');
    expect(due('end of next business day')).toBe('task Call Ada due: 2026-03-03T16:00:00.000Z');
    expect(due('{ until: contact.renewal - 1d, at: "09:00" }', { renewal: '2026-03-20' })).toBe(
      'task Call Ada due: 2026-03-19T08:00:00.000Z',
    );
    expect(due('{ until: contact.renewal - 1d, at: "09:00" }')).toBe('task Call Ada');
    expect(due('{ by: contact.tier, gold: 1h, default: 2h }', { tier: 'gold' })).toBe(
      'task Call Ada due: 2026-03-02T11:00:00.000Z',
    );
    expect(due('{ by: contact.tier, gold: 1h }')).toBe('task Call Ada');
  });

  it('a checklist is a list of texts, or of records by their names', () => {
    expect(
      task(', checklist: [Look up, "{{ contact.wishes }}"]', {
        contact: { name: 'Ada', wishes: [{ name: 'o1' }, { id: 'o2' }] },
      }),
    ).toBe('task Call Ada checklist: ["Look up","o1","o2"]');
  });

  it('data ends no journey, whatever it is made of (S20)', () => {
    const wishes = [{ name: { toString: 1 } }, [{ toString: false }], { id: { first: 'o3' } }];
    expect(task(', checklist: ["{{ contact.wishes }}"]', { contact: { name: 'Ada', wishes } })).toBe(
      'task Call Ada checklist: ["{\\"toString\\":1}","[{\\"toString\\":false}]","{\\"first\\":\\"o3\\"}"]',
    );
    expect(effects(' [{ update: { contact.constructor: x } }]', { contact: { name: 'Ada' } })).toEqual([
      'update {"contact.constructor":"x"}',
    ]);
  });
});

describe('escalate (S7)', () => {
  const TICKET = 'subject: ticket\n';
  const escalate = (more: string, ticket: object, ...events: Happening[]) =>
    effects(
      ` [{ wait: 1m }, { escalate: ticket, ${more} }, { record: p, value: ticket.priority }]`,
      { ticket: ticket as never, events: [SEEN, ...events] },
      TICKET,
    ).map((line) => line.replace('03-02 10:01 ', ''));

  it('raises a priority by one step, sets one, and never lowers it', () => {
    const to = (priority: string, now: string) => escalate(`priority: ${priority}`, { priority: now }).at(-1);
    expect([to('raise', 'low'), to('raise', 'high'), to('raise', 'urgent')]).toEqual([
      'record p = normal',
      'record p = urgent',
      'record p = urgent',
    ]);
    expect([to('high', 'low'), to('high', 'urgent')]).toEqual(['record p = high', 'record p = urgent']);
    expect(escalate('priority: raise', {}).at(-1)).toBe('record p = high');
  });

  it('to becomes the assignee; its notify is on the same line (V2)', () => {
    expect(escalate('to: ticket.team.lead, notify: [kim, channel:support], note: Look', { team: 'support' })[0]).toBe(
      'escalate ticket to: lena notify: ["kim","channel:support"] note: Look',
    );
    const { effects: came } = play(
      `subject: ticket\ntrigger: { event: seen }\nsteps: [{ escalate: ticket, to: lena }, { record: a, value: ticket.assignee }]`,
      {
        ticket: { assignee: 'kim' },
        events: [SEEN],
      },
    );
    expect(came[1]).toBe('03-02 10:00 record a = lena');
  });

  it('does nothing when the ticket is solved, and not reopened since', () => {
    const solved: Happening = [day('10:00'), 'ticket.solved'];
    const reopened: Happening = [day('10:00'), 'ticket.reopened'];
    expect(escalate('to: lena', {}, solved)).toEqual(['record p']);
    expect(escalate('to: lena', {}, solved, reopened)[0]).toBe('escalate ticket to: lena');
    expect(escalate('to: lena', {}, solved, reopened, solved)).toEqual(['record p']);
    expect(escalate('to: lena', { status: 'solved' })).toEqual(['record p']);
  });
});

describe('update (S8) and record (S9)', () => {
  const afterwards = (update: string, contact = {}) =>
    effects(` [{ update: { ${update} } }, { record: v, value: contact.x }]`, {
      contact: { x: undefined as never, ...contact },
    }).at(-1);

  it('sets a value, and keeps its type', () => {
    expect(afterwards('contact.x: warm')).toBe('record v = warm');
    expect(afterwards('contact.x: "{{ contact.n }}"', { n: 5 })).toBe('record v = 5');
    expect(afterwards('contact.x: true')).toBe('record v = true');
  });

  it('adds to a number, and to a list once', () => {
    expect(afterwards('contact.x: { add: 5 }', { x: 2 })).toBe('record v = 7');
    expect(afterwards('contact.x: { add: 5 }')).toBe('record v = 5');
    expect(afterwards('contact.x: { add: warm }', { x: ['a'] })).toBe('record v = ["a","warm"]');
    expect(afterwards('contact.x: { add: a }', { x: ['a'] })).toBe('record v = ["a"]');
    expect(afterwards('contact.x: { add: a }')).toBe('record v = ["a"]');
  });

  it('removes from a list, and null removes the trait', () => {
    expect(afterwards('contact.x: { remove: a }', { x: ['a', 'b'] })).toBe('record v = ["b"]');
    expect(afterwards('contact.x: null', { x: 1 })).toBe('record v');
  });

  it('changes records that the subject names', () => {
    const steps = ' [{ update: { account.stage: warm } }, { record: v, value: account.stage }]';
    expect(effects(steps, { contact: { accountId: 'acme' }, account: {} }).at(-1)).toBe('record v = warm');
  });

  it('a record has a value of any kind, and may be read by later steps', () => {
    expect(effects(` [{ record: r, value: 1.5 + 1, id: r }, { record: again, value: steps.r.value }]`)).toEqual([
      'record r = 2.5',
      'record again = 2.5',
    ]);
  });
});

describe('notify (S11)', () => {
  it('tells a colleague, a list of them, a role, a channel', () => {
    expect(effects(' [{ notify: kim, text: "Hi {{ contact.name }}" }]', { contact: { name: 'Ada' } })).toEqual([
      'notify kim text: Hi Ada',
    ]);
    expect(effects(' [{ notify: [sales-lead, channel:support], text: Hi }]')).toEqual([
      'notify ["sara","channel:support"] text: Hi',
    ]);
  });
});
