/** W1: who has no address gets no message, in a test as live: a test that is green does not promise a mail that never comes. */
import { describe, expect, it } from 'vitest';
import { runTest } from '../../../simulate/tests/playbook-tests.ts';
import { compileOne } from '../../language/workspace.ts';

/** What is wrong with what is expected of one step, with the test's own people. */
function faults(step: string, people: string, expected: string): string {
  const text = `playbook: p
subject: ticket
trigger: { event: ticket.created }
steps:
  - ${step}
tests:
  - it: plays
    people: ${people}
    ticket: { id: t1, priority: normal }
    start: 2026-03-02T00:00:00Z
    until: 2026-03-02T12:00:00Z
    events: [{ at: 2026-03-02T10:00:00Z, event: ticket.created }]
    expect_only: [notify, approve, escalate, record, outcome, refused]
    expect: [${expected}, { outcome: completed }]
`;
  const { diagnostics, versions, tests, workspace } = compileOne(text);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const version = versions.find(({ playbook }) => playbook.playbook === 'p')!;
  return runTest(version, tests.get('p')![0]!, workspace.people).faults.join('\n');
}

const KIM = '{ person: kim, name: Kim }';
const LENA = '{ person: lena, name: Lena, email: lena@example.com }';
const TELL = '{ notify: kim, text: hello }';

describe('nobody who is named has an address', () => {
  it('notify is refused, and a test that expects the message is red', () => {
    expect(faults(TELL, `[${KIM}]`, '{ notify: kim, refused: no_address }')).toBe('');
    expect(faults(TELL, `[${KIM}]`, '{ notify: kim }')).not.toBe('');
    const digest = '{ notify: kim, text: hello, digest: weekly }';
    expect(faults(digest, `[${KIM}]`, '{ notify: kim, refused: no_address }')).toBe('');
  });

  it('approve takes its else at once', () => {
    const step = '{ approve: kim, text: may I?, within: 1d, then: [{ record: yes }], else: [{ record: no }] }';
    const came = '{ approve: kim, refused: no_address }, { at: 2026-03-02T10:00:00Z, record: "no" }';
    const quoted = step.replace('record: no ', 'record: "no" ').replace('record: yes', 'record: "yes"');
    expect(faults(quoted, `[${KIM}]`, came)).toBe('');
  });

  it('an escalation is made, and told to nobody', () => {
    const step = '{ escalate: ticket, priority: high, notify: kim }';
    expect(faults(step, `[${KIM}]`, '{ escalate: ticket, priority: high }')).toBe('');
    expect(faults(step, `[${KIM}]`, '{ escalate: ticket, notify: kim }')).not.toBe('');
  });
});

it('of several, those who have one are told', () => {
  const step = '{ notify: [kim, lena], text: hello }';
  expect(faults(step, `[${KIM}, ${LENA}]`, '{ notify: lena }')).toBe('');
  expect(faults(step, `[${KIM}, ${LENA}]`, '{ notify: [kim, lena] }')).not.toBe('');
});
