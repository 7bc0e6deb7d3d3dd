/**
 * A story of merges that arrives in every order, one event at a time and in batches, and how it ends each time. Each way to
 * come has people of its own, so that all of them are played in one database.
 */
import type { WorkspaceFile } from '../../../language/compile.ts';
import type { Traits } from '../../../language/model.ts';
import { type Evaluation, type SentEvent, startEvaluation } from '../../support/evaluation.ts';

export interface Story {
  files: WorkspaceFile[];
  /** The clock when the playbooks are deployed, when the events arrive, and when the end is read. */
  clock: { from: string; now: string; until: string };
  /** In E4's order. */
  events: readonly SentEvent[];
  /** What is so at the end, in words that name the people. */
  read(evaluation: Evaluation): Promise<string[]>;
}

/** Every order of up to four events; of more the straight one, the reverse, and each with one event moved to an end. */
export function ordersOf<T>(events: readonly T[]): T[][] {
  if (events.length <= 4) return permutations(events);
  const moved = events.flatMap((one) => {
    const rest = events.filter((other) => other !== one);
    return [
      [one, ...rest],
      [...rest, one],
    ];
  });
  return [[...events], [...events].reverse(), ...moved];
}

function permutations<T>(all: readonly T[]): T[][] {
  if (all.length <= 1) return [[...all]];
  return all.flatMap((one) => permutations(all.filter((other) => other !== one)).map((rest) => [one, ...rest]));
}

type Batches = readonly (readonly SentEvent[])[];

/** All at once; and in each order one at a time, and in two batches. */
function waysOf(events: readonly SentEvent[]): { told: string; batches: Batches }[] {
  const ways = [{ told: 'all at once', batches: [events] as Batches }];
  for (const order of ordersOf(events)) {
    const told = order.map(({ id, name }) => id ?? name).join(', ');
    const half = Math.floor(order.length / 2);
    ways.push({ told: `one at a time: ${told}`, batches: order.map((one) => [one]) });
    ways.push({ told: `in two batches: ${told}`, batches: [order.slice(0, half), order.slice(half)] });
  }
  return ways;
}

const MARK = /~(\d+)~/g;

/** The same event of the people of one way. */
function ofWay(event: SentEvent, way: number): SentEvent {
  const mark = (id: string) => `${id}~${way}~`;
  const ids = Object.fromEntries(Object.entries(event.ids ?? {}).map(([kind, id]) => [kind, mark(id)]));
  const named = (traits: Traits): Traits =>
    typeof traits.contactId === 'string' ? { ...traits, contactId: mark(traits.contactId) } : traits;
  const { previousId } = event.properties ?? {};
  return {
    ...event,
    ids,
    ...(event.id !== undefined && { id: mark(event.id) }),
    ...(typeof previousId === 'string' && { properties: { ...event.properties, previousId: mark(previousId) } }),
    ...(event.patches && {
      patches: event.patches.map((patch) => ({ ...patch, id: mark(patch.id), traits: named(patch.traits) })),
    }),
  };
}

/** The end of each way to come. */
export async function endsOf({ files, clock, events, read }: Story): Promise<{ [came: string]: string[] }> {
  const evaluation = await startEvaluation(clock.from, files);
  try {
    await evaluation.step(clock.now);
    const ways = waysOf(events);
    for (let turn = 0; ways.some(({ batches }) => turn < batches.length); turn++) {
      await evaluation.send(
        ...ways.flatMap(({ batches }, way) => (batches[turn] ?? []).map((event) => ofWay(event, way))),
      );
      await evaluation.evaluator.idle();
    }
    await evaluation.step(clock.until);
    const ends = ways.map((): string[] => []);
    for (const line of await read(evaluation)) {
      const way = Number([...line.matchAll(MARK)][0]?.[1]);
      ends[way]!.push(line.replaceAll(MARK, ''));
    }
    return Object.fromEntries(ways.map(({ told }, way) => [told, ends[way]!]));
  } finally {
    await evaluation.close();
  }
}

/** The ways that end otherwise than wanted: none where the order of arrival counts for nothing. */
export async function othersThan(story: Story, wanted: readonly string[]): Promise<{ [came: string]: string[] }> {
  const ends = Object.entries(await endsOf(story));
  return Object.fromEntries(ends.filter(([, end]) => JSON.stringify(end) !== JSON.stringify(wanted)));
}
