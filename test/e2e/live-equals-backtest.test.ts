/**
 * E5, V4: events that come in any order, none later than is let in, end in the firings that a backtest of the stored events
 * gives; but for what E5 names: what was taken back is marked, and what moved stands for what it moved to.
 */
import { describe, expect, it } from 'vitest';
import { registry } from '../../evaluation/registry.ts';
import { parseCall } from '../../events/parse-call.ts';
import { loadFolder } from '../../language/compile/files/load-folder.ts';
import { compileWorkspace, type WorkspaceFile } from '../../language/compile.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { startEvaluation } from '../support/evaluation.ts';
import { EVERY_CONDITION, everyHistory, type Sent } from './every-condition.ts';
import { historyOf } from './histories.ts';
import { withoutPredictions } from './played.ts';
import { playedLive } from './played-live.ts';
import { backtested, compared, livedFirings, playInto, shuffled } from './shuffled.ts';

const HOUR = 3_600_000;
const files = (await loadFolder('playbooks')).files.map(withoutPredictions);
const surroundings = files.filter((file) => file.path.includes('/') || file.path === 'settings.yaml');
/** Others by `SEEDS=7,8`; one that fails stands in the name of its test. */
const SEEDS = (process.env.SEEDS ?? '1,2,3').split(',').map(Number);

/** Plays it, and says what differs. */
async function difference(seed: number, own: WorkspaceFile[], history: readonly Sent[]) {
  const sent = shuffled(history, seed, 71 * HOUR, 0.4);
  const last = Math.max(...sent.map((one) => one.sentAt), ...sent.map((one) => one.at));
  // No deadline falls on it.
  const end = last + 30 * HOUR + 4_321;
  const evaluation = await startEvaluation(isoInstant(history[0]!.at - 1), own);
  try {
    await playInto(evaluation, sent, seed, end);
    const live = await livedFirings(evaluation);
    const tested = await backtested(evaluation, [...surroundings, ...own], end);
    return { ...compared(live, tested), playbooks: new Set(tested.map(({ who }) => who.split(' ')[0]!)) };
  } finally {
    await evaluation.close();
  }
}

/** Its trigger alone is asked: what steps write is theirs, and comes when they come to it (E9). */
function withoutSteps({ path, text }: WorkspaceFile): WorkspaceFile {
  const left = text.split(/^(?=\w+:)/m).filter((part) => !/^(steps|tests|on_goal|on_exit):/.test(part));
  return { path, text: `${left.join('')}steps: [{ record: done }]\n` };
}

/** What some of each playbook's own tests tell, as one history. */
function shippedHistory(): Sent[] {
  const { tests } = compileWorkspace(files, registry);
  const { records, calls, start } = historyOf([...tests.values()].flatMap(playedLive));
  const given = records.map(({ type, id, traits }, n): Sent => {
    const event = { id: `given-${n}`, name: 'given', ids: { [`${type}Id`]: id }, patches: [{ type, id, traits }] };
    return { event, at: start, sentAt: start };
  });
  const told = calls.map((call): Sent => {
    const { messageId, stamps, ...event } = parseCall(call, { source: 'test', history: true }).event;
    const at = stamps.timestamp!;
    return { event: { ...event, id: messageId }, at, sentAt: at };
  });
  return [...given, ...told];
}

describe('shuffled events fire what a backtest of them fires', () => {
  const fired = new Set<string>();

  for (const seed of SEEDS) {
    it(`every condition, seed ${seed}`, { timeout: 120_000 }, async () => {
      const start = Date.parse('2026-03-02T06:00:00Z');
      const { more, missing, playbooks } = await difference(seed, EVERY_CONDITION, everyHistory(seed, start));
      expect({ more, missing }).toEqual({ more: [], missing: [] });
      for (const playbook of playbooks) fired.add(playbook);
    });
  }

  it('and no condition was left out', () => {
    const all = EVERY_CONDITION.filter((file) => !file.path.includes('/')).map((file) =>
      file.path.replace('.yaml', ''),
    );
    expect([...fired].sort()).toEqual(all.sort());
  });

  it(`the playbooks that ship, seed ${SEEDS[0]}`, { timeout: 120_000 }, async () => {
    // For whom a schedule fires is what is known when it is walked: an event that comes late takes nothing of it back.
    const isShipped = ({ path, text }: WorkspaceFile) =>
      !path.includes('/') && path !== 'settings.yaml' && !/^trigger: \{ schedule:/m.test(text);
    const shipped = files.filter(isShipped).map(withoutSteps);
    const { more, missing, playbooks } = await difference(SEEDS[0]!, shipped, shippedHistory());
    expect({ more, missing }).toEqual({ more: [], missing: [] });
    expect([...playbooks].sort()).toEqual(shipped.map((file) => file.path.replace('.yaml', '')).sort());
  });
});
