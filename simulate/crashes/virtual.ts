/** Drawn journeys in virtual time, once whole and then with processes that die at every turn: what is done must be the same. */
import { isDeepStrictEqual } from 'node:util';
import { timelineEventOf } from '../../events/new-event.ts';
import { parseCall } from '../../events/parse-call.ts';
import type { CompiledWorkspace } from '../../language/compile.ts';
import type { Json, PlaybookVersion } from '../../language/model.ts';
import { compareEvents, type TimelineEvent } from '../../language/records/timeline.ts';
import type { Reply } from '../../steps/step.ts';
import type { Mishaps } from '../journeys/mortal-journeys.ts';
import { type Random, randomOf } from '../random.ts';
import type { RunLine } from '../run/types.ts';
import { type Asking, drawHistory, HOUR_MS, START, type WireCall } from './histories.ts';
import { CALLED } from './playbooks.ts';
import { linesOf } from './stories.ts';

export interface Checked {
  /** Runs with mishaps. */
  runs: number;
  deaths: number;
  effects: number;
  /** The first ones that differ, told. */
  faults: string[];
}

export interface Share {
  seed: number;
  /** Of each playbook, so many people. */
  people: number;
  /** Each person's journey, so often with mishaps. */
  times: number;
}

const UNTIL = START + 12 * 24 * HOUR_MS;
const MOST_SHOWN = 5;
/** Of a journey that begins anew at each: without a bound it would never come to its end. */
const MOST_DEATHS = 40;

export function askingOf({ playbook: { playbook, steps } }: PlaybookVersion): Asking {
  const paths = (kind: string) => Object.keys(steps).filter((path) => steps[path]!.kind === kind);
  return { playbook, tasks: paths('task'), approvals: paths('approve') };
}

export function checkCrashes({ versions, workspace }: CompiledWorkspace, { seed, people, times }: Share): Checked {
  const checked: Checked = { runs: 0, deaths: 0, effects: 0, faults: [] };
  const called = versions.filter(({ playbook: { playbook } }) => playbook === CALLED);
  for (const version of versions) {
    if (called.includes(version)) continue;
    for (let n = 0; n < people; n++) {
      const calls = drawHistory(seed, n, askingOf(version));
      const events = timelineOf(calls);
      const { settings, people: colleagues } = workspace;
      const replies = { [version.playbook.playbook]: repliesOf(version, randomOf(seed, `replies of ${n}`)) };
      const base = { versions: [version, ...called], settings, people: colleagues, records: [], until: UNTIL, replies };
      const whole = linesOf({ ...base, events });
      checked.effects += whole.filter(({ type }) => type === 'effect').length;
      for (let time = 0; time < times; time++) {
        const mishaps = drawnMishaps(randomOf(seed, `${version.playbook.playbook} ${n} ${time}`));
        const crashed = linesOf({ ...base, events, mishaps });
        checked.runs += 1;
        checked.deaths += mishaps.deaths;
        if (isDeepStrictEqual(crashed, whole) || checked.faults.length >= MOST_SHOWN) continue;
        const name = `playbooks ${seed}, ${version.playbook.playbook}, person ${n}, time ${time}:`;
        checked.faults.push([name, ...calls.map((call) => JSON.stringify(call)), ...apart(whole, crashed)].join('\n'));
      }
    }
  }
  return checked;
}

/** As a file of calls is read. */
export function timelineOf(calls: readonly WireCall[]): TimelineEvent[] {
  return calls
    .map((call, arrival): TimelineEvent => {
      const { event } = parseCall(call, { source: 'import', history: true });
      return timelineEventOf(event, event.stamps.timestamp!, arrival);
    })
    .sort(compareEvents);
}

/** In a third of journeys a step's answers are refusals, or say this or that. */
function repliesOf({ playbook: { steps } }: PlaybookVersion, random: Random): { [path: string]: Reply[] } {
  const asking = Object.values(steps).filter(({ kind }) => kind === 'webhook' || kind === 'do');
  const replyOf = (): Reply => {
    if (random.chance(0.2)) return { status: 'refused', reason: 'http-404', context: { answer: null } };
    return { status: 'done', context: { answer: { known: random.chance(0.5) } as Json, status: 'done' } };
  };
  return Object.fromEntries(asking.map(({ path }) => [path, [replyOf(), replyOf()]]));
}

function drawnMishaps(random: Random): Mishaps & { deaths: number } {
  // Some die often, some hardly ever: what follows a death is to be seen, too.
  const share = random.pick([0.03, 0.15, 0.4]);
  const written = random.pick([0.2, 0.6]);
  const anew = random.pick([0, 0.3]);
  const mishaps = {
    deaths: 0,
    deathOf() {
      if (mishaps.deaths >= MOST_DEATHS || !random.chance(share)) return undefined;
      mishaps.deaths += 1;
      return random.pick(['before', 'behind'] as const);
    },
    isWritten: () => random.chance(written),
    beginsAnew: () => random.chance(anew),
    comesAtOnce: () => random.chance(0.5),
  };
  return mishaps;
}

/** What one has and the other has not, line by line; what stands in both in another order, too. */
export function apart(whole: readonly RunLine[], crashed: readonly RunLine[]): string[] {
  const texts = (lines: readonly RunLine[]) => lines.map((line) => JSON.stringify(line));
  const left = texts(crashed);
  const missing = texts(whole).filter((line) => {
    const i = left.indexOf(line);
    if (i >= 0) left.splice(i, 1);
    return i < 0;
  });
  if (missing.length + left.length === 0) return ['the same in another order', ...texts(crashed)];
  return [...missing.map((line) => `- ${line}`), ...left.map((line) => `+ ${line}`)];
}
