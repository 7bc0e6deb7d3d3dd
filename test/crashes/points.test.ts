/**
 * One story of each playbook that ships, on PostgreSQL: the process that carries out its commands dies at each statement in turn,
 * before it and behind it. `npm run simulate -- --points` plays all of them; a run of the tests some.
 */
import { describe, expect, it } from 'vitest';
import type { Instant } from '../../language/model.ts';
import { isoInstant } from '../../language/time/instants.ts';
import type { WireCall } from '../../simulate/crashes/histories.ts';
import { shippedStories } from '../../simulate/crashes/points.ts';
import { linesOf, type Story } from '../../simulate/crashes/stories.ts';
import { timelineOf } from '../../simulate/crashes/virtual.ts';
import type { RunLine } from '../../simulate/run/types.ts';
import { historyOf, instantOf } from '../e2e/histories.ts';
import type { Death, Mortal } from './mortal.ts';
import { type Outside, openOutside } from './outside.ts';
import { type Play, play } from './play.ts';
import { differences, tracesOf } from './traces.ts';

const IS_WHOLE = process.env.POINTS === 'all';
const SEED = Number(process.env.CRASHES_SEED ?? 1);
/** Whoever tells the same story beside each other in a store; each of them dies at a statement of its own. */
const SIDE_BY_SIDE = IS_WHOLE ? 40 : 4;
const FIRST = IS_WHOLE ? 0 : 5 * SEED;
/** What comes of a story is written by then. */
const SETTLES_MS = 3_600_000;
const MOST_NAMES = 10_000;
const MOST_SHOWN = 5;
const NAME = /\bp\d{5}p\b/g;

const namesIn = (text: string): string[] => text.match(NAME) ?? [];
const nameIn = (text: string): string => namesIn(text)[0] ?? '';
/** A word that the names of all records of one of them begin with. */
const nameOf = (n: number): string => `p${String(n).padStart(5, '0')}p`;
/** A cohort carries one of them. */
const whose = (cohort: string): string => nameIn(cohort);

const stories = await shippedStories();
const [mine, of] = (process.env.WORLDS_SHARE ?? '0/1').split('/').map(Number);
const played = IS_WHOLE ? stories.filter((_, n) => n % of! === mine) : [stories[SEED % stories.length]!];

describe('a journey whose process dies at any one statement does what it does when none dies', () => {
  for (const story of played) {
    const { playbook } = story.versions[0]!.playbook;
    it(playbook, { timeout: 3_600_000 }, async () => {
      await using outside = await openOutside(() => ({ kind: 'takes', known: true }));
      const tellers = tellersOf(story);
      const total = { points: 0, requests: 0 };
      const faults: string[] = [];
      // Whoever would die of the first statement that no request has lives: that is the end.
      for (let first = FIRST, isOver = false; !isOver; first += SIDE_BY_SIDE) {
        const some = Array.from({ length: SIDE_BY_SIDE }, () => tellers.next().value!);
        const asked = askedOf(
          story,
          some.flatMap(({ calls }) => calls),
          outside,
        );
        const whole = await traced(asked, outside);
        expect([...whole.traces.keys()].sort()).toEqual(some.map(({ name }) => name).sort());
        const dying = new Dying(new Map(some.map(({ name }, i) => [name, first + i])));
        const { deathOf, onRequest } = dying;
        const crashed = await traced({ ...asked, deathOf, onRequest }, outside);
        total.points += dying.points;
        total.requests = whole.requests / SIDE_BY_SIDE;
        for (const [name, lines] of differences(whole.traces, crashed.traces))
          faults.push([`${playbook}, ${name}, dies ${dying.deaths.get(name)?.join(', ')}:`, ...lines].join('\n'));
        isOver = !IS_WHOLE || dying.points === 0;
      }
      const { points, requests } = total;
      if (IS_WHOLE) console.log(`${playbook}: ${requests} requests, ${points} points, ${faults.length} faults`);
      expect(faults.slice(0, MOST_SHOWN).join('\n\n')).toBe('');
      expect(points).toBeGreaterThan(requests);
    });
  }
});

function askedOf({ versions, test, until, input: { people } }: Story, calls: WireCall[], outside: Outside): Play {
  const start = Math.min(...calls.map(instantOf));
  const surroundings = { settings: test.settings, people };
  return {
    versions,
    surroundings,
    calls,
    start,
    until: until + SETTLES_MS,
    outside,
    cohortOf: nameIn,
    areHistory: true,
  };
}

/** The n-th of them dies once of each of its requests: at its statement n / 2, before it or behind it. */
class Dying {
  points = 0;
  readonly deaths = new Map<string, string[]>();
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #hasDied = new Set<string>();

  constructor(numbers: ReadonlyMap<string, number>) {
    this.#numbers = numbers;
  }

  readonly deathOf = (cohort: string): Death | undefined => {
    const name = whose(cohort);
    const n = this.#numbers.get(name)!;
    // What is asked again after a death lives.
    if (this.#hasDied.delete(name)) return undefined;
    return { at: Math.floor(n / 2) + 1, when: n % 2 === 0 ? 'before' : 'behind' };
  };

  readonly onRequest = (cohort: string, { isDead, statements }: Mortal) => {
    if (!isDead) return;
    const name = whose(cohort);
    this.points += 1;
    this.#hasDied.add(name);
    this.deaths.set(name, [...(this.deaths.get(name) ?? []), `at statement ${statements}`]);
  };
}

async function traced(asked: Play, outside: Outside) {
  outside.forget();
  await using store = await play(asked);
  return { traces: await tracesOf(store.database, outside, namesIn), requests: store.requests };
}

/** The next of those for whom the story goes as in its test: no holdout and no chance has it otherwise. */
function* tellersOf(story: Story): Generator<{ name: string; calls: WireCall[] }> {
  const { input, lines, until } = story;
  const told = effectsOf(lines);
  for (let n = 0; ; n++) {
    const name = nameOf(n);
    const { records, calls, start } = historyOf([story.test], `${name}-`);
    const all = [...given(records, start), ...calls];
    const { holdout: _, arms: __, ...rest } = input;
    const events = timelineOf(all);
    const own = linesOf({ ...rest, records: [], events, claims: [], start, until: until + SETTLES_MS });
    if (effectsOf(own) === told) yield { name, calls: all };
    if (n > MOST_NAMES) throw new Error(`of ${n} nobody has what the test says:\n${told}\n${effectsOf(own)}`);
  }
}

function effectsOf(lines: readonly RunLine[]): string {
  return lines
    .flatMap((line) => (line.type === 'effect' ? `${line.step} ${line.effect} ${line.refused}` : []))
    .join('\n');
}

/** A live system learns of records by what is told of them. */
function given(records: ReturnType<typeof historyOf>['records'], start: Instant): WireCall[] {
  return records.map(({ type, id, traits }) => ({
    ...{ type: 'track', event: 'given', messageId: `given-${type}-${id}`, anonymousId: 'nobody' },
    timestamp: isoInstant(start),
    properties: { [type]: { id, ...traits } },
  }));
}
