/** V3: in a test, somebody answers a task of the playbook, and whatever waits for that sees it. */
import { describe, expect, it } from 'vitest';
import { runTest } from '../../simulate/tests/playbook-tests.ts';
import { compiled } from '../rules/play.ts';

function tested(steps: string, answers: string, came: string): string[] {
  const { versions, tests, workspace } = compiled(`again: always
trigger: { event: lead.created }
steps:
  - id: call
    task: Call {{ contact.id }}
    assign: kim
${steps}
tests:
  - it: plays
    contact: { id: ada }
    events:
      - { at: 2026-03-02T10:00:00Z, event: lead.created }
${answers}
    expect_only: [record, outcome]
    expect:
${came}`);
  return runTest(versions[0]!, tests.get('p')![0]!, workspace.people).faults;
}

const WAITS = `  - wait_for: task.done
    within: 1d
    then: [{ record: done, value: steps.call.assignee }]
    else: [{ record: silent }]`;
const DONE = '      - { after: 1h, task: call, is: done, by: kim }';
const COMPLETED = (at: string) => `      - { at: 2026-03-0${at}:00:00Z, outcome: completed }`;

describe('the answer to a task', () => {
  it('ends a wait for it', () => {
    const came = `      - { at: 2026-03-02T11:00:00Z, record: done, value: kim }\n${COMPLETED('2T11')}`;
    expect(tested(WAITS, DONE, came)).toEqual([]);
  });

  it('is another where it was accepted alone', () => {
    const came = `      - { at: 2026-03-03T10:00:00Z, record: silent }\n${COMPLETED('3T10')}`;
    expect(tested(WAITS, '      - { after: 1h, task: call, is: accepted }', came)).toEqual([]);
  });

  it('says who and which step, to conditions as well', () => {
    const where = WAITS.replace(
      'task.done',
      '{ event: task.done, where: event.by == "kim" && event.step == "steps.0" }',
    );
    const came = `      - { at: 2026-03-02T11:00:00Z, record: done, value: kim }\n${COMPLETED('2T11')}`;
    expect(tested(where, DONE, came)).toEqual([]);
    const silent = `      - { at: 2026-03-03T10:00:00Z, record: silent }\n${COMPLETED('3T10')}`;
    expect(tested(where, DONE.replace('kim', 'max'), silent)).toEqual([]);
  });
});
