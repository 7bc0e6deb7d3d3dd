/** What never ends is said by `test` and by `backtest`, with what to do about it. */
import { expect, it } from 'vitest';
import { backtest, call, fileOf, playbooks } from '../backtest/support.ts';
import { cuebook } from './run-command.ts';

const daily = `trigger: { any: [{ event: seen }, { date: contact.next, offset: 1d, key: contact.next }] }
again: always
steps:
  - update: { contact.next: "{{ trigger.at }}" }
  - wait: 30h
tests:
  - it: never ends
    contact: { id: ada }
    events: [{ at: 2026-03-02T10:00:00Z, event: seen }]
    expect: nothing
  - it: ends where it is told to
    contact: ada
    events: [{ at: 2026-03-02T10:00:00Z, event: seen }]
    until: 2026-03-05T11:00:00Z
    expect_only: [outcome]
    expect: [{ at: 2026-03-03T16:00:00Z, outcome: completed }, { at: 2026-03-04T16:00:00Z, outcome: completed }]
`;

it('a test fails with the playbook, the subject, and `until`', async () => {
  const { code, stdout } = await cuebook('test', await playbooks({ daily }));
  expect(code).toBe(1);
  expect(stdout).toMatch(/✗ never ends/);
  expect(stdout).toMatch(/this does not come to an end: daily for contact ada fired more than 1000 times/);
  expect(stdout).toMatch(/say until when: `until` of a test/);
  expect(stdout).toMatch(/✓ ends where it is told to/);
});

it('a backtest ends with the code ENDLESS', async () => {
  const history = await fileOf([call(1, 'seen', 'ada')]);
  const folder = await playbooks({ daily });
  const { code, stderr } = await backtest(folder, [history]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/ENDLESS.*daily for contact ada fired more than 1000 times/);
  expect(stderr).toMatch(/`--until` of a backtest/);
  const ended = await backtest(folder, [history], '--until', '2026-03-10T00:00:00Z');
  expect(ended.code).toBe(0);
});
