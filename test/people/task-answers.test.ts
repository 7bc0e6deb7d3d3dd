/** S6 on PostgreSQL: tasks that wait, their answers and what an ending takes back, as in virtual time; and their rows. */
import { describe, expect, it } from 'vitest';
import { runTwin } from '../activities/twin/twin.ts';
import { compiled } from '../rules/play.ts';
import { sorted, virtualLines } from '../support/virtual-lines.ts';

const SEEN = '{ at: 2026-03-02T10:00:00Z, event: seen }';

async function twinOf(steps: string, events: string[], more = '') {
  const lines = [SEEN, ...events].map((event) => `      - ${event}`).join('\n');
  const { versions, tests, workspace } = compiled(`${more}trigger: { event: seen }
steps:
${steps}
tests:
  - it: plays
    contact: { id: ada, name: Ada }
    until: 2026-03-05T00:00:00Z
    events:
${lines}
    expect_only: [outcome]
    expect: []`);
  const [version] = versions;
  const test = tests.get('p')![0]!;
  const { lines: virtual } = virtualLines(version!, test, workspace.people);
  const twin = await runTwin(version!, test, workspace.people, Date.parse('2026-03-05T00:00:00Z'));
  expect(sorted(twin.lines)).toEqual(sorted(virtual));
  return twin;
}

const WAITS = `  - id: call
    task: Call
    assign: kim
    wait_until_done: { within: 4h, else: [{ record: late }] }
  - record: behind
    value: steps.call.status`;
const behind = (lines: readonly { what: string; detail: unknown }[]) =>
  lines.flatMap(({ what, detail }) => (what === 'record' ? [(detail as { value?: unknown }).value ?? 'late'] : []));

describe('a task that waits for its answer, live', { timeout: 60_000 }, () => {
  it('is done at the instant of the answer, in its row as well', async () => {
    const { lines, tasks } = await twinOf(WAITS, ['{ after: 90m, task: call, is: done, by: kim }']);
    expect(behind(lines)).toEqual(['done']);
    expect(tasks).toEqual(['Call kim: done']);
  });

  it('is withdrawn when its time is over; what is answered then changes nothing', async () => {
    const { lines, tasks } = await twinOf(WAITS, ['{ after: 5h, task: call, is: done }']);
    expect(behind(lines).sort()).toEqual(['late', 'withdrawn']);
    expect(tasks).toEqual(['Call kim: withdrawn, task.withdrawn']);
  });

  it('says what was answered to who reads it later, the latest of each; in whatever order that came in', async () => {
    const steps =
      '  - id: call\n    task: Call\n    assign: kim\n  - wait: 4h\n  - record: behind\n    value: steps.call.status';
    const { lines, tasks } = await twinOf(steps, [
      '{ after: 1h, task: call, is: accepted }',
      '{ after: 1h, task: call, is: done }',
      '{ after: 1h, task: call, is: reopened }',
      '{ after: 30m, task: call, is: accepted }',
    ]);
    expect(behind(lines)).toEqual(['accepted']);
    expect(tasks).toEqual(['Call kim: accepted']);
  });

  it('goes with a journey that exits, once; what is kept, and what on_exit makes, stays', async () => {
    const head = 'exit_on: [left]\non_exit:\n  - task: Ask why\n    assign: kim\n';
    const steps = `${WAITS.replace('4h', '1d')}\n`;
    const { tasks } = await twinOf(
      `  - task: Look\n    assign: max\n    keep: true\n${steps}`,
      ['{ after: 1h, event: left }'],
      head,
    );
    expect(tasks.sort()).toEqual(['Ask why kim: open', 'Call kim: withdrawn, task.withdrawn', 'Look max: open']);
  });

  it('asks the next one in each round of a repeat', async () => {
    const steps = `  - repeat:
      at_most: 3
      until: steps.call.status in ["accepted", "done"]
    steps:
      - assign: owner
        by: least_loaded
        among: [kim, max]
        except: tried
      - id: call
        task: Call
        assign: contact.owner
        wait_until_accepted: { within: 4h }`;
    const { tasks } = await twinOf(steps, ['{ after: 5h, task: call, is: accepted, by: max }']);
    expect(tasks).toEqual(['Call kim: withdrawn, task.withdrawn', 'Call max: accepted']);
  });
});
