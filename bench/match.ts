/** Matching alone: from an event's JSON text to the playbooks that it concerns, with ten of them and with ten thousand. */
import { Engine } from 'json-rules-engine';
import { registry } from '../evaluation/registry.ts';
import { compileWorkspace } from '../language/compile.ts';
import type { Json, People, SubjectRef } from '../language/model.ts';
import type { TimelineEvent } from '../language/records/timeline.ts';
import type { World } from '../language/records/world.ts';
import { randomOf } from '../simulate/random.ts';
import { applyEvent } from '../triggers/engine/engine.ts';
import { emptyState, type SubjectState } from '../triggers/engine/state.ts';
import { buildProgram } from '../triggers/index/program.ts';
import { type Bench, type BenchContext, rounds, roundsAt, sized } from './lib/bench.ts';
import { type Figure, median, rate } from './lib/figures.ts';
import { contacts, lines, playbooks, rules } from './lib/match-rules.ts';

const SIZES = [10, 100, 1_000, 10_000];
const ROUNDS = 5;
/** Different events of a run; they come again and again until its time is over. */
const EVENTS = 2_000;
const RUN_MS = 1_000;
/** Looked at by both, to see that they find the same. */
const COMPARED = 20;
const NOBODY: People = { persons: [], teams: [], channels: {} };

interface Line {
  messageId: string;
  event: string;
  userId: string;
  timestamp: string;
  properties: { [name: string]: Json };
}

/** Events a second, of each size. */
interface Round {
  ours: number[];
  theirs: number[];
}

/** Answers how many playbooks an event concerns. */
type Matcher = (text: string) => number | Promise<number>;

interface Measured {
  playbooks: number;
  cuebook: Matcher;
  rulesEngine: Matcher;
}

export const match: Bench = {
  needs: { temporal: false },
  async run(context) {
    const texts = lines(randomOf(1, 'match'), EVENTS);
    const counts = new Set(SIZES.map((size) => sized(size, context.scale, SIZES[0])));
    const sizes = [...counts].map((size) => {
      context.say(`match: ${size} playbooks`);
      return { playbooks: size, cuebook: cuebookOf(size), rulesEngine: rulesEngineOf(size) };
    });
    for (const size of sizes) await findTheSame(size, texts.slice(0, COMPARED));
    return measure(context, sizes, texts);
  },
};

async function measure({ scale, say }: BenchContext, sizes: Measured[], texts: string[]): Promise<Figure[]> {
  const runMs = sized(RUN_MS, scale, 20);
  // The first to run would else pay for what the machine learns of the code.
  for (const { cuebook } of sizes) await run(texts, runMs, cuebook);
  // In turns, so that whatever else the machine does befalls all alike; each engine in a row, as it leaves its litter behind.
  const measured = await rounds(roundsAt(ROUNDS, scale), async (n) => {
    say(`match: round ${n}`);
    const parsed = await perSecond(texts, runMs, (text) => Number(JSON.parse(text) !== undefined));
    const ours = await inOrder(sizes, ({ cuebook }) => perSecond(texts, runMs, cuebook));
    const theirs = await inOrder(sizes, ({ rulesEngine }) => perSecond(texts, runMs, rulesEngine));
    return { parsed, ours, theirs };
  });
  const parse = { name: 'JSON.parse alone', value: median(measured.map(({ parsed }) => parsed)) };
  return [
    ...sizes.flatMap(({ playbooks: count }, i) => [
      rate(`${count} playbooks`, 'events/s', column(measured, i, 'ours'), parse),
      rate(`${count} playbooks, json-rules-engine`, 'events/s', column(measured, i, 'theirs')),
    ]),
    rate(
      `${sizes.at(-1)!.playbooks} playbooks against ${sizes[0]!.playbooks}`,
      'times',
      measured.map(({ ours }) => ours.at(-1)! / ours[0]!),
    ),
  ];
}

function column(measured: readonly Round[], size: number, of: 'ours' | 'theirs'): number[] {
  return measured.map((round) => round[of][size]!);
}

async function inOrder(sizes: readonly Measured[], work: (size: Measured) => Promise<number>): Promise<number[]> {
  const found: number[] = [];
  for (const size of sizes) found.push(await work(size));
  return found;
}

/** Looks at events until the time is over, a warm-up first; the slowest looks at a few only. */
async function perSecond(texts: readonly string[], runMs: number, matcher: Matcher): Promise<number> {
  await run(texts, runMs / 5, matcher);
  return run(texts, runMs, matcher);
}

/** So many a second of the process's own time: what else the machine does beside it takes nothing from the figure. */
async function run(texts: readonly string[], runMs: number, matcher: Matcher): Promise<number> {
  const startMs = performance.now();
  const before = process.cpuUsage();
  for (let done = 1; ; done += 1) {
    const concerned = matcher(texts[done % texts.length]!);
    if (typeof concerned !== 'number') await concerned;
    if (performance.now() - startMs < runMs) continue;
    const { user, system } = process.cpuUsage(before);
    return (done / (user + system)) * 1_000_000;
  }
}

/** @throws Error where the two do not find the same: their figures would say nothing of each other */
async function findTheSame({ playbooks: count, cuebook, rulesEngine }: Measured, texts: string[]): Promise<void> {
  for (const text of texts) {
    const [ours, theirs] = [await cuebook(text), await rulesEngine(text)];
    if (ours === theirs) continue;
    throw new Error(`of ${count} playbooks ${ours} match, of the same rules ${theirs}: ${text}`);
  }
}

function cuebookOf(count: number): Matcher {
  const { versions, workspace, diagnostics } = compileWorkspace(playbooks(count), registry);
  const wrong = diagnostics.find(({ severity }) => severity === 'error');
  if (wrong) throw new Error(`${wrong.file}: ${wrong.message}`);
  const program = buildProgram(versions, workspace.settings);
  const world = worldOf();
  const states = new Map<string, SubjectState>();
  let arrival = 0;
  return (text) => {
    arrival += 1;
    const event = eventOf(JSON.parse(text) as Line, arrival);
    const [subject] = event.subjects as [SubjectRef];
    let state = states.get(subject.id);
    if (!state) states.set(subject.id, (state = emptyState(subject)));
    return applyEvent(program, state, event, world).firings.length;
  };
}

function eventOf({ messageId, event: name, properties, timestamp, userId }: Line, arrival: number): TimelineEvent {
  const at = Date.parse(timestamp);
  return {
    ...{ arrival, messageId, name, at, receivedAt: at, properties },
    subjects: [{ type: 'contact', id: userId }],
    patches: [],
  };
}

function worldOf(): World {
  const traits = contacts();
  return {
    traits: (type, id) => (type === 'contact' ? traits.get(id) : undefined),
    computed: () => undefined,
    isComputed: () => false,
    people: NOBODY,
  };
}

function rulesEngineOf(count: number): Matcher {
  const engine = new Engine(rules(count));
  const traits = contacts();
  return async (text) => {
    const line = JSON.parse(text) as Line;
    const country = traits.get(line.userId)?.country;
    const { events } = await engine.run({ ...line.properties, name: line.event, country });
    return events.length;
  };
}
