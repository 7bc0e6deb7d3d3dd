/** S12: approvals in virtual time, in tests of a playbook, and on PostgreSQL and SMTP. */
import { describe, expect, it } from 'vitest';
import { runTest } from '../../simulate/tests/playbook-tests.ts';
import { runTwin } from '../activities/twin/twin.ts';
import { compiled, day, play } from '../rules/play.ts';
import { sorted, virtualLines } from '../support/virtual-lines.ts';

const ASKS = `  - id: discount
    approve: [kim, sara]
    text: A discount for {{ contact.name }}
    within: 4h
    then: [{ record: approved, value: steps.discount.by }]
    else: [{ record: not_approved }]
  - record: behind
    value: steps.discount.answer
`;
const played = (
  answers: [string, string, { [name: string]: string }?][],
  steps = ASKS,
  holdout: 'in' | 'out' = 'out',
) =>
  play(`${holdout === 'in' ? 'holdout: 50%\n' : ''}trigger: { event: seen }\nsteps:\n${steps}`, {
    contact: { name: 'Ada' },
    holdout,
    events: [
      [day('10:00'), 'seen'],
      ...answers.map(
        ([time, name, more]) => [day(time), name, { step: 'steps.0', ...more }] as [string, string, object],
      ),
    ] as never,
  }).effects.map((line) => line.replace('03-02 ', ''));

describe('an approval', () => {
  it('that is given takes `then`; one that is refused, and silence, take `else`, and tell which', () => {
    const asked = '10:00 approve ["kim","sara"] text: A discount for Ada';
    expect(played([['11:00', 'approval.given', { by: 'sara' }]])).toEqual([
      asked,
      '11:00 record approved = sara',
      '11:00 record behind = given',
    ]);
    expect(played([['11:00', 'approval.refused']])).toEqual([
      asked,
      '11:00 record not_approved',
      '11:00 record behind = refused',
    ]);
    expect(played([])).toEqual([asked, '14:00 record not_approved', '14:00 record behind = none']);
  });

  it('is answered once: of several answers the first counts, up to exactly the deadline', () => {
    expect(
      played([
        ['11:00', 'approval.refused'],
        ['11:30', 'approval.given'],
      ]).at(-1),
    ).toBe('11:00 record behind = refused');
    expect(played([['14:00', 'approval.given']]).at(-1)).toBe('14:00 record behind = given');
    expect(played([['14:01', 'approval.given']]).at(-1)).toBe('14:00 record behind = none');
    expect(played([['11:00', 'approval.given', { step: 'steps.4' }]]).at(-1)).toBe('14:00 record behind = none');
  });

  it('goes to the owner of the playbook where it leads to nobody else (W1)', () => {
    const nobody = played([], ASKS.replace('[kim, sara]', 'contact.owner'));
    expect(nobody[0]).toBe('10:00 approve ops@shop.example text: A discount for Ada');
  });

  it('is withheld from a ghost, who takes `else` at its deadline', () => {
    expect(played([['11:00', 'approval.given']], ASKS, 'in')).toEqual([
      '10:00 approve ["kim","sara"] text: A discount for Ada refused: holdout',
      '14:00 record not_approved ghost: true',
      '14:00 record behind = none ghost: true',
    ]);
  });
});

const tested = (answer: string, came: string) => `trigger: { event: seen }
steps:
${ASKS}tests:
  - it: plays
    contact: { id: ada, name: Ada }
    events:
      - { at: 2026-03-02T10:00:00Z, event: seen }
${answer}    expect:
      - { at: 2026-03-02T10:00:00Z, approve: [kim, sara], text: A discount for Ada }
${came}`;
const GIVEN = tested(
  '      - { after: 1h, approval: discount, is: given, by: kim }\n',
  `      - { at: 2026-03-02T11:00:00Z, record: approved, value: kim }
      - { at: 2026-03-02T11:00:00Z, record: behind, value: given }
      - { at: 2026-03-02T11:00:00Z, outcome: completed }`,
);

describe('in the test of a playbook', () => {
  it('people answer by the id of the step', () => {
    const { versions, tests, workspace } = compiled(GIVEN);
    expect(runTest(versions[0]!, tests.get('p')![0]!, workspace.people).faults).toEqual([]);
  });

  it('an answer to no approval, and one that says nothing of it, is told', () => {
    expect(() => compiled(GIVEN.replace('approval: discount', 'approval: discont'))).toThrow(
      /CB632 no approval .*`discont` did you mean `discount`/,
    );
    expect(() => compiled(GIVEN.replace('is: given', 'is: done'))).toThrow(
      /CB202 what came of the approval\? write is: given or is: refused/,
    );
  });
});

describe('live', { timeout: 60_000 }, () => {
  it('each colleague gets a mail with the text, once, and the journey goes on as virtual time says', async () => {
    const { versions, tests, workspace } = compiled(GIVEN);
    const [version] = versions;
    const test = tests.get('p')![0]!;
    const { lines } = virtualLines(version!, test, workspace.people);
    const twin = await runTwin(version!, test, workspace.people, Date.parse('2026-03-03T10:00:00Z'));
    expect(sorted(twin.lines)).toEqual(sorted(lines));
    expect(twin.messages.map(({ kind }) => kind)).toEqual(['approve', 'approve']);
    expect(twin.mails).toHaveLength(2);
  });
});
