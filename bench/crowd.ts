/** Whether an event costs the same with five thousand playbooks and a million contacts as with ten and a few. */
import { runEvaluator } from '../evaluator/evaluator.ts';
import { openRounds } from '../evaluator/rounds.ts';
import { appendEvents } from '../store/events/events.ts';
import type { Database } from '../store/postgres/database.ts';
import { openWatermark } from '../store/postgres/watermark.ts';
import { type Bench, type BenchContext, rounds, roundsAt, sized } from './lib/bench.ts';
import { deployFiles } from './lib/deploy.ts';
import { type Figure, median, percentile, round } from './lib/figures.ts';
import { manyPlaybooks } from './lib/many-playbooks.ts';
import { newEvents } from './lib/parsed.ts';
import { withDatabase } from './lib/parts.ts';
import { seedContacts, settleTables } from './lib/seed.ts';
import type { Call } from './lib/traffic.ts';

interface Size {
  playbooks: number;
  contacts: number;
}

const SIZES: Size[] = [
  { playbooks: 10, contacts: 1_000 },
  { playbooks: 1_000, contacts: 1_000 },
  { playbooks: 5_000, contacts: 1_000_000 },
];
const ROUNDS = 5;
/** Singly, one after the other, in each round of each size. */
const EVENTS = 300;
/** Of a round, before anything counts. */
const WARM_UP = 50;
/** Contacts that events are about: as many in each size. */
const ACTIVE = 1_000;

export const crowd: Bench = {
  needs: { temporal: false },
  run: (context) => withStores(context, SIZES, []),
};

interface Store {
  size: Size;
  database: Database;
  /** One event, taken in and then consumed. */
  step(label: string, n: number): Promise<{ ingestMs: number; evaluateMs: number }>;
}

/** Opens a store of each size, one inside the other, and measures once all are there. */
function withStores(context: BenchContext, sizes: readonly Size[], open: Store[]): Promise<Figure[]> {
  const [size, ...rest] = sizes;
  if (size === undefined) return measure(context, open);
  return withDatabase(context.parts, `bench_crowd_${size.playbooks}`, async (database) => {
    const full = {
      playbooks: sized(size.playbooks, context.scale, 10),
      contacts: sized(size.contacts, context.scale, 100),
    };
    context.say(`crowd: ${full.playbooks} playbooks and ${full.contacts} contacts`);
    await deployFiles(database, manyPlaybooks(full.playbooks));
    // As after any deployment: what it rebuilds must be done before events are measured.
    const evaluator = runEvaluator({ database, log: context.log });
    await evaluator.idle();
    await evaluator.stop();
    await seedContacts(database, 'p', full.contacts);
    await settleTables(database);
    return withStores(context, rest, [...open, { size: full, database, step: stepping(context, database, full) }]);
  });
}

function stepping({ log }: BenchContext, database: Database, { contacts }: Size): Store['step'] {
  const rounds = openRounds(database, openWatermark(database), log);
  return async (label, n) => {
    const [event] = newEvents([seen(label, n, Math.min(contacts, ACTIVE))]);
    const beganMs = performance.now();
    await appendEvents(database, [event!]);
    const takenMs = performance.now();
    const result = await rounds.together();
    if (result.events !== 1) throw new Error(`One event was appended, and ${result.events} were consumed.`);
    return { ingestMs: takenMs - beganMs, evaluateMs: performance.now() - takenMs };
  };
}

function seen(label: string, n: number, contacts: number): Call {
  return {
    type: 'track',
    messageId: `${label}-${n}`,
    userId: `p${1 + ((n * 7919) % contacts)}`,
    event: 'shop.seen',
    properties: { category: `c${n % 2}`, price: n % 50 },
  };
}

async function measure({ scale, say }: BenchContext, stores: readonly Store[]): Promise<Figure[]> {
  const measured = await rounds(roundsAt(ROUNDS, scale), async (r) => {
    say(`crowd: round ${r}`);
    const medians = [];
    for (const { step } of stores) {
      for (let n = 0; n < sized(WARM_UP, scale); n += 1) await step(`warm-${r}`, n);
      const times = [];
      for (let n = 0; n < sized(EVENTS, scale); n += 1) times.push(await step(`event-${r}`, n));
      medians.push({
        ingest: percentile(
          times.map((time) => time.ingestMs),
          0.5,
        ),
        evaluate: percentile(
          times.map((time) => time.evaluateMs),
          0.5,
        ),
      });
    }
    return medians;
  });
  return stores.flatMap(({ size }, i) =>
    (['ingest', 'evaluate'] as const).map((what): Figure => {
      const ofRounds = measured.map((medians) => medians[i]![what]);
      const base = median(measured.map((medians) => medians[0]![what]));
      return {
        name: `${what} one event, p50, ${size.playbooks} playbooks, ${size.contacts} contacts`,
        unit: 'ms',
        value: round(median(ofRounds)),
        rounds: ofRounds.map(round),
        ...(i > 0 && {
          bound: {
            name: `with ${stores[0]!.size.playbooks} playbooks and ${stores[0]!.size.contacts} contacts`,
            value: round(base),
          },
        }),
      };
    }),
  );
}
