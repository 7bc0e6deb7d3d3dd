/** One story: the product takes a stream of events, is killed while they flow, starts again, and comes to rest. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomOf } from '../random.ts';
import { faultsOf } from './check.ts';
import { expectedOf } from './expect.ts';
import { Observer, type Unsettled } from './observe.ts';
import { PLAYBOOKS } from './playbooks.ts';
import { type KillKind, type Product, type ProductOptions, startProduct } from './product.ts';
import { Sender } from './sender.ts';
import { startSink } from './sink.ts';
import { planTraffic } from './traffic.ts';

export interface ScenarioOptions {
  seed: number;
  kills: number;
  /** The compiled `cli/main.js`. */
  main: string;
  /** News, a line each. */
  say: (line: string) => void;
  /** Leaves the folder where it is, to be looked into. */
  keep?: boolean;
}

export interface ScenarioResult {
  /** None when all held. */
  faults: string[];
  kills: { kind: KillKind; afterMs: number; inHandover: number }[];
  acknowledged: number;
  enrolments: number;
  mails: number;
  unknown: number;
  /** Mails that came once more, under the same id. */
  again: number;
  /** What the product said last. */
  said: readonly string[];
}

const WARP = 60;
const SHOPPERS = 60;
const SPREAD_MS = 8_000;
/** A slow mail server: at any moment of the stream some mails have come whole and are not answered. */
const ANSWER_MS = 400;
const WRITE_KEY = 'simulated-shop-write-key';
/** A kill between handover and answer is waited out by a lease and by Temporal's heartbeat. */
const SETTLED_WITHIN_MS = 120_000;
const LOOK_MS = 250;

/** @throws Error when the product cannot be started, or does not come to rest. */
export async function runScenario({ seed, kills, main, say, keep = false }: ScenarioOptions): Promise<ScenarioResult> {
  const folder = await makeFolder();
  const sink = await startSink({ answerMs: ANSWER_MS });
  const options: ProductOptions = {
    main,
    dataDir: join(folder, 'data'),
    playbooks: join(folder, 'playbooks'),
    smtpUrl: sink.url,
    writeKey: WRITE_KEY,
    warp: WARP,
  };
  let product = await startProduct(options);
  try {
    // Apart: how much is sent before a kill hangs on the machine, and must not move the next one.
    const [random, client] = [randomOf(seed, 'kills'), randomOf(seed, 'client')];
    const calls = planTraffic({ seed, shoppers: SHOPPERS, spreadMs: SPREAD_MS, warp: WARP });
    const sender = new Sender({ baseUrl: () => product.baseUrl, writeKey: WRITE_KEY, calls, random: client });
    const made: ScenarioResult['kills'] = [];
    const found = new Set<string>();
    for (let n = 0; n < kills; n++) {
      // Within the time in which events flow, wherever in it.
      const afterMs = 500 + random.next() * (SPREAD_MS / kills);
      const kind = random.pick(['process', 'everything'] as const);
      await sender.play(afterMs);
      await product.freeze();
      const claimed = await new Observer(product.databaseUrl).claimed();
      const inHandover = claimed.filter((place) => !found.has(place)).length;
      for (const place of claimed) found.add(place);
      await product.kill(kind);
      made.push({ kind, afterMs, inHandover });
      say(`kill -9 (${kind}) with ${inHandover} effects in handover; starting again`);
      await sender.settle();
      product = await startProduct(options);
    }
    await sender.play(Number.POSITIVE_INFINITY);
    await sender.finish();
    say(`${sender.acknowledged.size} events acknowledged; waiting until all has come to rest`);
    const observed = await settled(product);
    const expected = expectedOf(PLAYBOOKS, observed.events);
    const { acknowledged } = sender;
    return {
      faults: faultsOf({ acknowledged, observed, expected, mails: sink.mails, inHandover: found, kills }),
      kills: made,
      acknowledged: acknowledged.size,
      enrolments: expected.size,
      mails: sink.mails.size,
      unknown: observed.messages.filter(({ status }) => status === 'unknown').length,
      again: [...sink.mails.values()].reduce((sum, times) => sum + times - 1, 0),
      said: product.said,
    };
  } finally {
    await product.stop();
    await sink.close();
    if (keep) say(`everything is left in ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  }
}

async function settled(product: Product) {
  const observer = new Observer(product.databaseUrl);
  const giveUpAt = performance.now() + SETTLED_WITHIN_MS;
  for (;;) {
    const rest: Unsettled = await observer.unsettled();
    if (Object.values(rest).every((count) => count === 0)) return observer.observe();
    if (performance.now() > giveUpAt) {
      const lines = product.said.join('\n');
      throw new Error(`Not at rest after ${SETTLED_WITHIN_MS} ms: ${JSON.stringify(rest)}. Its last lines:\n${lines}`);
    }
    await sleep(LOOK_MS);
  }
}

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cuebook-crash-'));
  // PostgreSQL may run as another user, and walks through it.
  await chmod(folder, 0o755);
  for (const { path, text } of PLAYBOOKS) {
    const file = join(folder, 'playbooks', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return folder;
}
