/**
 * Journeys whose processes die, whose signals come late and in any order, and whose answers are lost, do what those do whose
 * way is straight: none of it twice, none of it missing. `npm run simulate -- --stored N` plays many.
 */
import { describe, expect, it } from 'vitest';
import type { CompiledWorkspace } from '../../language/compile.ts';
import type { PlaybookVersion } from '../../language/model.ts';
import { drawnWorkspace } from '../../simulate/crashes/compile.ts';
import { behaviourOf, drawHistory, HOUR_MS, START } from '../../simulate/crashes/histories.ts';
import { CALLED, PLAYBOOKS, WEBHOOK } from '../../simulate/crashes/playbooks.ts';
import { askingOf } from '../../simulate/crashes/virtual.ts';
import { randomOf } from '../../simulate/random.ts';
import { NAME, type Outside, openOutside } from './outside.ts';
import { type Play, play } from './play.ts';
import { differences, tracesOf } from './traces.ts';

const SEED = Number(process.env.CRASHES_SEED ?? 1);
const RUNS = Number(process.env.CRASHES ?? 12);
/** People who stand in one store, and so die together. */
const SIDE_BY_SIDE = 600;
/** Each store is played once whole, and so often with crashes. */
const TIMES = process.env.CRASHES ? 4 : 1;
/** Of a seed's playbooks many people meet one in so many. */
const SHARES = 3;
const UNTIL = START + 4 * 24 * HOUR_MS + 4_321;
const MOST_SHOWN = 5;

const namesIn = (text: string): string[] => text.match(NAME) ?? [];

async function played(asked: Play) {
  asked.outside.forget();
  await using store = await play(asked);
  const traces = await tracesOf(store.database, asked.outside, namesIn);
  return { traces, deaths: store.deaths, requests: store.requests };
}

/** The server speaks no TLS: what is compiled is the address of production. */
function withReceiver({ versions, workspace: { settings, people } }: CompiledWorkspace, { receiver }: Outside) {
  const text = JSON.stringify(versions).replaceAll(WEBHOOK, `${receiver.url}/leads`);
  const webhooks = { allow: [receiver.host] };
  return {
    versions: JSON.parse(text) as PlaybookVersion[],
    surroundings: { settings: { ...settings, webhooks }, people },
  };
}

describe('whatever dies, the same is done', () => {
  const stores = Array.from({ length: Math.ceil(RUNS / (SIDE_BY_SIDE * TIMES)) }, (_, store) => SEED + store);
  const [mine, of] = (process.env.WORLDS_SHARE ?? '0/1').split('/').map(Number);
  for (const seed of stores.filter((_, n) => n % of! === mine)) {
    const people = Math.min(SIDE_BY_SIDE, Math.ceil(RUNS / TIMES));
    it(`${people} people ${TIMES} times, playbooks ${seed}`, { timeout: 7_200_000 }, async () => {
      const begunMs = performance.now();
      await using outside = await openOutside((name, system) => behaviourOf(seed, name, system));
      const { versions, surroundings } = withReceiver(await drawnWorkspace(seed), outside);
      // Who is many for a playbook shares its requests with others: what costs is a request.
      const shares = people > PLAYBOOKS ? SHARES : 1;
      const begun = versions
        .filter(({ playbook }) => playbook.playbook !== CALLED)
        .filter((_, n) => n % shares === seed % shares);
      const calls = Array.from({ length: people }, (_, n) =>
        drawHistory(seed, n, askingOf(begun[n % begun.length]!)),
      ).flat();
      const asked = { versions, surroundings, calls, start: START, until: UNTIL, outside };
      const whole = await played(asked);
      const effects = [...whole.traces.values()].flat().filter((line) => line.startsWith('["effect"')).length;
      expect(effects).toBeGreaterThan(people);
      const faults: string[] = [];
      let deaths = 0;
      for (let time = 0; time < TIMES; time++) {
        const random = randomOf(seed * 100 + time, 'crashes');
        const death = (share: number) => () =>
          random.chance(share)
            ? { at: random.int(1, 25), when: random.pick(['before', 'behind'] as const) }
            : undefined;
        const crashed = await played({
          ...asked,
          disorder: { random, lateSignals: 0.3, twoAtOnce: 0.1, lostAnswers: 0.1 },
          deathOf: death(0.3),
          evaluatorDies: death(0.03),
        });
        deaths += crashed.deaths;
        const differing = [...differences(whole.traces, crashed.traces)];
        for (const [name, lines] of differing.slice(0, MOST_SHOWN)) {
          const own = calls.filter(({ userId }) => userId === name).map((call) => JSON.stringify(call));
          faults.push([`playbooks ${seed}, time ${time}, ${name}:`, ...own, ...lines].join('\n'));
        }
        if (differing.length > MOST_SHOWN) faults.push(`and ${differing.length - MOST_SHOWN} more people`);
      }
      const seconds = Math.round((performance.now() - begunMs) / 1_000);
      if (process.env.CRASHES)
        console.log(
          `playbooks ${seed}: ${people * TIMES} runs, ${deaths} deaths, ${effects * TIMES} effects, ${faults.length} faults, ${seconds} s`,
        );
      expect(deaths).toBeGreaterThan(5);
      expect(faults.join('\n\n')).toBe('');
    });
  }
});
