/** S13 and E6: what a visitor's playbook runs, and what the contact's does, when the visitor turns out to be the contact. */
import { expect, it } from 'vitest';
import { both } from './both.ts';

const CARE = `trigger: { run: only }
again: always
steps:
  - wait_for: answered
    within: 5h
    then: [{ record: answered }]
`;
const caller = (events: string, more = '') => `trigger: { event: seen }
again: always
anonymous: true
${more}steps:
  - id: nurse
    run: care
    within: 9h
  - record: behind
    value: steps.nurse.outcome
tests:
  - it: plays
    contact: { id: ada, name: Ada }
    events:
${events}    expect: nothing
`;
const ends = (lines: readonly (readonly [string, unknown])[]) =>
  lines.flatMap(([what, detail]) => {
    const { outcome, reason, record, value } = detail as { [key: string]: unknown };
    return what === 'outcome' ? [`${outcome}${reason ? `: ${reason}` : ''}`] : [`${record} ${value ?? ''}`.trim()];
  });

it("a visitor's run goes on as the contact's, and hears the contact's events", { timeout: 90_000 }, async () => {
  const { lines } = await both(
    caller(`      - { at: 2026-03-02T10:00:00Z, event: seen, anonymousId: x }
      - { after: 30m, identify: { userId: ada, anonymousId: x, city: Kiel } }
      - { after: 1h, event: answered }
`),
    CARE,
  );
  expect(ends(lines).filter((end) => !end.startsWith('undefined'))).toEqual([
    'answered',
    'completed: steps',
    'behind completed',
    'completed: steps',
  ]);
});

it('of two the older stays with what it runs, and what the other ran ends with it', { timeout: 90_000 }, async () => {
  const { lines } = await both(
    caller(`      - { at: 2026-03-02T10:00:00Z, event: seen }
      - { after: 5m, event: seen, anonymousId: x }
      - { after: 30m, identify: { userId: ada, anonymousId: x, city: Kiel } }
      - { after: 1h, event: answered }
`),
    CARE,
  );
  const came = ends(lines);
  expect(came.filter((end) => end === 'answered')).toHaveLength(1);
  expect(came.filter((end) => end === 'behind completed')).toHaveLength(1);
  expect(came.filter((end) => end.startsWith('cancelled'))).toHaveLength(2);
  expect(came.filter((end) => end === 'completed: steps')).toHaveLength(2);
});
