/** A test of a playbook that runs another, in virtual time and live: the lines must be the same. */
import { expect } from 'vitest';
import { runTwin } from '../activities/twin/twin.ts';
import { compiled } from '../rules/play.ts';
import { sorted, type TwinLine, virtualLines } from '../support/virtual-lines.ts';

/** @param caller with tests, of which the first is played */
export async function both(caller: string, care: string) {
  const { versions, tests, workspace } = compiled({ caller, care });
  const test = tests.get('caller')![0]!;
  const inOrder = [...versions].sort((a) => (a.playbook.playbook === 'caller' ? -1 : 1));
  const { lines } = virtualLines(inOrder, test, workspace.people);
  const twin = await runTwin(inOrder as never, test, workspace.people, Date.parse('2026-03-04T10:00:00Z'));
  // What one tells the other has the instant of the transaction that wrote it (E9): the clock stands a little behind.
  const toTheSecond = (all: TwinLine[]) => sorted(all.map((line) => ({ ...line, at: line.at - (line.at % 1_000) })));
  expect(toTheSecond(twin.lines)).toEqual(toTheSecond(lines));
  return { lines: lines.map(({ what, detail }) => [what, detail] as const), tasks: twin.tasks };
}
