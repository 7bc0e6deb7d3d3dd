/** The story of each playbook that ships, in virtual time: its process dies once at each of its commands in turn. */
import { isDeepStrictEqual } from 'node:util';
import { registry } from '../../evaluation/registry.ts';
import { loadFolder } from '../../language/compile/files/load-folder.ts';
import { compileWorkspace } from '../../language/compile.ts';
import type { Mishaps } from '../journeys/mortal-journeys.ts';
import type { RunInput } from '../run/types.ts';
import { linesOf, type Story, storiesOf } from './stories.ts';
import { apart } from './virtual.ts';

export interface CheckedPoints {
  stories: number;
  /** Commands of all of them: at each the process dies before it, and behind it. */
  commands: number;
  runs: number;
  /** The first ones that differ, told. */
  faults: string[];
}

/** What else may be the case when it dies: everything with everything. */
const AROUND = [false, true].flatMap((written) =>
  [false, true].flatMap((anew) => [false, true].map((atOnce) => ({ written, anew, atOnce }))),
);
const MOST_SHOWN = 5;

export async function shippedStories(): Promise<Story[]> {
  const { files } = await loadFolder('playbooks');
  return storiesOf(compileWorkspace(files, registry));
}

/** @param turns how many of what may be around it each point meets, in turn: all eight, or fewer */
export function checkPoints(stories: readonly Story[], turns = AROUND.length): CheckedPoints {
  const checked: CheckedPoints = { stories: stories.length, commands: 0, runs: 0, faults: [] };
  for (const { input, lines, versions, test } of stories) {
    const commands = commandsOf(input);
    checked.commands += commands;
    for (let at = 1; at <= commands; at++) {
      for (const death of ['before', 'behind'] as const) {
        for (let turn = 0; turn < turns; turn++) {
          const around = AROUND[checked.runs % AROUND.length]!;
          const crashed = linesOf({ ...input, mishaps: diesOnce(at, death, around) });
          checked.runs += 1;
          if (isDeepStrictEqual(crashed, lines) || checked.faults.length >= MOST_SHOWN) continue;
          const name = `${versions[0]!.playbook.playbook}, "${test.it}", dies ${death} command ${at}, ${JSON.stringify(around)}:`;
          checked.faults.push([name, ...apart(lines, crashed)].join('\n'));
        }
      }
    }
  }
  return checked;
}

function commandsOf(input: RunInput): number {
  let commands = 0;
  const lives: Mishaps = {
    deathOf() {
      commands += 1;
      return undefined;
    },
    isWritten: () => true,
    beginsAnew: () => false,
    comesAtOnce: () => true,
  };
  linesOf({ ...input, mishaps: lives });
  return commands;
}

function diesOnce(at: number, death: 'before' | 'behind', { written, anew, atOnce }: (typeof AROUND)[number]): Mishaps {
  let commands = 0;
  return {
    deathOf: () => ((commands += 1) === at ? death : undefined),
    isWritten: () => written,
    beginsAnew: () => anew,
    comesAtOnce: () => atOnce,
  };
}
