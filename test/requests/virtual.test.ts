/** S10 in virtual time: what a test expects of a webhook, and what comes back to it (V2, V3). */
import { describe, expect, it } from 'vitest';
import { runTest } from '../../simulate/tests/playbook-tests.ts';
import { compileOne } from '../language/workspace.ts';
import { play } from '../rules/play.ts';

const PLAYBOOK = `playbook: p
trigger: { event: lead.came, key: event.n }
again: always
steps:
  - id: crm
    webhook: https://crm.example/leads/{{ url contact.id }}
    body: { name: "{{ contact.name }}", points: "{{ contact.points }}" }
  - choose:
      - { if: steps.crm.status == "refused", then: [{ record: refused, value: steps.crm.http_status }] }
      - { if: 'steps.crm.answer.owner == "kim"', then: [{ record: known, value: steps.crm.answer.id }] }
      - else: [{ record: unknown }]
`;

function tested(expected: string[], more = '') {
  const text = `${PLAYBOOK}tests:
  - it: asks
    contact: { id: ada/1, name: Ada, points: 7 }
${more}    events:
      - { at: 2026-03-02T10:00:00Z, event: lead.came, n: 1 }
      - { after: 1m, event: lead.came, n: 2 }
    expect:\n${expected.map((line) => `      - ${line}\n`).join('')}`;
  const { versions, tests, diagnostics, workspace } = compileOne(text);
  expect(diagnostics).toEqual([]);
  return runTest(versions[0]!, tests.get('p')![0]!, workspace.people);
}
const WEBHOOK = '{ webhook: https://crm.example/leads/ada%2F1, body: { name: Ada, points: 7 } }';
const DONE = '{ outcome: completed }';

describe('a webhook in a test', () => {
  it('is a line with its address and its body, and nothing comes back unless the test says so', () => {
    expect(tested([WEBHOOK, '{ record: unknown }', DONE, WEBHOOK, '{ record: unknown }', DONE]).faults).toEqual([]);
    const body = '{ webhook: https://crm.example/leads/ada%2F1, body: { name: Bob, points: 7 } }';
    expect(tested([body, '{ record: unknown }', DONE, WEBHOOK, '{ record: unknown }', DONE]).passed).toBe(false);
  });

  it('gets what the test answers: one after the other, the last from then on', () => {
    const known = '{ record: known, value: 17 }';
    const one = '    answers: { crm: { answer: { owner: kim, id: 17 }, http_status: 201 } }\n';
    expect(tested([WEBHOOK, known, DONE, WEBHOOK, known, DONE], one).faults).toEqual([]);
    const both = '    answers: { crm: [{ answer: { owner: max } }, { answer: { owner: kim, id: 17 } }] }\n';
    expect(tested([WEBHOOK, '{ record: unknown }', DONE, WEBHOOK, known, DONE], both).faults).toEqual([]);
  });

  it('that is refused is seen as that, with its status', () => {
    const refused =
      '    answers: { crm: { refused: http-410 } }\n    expect_only: [webhook, record, outcome, refused]\n';
    const line = '{ webhook: https://crm.example/leads/ada%2F1, refused: http-410 }';
    const story = [line, '{ record: refused, value: 410 }', DONE];
    expect(tested([...story, ...story], refused).faults).toEqual([]);
    expect(tested([WEBHOOK, '{ record: refused, value: 410 }', DONE], refused).passed).toBe(false);
  });

  it('is withheld from a ghost (N4), and refused where its body grows too long (S20)', () => {
    const steps = `trigger: { event: a }\nsteps:\n  - webhook: https://crm.example/a\n    body: { all: "{{ contact.long }}" }`;
    const events: [string, string][] = [['2026-03-02T10:00:00Z', 'a']];
    const ghost = play(`holdout: 50%\n${steps}`, { events, holdout: 'in' });
    expect(ghost.effects[0]).toContain('refused: holdout');
    const long = play(steps, { events, contact: { long: 'x'.repeat(300_000) } });
    expect(long.effects[0]).toContain('refused: text_too_long');
    expect(long.outcomes[0]).toContain('completed');
  });
});
