/** One story of each playbook that ships: the first of its tests that acts. */
import type { CompiledWorkspace, PlaybookTest } from '../../language/compile.ts';
import type { Instant, PlaybookVersion } from '../../language/model.ts';
import { withThoseRun } from '../../language/records/runs.ts';
import { run } from '../run/run.ts';
import type { RunInput, RunLine } from '../run/types.ts';
import { runOfTest } from '../tests/playbook-tests.ts';

export interface Story {
  /** The playbook, and those that it runs. */
  versions: PlaybookVersion[];
  test: PlaybookTest;
  /** What it is in virtual time, and what comes of it. */
  input: RunInput;
  lines: RunLine[];
  /** The last instant at which something comes of it. */
  until: Instant;
}

/** @returns of each playbook that has one, in the order of the files */
export function storiesOf({ versions, tests, workspace: { people } }: CompiledWorkspace): Story[] {
  return versions.flatMap((version) => {
    for (const test of tests.get(version.playbook.playbook) ?? []) {
      const input = test.generated ? undefined : runOfTest(version, test, people, versions);
      if (!input) continue;
      const lines = linesOf(input);
      if (!lines.some((line) => line.type === 'effect' && line.refused === null)) continue;
      const until = Math.max(...lines.map(({ at }) => at));
      return [{ versions: withThoseRun([version], versions), test, input, lines, until }];
    }
    return [];
  });
}

export function linesOf(input: RunInput): RunLine[] {
  const lines: RunLine[] = [];
  run(input, (line) => lines.push(line));
  return lines;
}
