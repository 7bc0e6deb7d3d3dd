/** S13 on PostgreSQL, the evaluator and the activities: as virtual time says, line by line. */
import { describe, expect, it } from 'vitest';
import { both as together } from './both.ts';

const CARE = `trigger: { run: only }
again: always
goal: { event: bought, value: event.total, within: 30d }
steps:
  - task: Call {{ contact.name }}
    assign: kim
  - wait_for: answered
    within: 5h
    then: [{ record: answered }]
`;
const caller = (events: string) => `trigger: { event: seen }
exit_on: [left]
steps:
  - wait: 10m
  - id: nurse
    run: care
    within: 3h
    else: [{ record: no_end, value: steps.nurse.outcome }]
  - record: behind
    value: steps.nurse.outcome
tests:
  - it: plays
    contact: { id: ada, name: Ada, stage: new }
    events:
      - { at: 2026-03-02T10:00:00Z, event: seen }
${events}    expect: nothing
`;

const both = (events: string, care = CARE) => together(caller(events), care);

const outcomes = (lines: readonly (readonly [string, unknown])[]) =>
  lines.flatMap(([what, detail]) => (what === 'outcome' ? `${(detail as { outcome: string }).outcome}` : []));

describe('a playbook that another one runs, live', { timeout: 90_000 }, () => {
  it('ends by itself, and the other one goes on', async () => {
    const { lines } = await both('      - { after: 1h, event: answered }\n');
    expect(outcomes(lines)).toEqual(['completed', 'completed']);
    expect(lines).toContainEqual(['record', { record: 'behind', value: 'completed' }]);
  });

  it('ends with the one that waits for it, and what it had open is taken back', async () => {
    const { lines, tasks } = await both('      - { after: 1h, event: left }\n');
    expect(outcomes(lines).sort()).toEqual(['cancelled', 'exited']);
    expect(tasks).toEqual(['Call Ada kim: withdrawn, task.withdrawn']);
  });

  it('ends when it is waited for no longer', async () => {
    const { lines } = await both('');
    expect(outcomes(lines).sort()).toEqual(['cancelled', 'completed']);
    expect(lines).toContainEqual(['record', { record: 'no_end', value: 'none' }]);
  });

  it('is refused, and the other one is told', async () => {
    const { lines } = await both('', `audience: contact.stage == "old"\n${CARE}`);
    expect(lines).toContainEqual(['record', { record: 'no_end', value: 'refused' }]);
    expect(outcomes(lines)).toEqual(['completed']);
  });
});
