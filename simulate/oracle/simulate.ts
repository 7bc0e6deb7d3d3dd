/** Many histories of every rule against its oracle, on every core. */
import type { Checked } from './check.ts';
import { rules } from './rules.ts';
import { onEveryCore, Thread } from './threads.ts';
import type { Task } from './worker.ts';

const HISTORIES_PER_CASE = 50;
/** Shares of a rule's cases that are handed out one by one, so that no core waits for another for long. */
const SHARES = 4;
/** A share of a hundred thousand histories takes a minute or two. */
const MAX_MS = 3_600_000;

export interface Said {
  rule: string;
  checked: Checked;
  seconds: number;
}

/**
 * @param histories of all rules together; each rule has an equal part, in cases of fifty
 * @param onPlayed called with the number of histories that were played since
 * @throws when a thread could not do its work
 */
export async function simulateHistories(
  { histories, seed }: { histories: number; seed: number },
  onPlayed: (histories: number) => void,
): Promise<Said[]> {
  const cases = Math.max(1, Math.ceil(histories / rules.length / HISTORIES_PER_CASE));
  const stride = Math.min(SHARES, cases);
  const tasks = rules.flatMap(({ name }) =>
    Array.from({ length: stride }, (_, first): Task => {
      return { rule: name, seed, cases, first, stride, historiesPerCase: HISTORIES_PER_CASE };
    }),
  );
  const said = new Map<string, Said>();
  const threads: Thread[] = [];
  try {
    await onEveryCore(tasks, async (task, core) => {
      const thread = (threads[core] ??= new Thread(new URL('./worker.js', import.meta.url)));
      const begunMs = performance.now();
      const played = await thread.play(task, MAX_MS, onPlayed);
      if ('failed' in played) throw new Error(`${task.rule}, seed ${seed}: ${played.failed}`);
      add(said, task.rule, played, (performance.now() - begunMs) / 1_000);
    });
  } finally {
    await Promise.all(threads.map((thread) => thread.end()));
  }
  return rules.map(({ name }) => said.get(name)!);
}

function add(said: Map<string, Said>, rule: string, checked: Checked, seconds: number): void {
  const known = said.get(rule);
  if (!known) {
    said.set(rule, { rule, checked, seconds });
    return;
  }
  const { histories, firings, late, difference = checked.difference } = known.checked;
  known.checked = {
    histories: histories + checked.histories,
    firings: firings + checked.firings,
    late: late + checked.late,
    ...(difference && { difference }),
  };
  known.seconds += seconds;
}
