/** Which of a playbook's own tests are played on real parts: enough of them, and none that takes years. */
import type { PlaybookTest } from '../../language/compile.ts';
import { historyOf, instantOf } from './histories.ts';

/** What is played live; the rest of the tests is as true, and takes longer. */
export const LIVE = { from: Date.parse('2025-12-15T00:00:00Z'), until: Date.parse('2026-08-01T00:00:00Z') };
const MOST_THAT_ACT = 2;
const MOST_THAT_ARE_SILENT = 1;

/** The first few that act and the first that is silent; in place of the others stand tests in which nothing happens. */
export function playedLive(tests: readonly PlaybookTest[]): PlaybookTest[] {
  const within = tests.filter((_, i) => {
    const { start, calls } = historyOf(nth(tests, i));
    return start >= LIVE.from && Math.max(...calls.map(instantOf), tests[i]!.until ?? 0) <= LIVE.until;
  });
  const played = new Set([
    ...within.filter(({ expect }) => expect !== 'nothing').slice(0, MOST_THAT_ACT),
    ...within.filter(({ expect }) => expect === 'nothing').slice(0, MOST_THAT_ARE_SILENT),
  ]);
  return tests.map((test) => (played.has(test) ? test : silenced(test)));
}

/** That test alone, at its place: its records have the names that they have beside the others. */
export function nth(tests: readonly PlaybookTest[], i: number): PlaybookTest[] {
  return tests.map((test, n) => (n === i ? test : silenced(test)));
}

function silenced(test: PlaybookTest): PlaybookTest {
  const { start: _start, until: _until, ...rest } = test;
  return { ...rest, records: [], events: [] };
}
