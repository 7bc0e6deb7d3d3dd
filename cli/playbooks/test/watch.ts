/** `test --watch`: whenever a file changes, the tests that it may have changed are run again. */
import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { Failure } from '../../failure.ts';
import { note, paint } from '../../output.ts';
import type { Target } from '../target.ts';

/** Editors write a file in several steps. */
const SETTLES_MS = 100;
const IS_READ = /\.(ya?ml|mjml|html|txt)$/;

/**
 * Runs once, and again after each change, until it is aborted; without a signal until Ctrl-C ends the process, which no
 * handler delays.
 */
export async function watching(
  targets: readonly Target[],
  runAll: (targets: readonly Target[]) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const changed = new Map<Target, Set<string>>();
  let wake: () => void = () => {};
  const watchers = targets.map((target) =>
    watch(target.folder, { recursive: true }, (_event, name) => {
      if (name === null || !IS_READ.test(name) || basename(name).startsWith('.')) return;
      changed.set(target, (changed.get(target) ?? new Set()).add(name.replaceAll('\\', '/')));
      wake();
    }),
  );
  signal?.addEventListener('abort', () => wake());
  try {
    let next: readonly Target[] = targets;
    while (!signal?.aborted) {
      await runAll(next).catch(told);
      note(paint('dim', 'Waiting for changes; Ctrl-C ends.'));
      if (changed.size === 0 && !signal?.aborted) await new Promise<void>((resolve) => (wake = resolve));
      if (signal?.aborted) return;
      await new Promise((resolve) => setTimeout(resolve, SETTLES_MS));
      next = [...changed].map(([target, names]) => narrowed(target, names));
      changed.clear();
    }
  } finally {
    for (const watcher of watchers) watcher.close();
  }
}

/** A playbook concerns itself alone; whatever else a folder holds may concern every playbook in it. */
function narrowed(target: Target, names: ReadonlySet<string>): Target {
  const playbooks = [...names].filter((name) => dirname(name) === '.' && !/^settings\./.test(name));
  const areAsked = target.only === undefined || playbooks.every((name) => target.only!.includes(name));
  return playbooks.length === names.size && areAsked ? { ...target, only: playbooks } : target;
}

/** A folder without a playbook, say, may have one again after the next change. */
function told(error: unknown): void {
  if (!(error instanceof Failure)) throw error;
  note(`${error.code}: ${error.message}\n${error.hint}`);
}
