/** W1: who has no address gets no message, in a test as live: a test that is green does not promise a mail that never comes. */
import { describe, expect, it } from 'vitest';
import { runTest } from '../../../simulate/tests/playbook-tests.ts';
import { compileOne } from '../../language/workspace.ts';

/** What came of one step, with the test's own people. */
function came(step: string, people: string, more = ''): unknown[] {
  const text = `playbook: p
subject: ticket
trigger: { event: ticket.created }
steps:
  - ${step}
  - record: after
tests:
  - it: plays
    people: ${people}
    ticket: { id: t1, priority: normal }
    start: 2026-03-02T00:00:00Z
    events: [{ at: 2026-03-02T10:00:00Z, event: ticket.created }]
${more}    expect: nothing
`;
  const { diagnostics, versions, tests, workspace } = compileOne(text);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const version = versions.find(({ playbook }) => playbook.playbook === 'p')!;
  const result = runTest(version, tests.get('p')![0]!, workspace.people);
  return result.came.map(({ kind, fields, refused }) => [kind, fields.notify ?? fields.approve ?? null, refused]);
}

const KIM = '{ person: kim, name: Kim }';
const LENA = '{ person: lena, name: Lena, email: lena@example.com }';
const AFTER = [
  ['record', null, null],
  ['outcome', null, null],
];

describe('nobody who is named has an address', () => {
  it('notify is refused', () => {
    expect(came('{ notify: kim, text: hello }', `[${KIM}]`)).toEqual([['notify', 'kim', 'no_address'], ...AFTER]);
    expect(came('{ notify: kim, text: hello, digest: weekly }', `[${KIM}]`)).toEqual([
      ['notify', 'kim', 'no_address'],
      ...AFTER,
    ]);
  });

  it('an address that cannot be written to is none', () => {
    const odd = '[{ person: kim, name: Kim, email: kim }]';
    expect(came('{ notify: kim, text: hello }', odd)).toEqual([['notify', 'kim', 'no_address'], ...AFTER]);
  });

  it('approve takes its else at once', () => {
    const step = '{ approve: kim, text: may I?, within: 1d, then: [{ record: yes }], else: [{ record: no }] }';
    expect(came(step, `[${KIM}]`).slice(0, 2)).toEqual([
      ['approve', 'kim', 'no_address'],
      ['record', null, null],
    ]);
  });

  it('an escalation is made, and told to nobody', () => {
    expect(came('{ escalate: ticket, priority: high, notify: kim }', `[${KIM}]`)[0]).toEqual(['escalate', null, null]);
  });
});

it('of several, those who have one are told', () => {
  expect(came('{ notify: [kim, lena], text: hello }', `[${KIM}, ${LENA}]`)[0]).toEqual(['notify', 'lena', null]);
});
