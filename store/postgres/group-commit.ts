/**
 * Group commit: items that come while a commit is under way go together into the next. Under load a transaction then
 * carries many; alone, an item does not wait for others.
 */

export interface GroupCommitOptions<T extends object, R> {
  /** Removes the next group from the front of those that wait: at least one item. */
  take(waiting: T[]): T[];
  /** Commits a group; returns its results in the group's order. Never runs twice at a time. */
  commit(group: readonly T[]): Promise<readonly R[]>;
  /** True for an error that one item of the group may have caused: then each is committed alone. */
  isOneItems(error: unknown): boolean;
  /** After any other error those that wait fail too, rather than one time-out after another. Default: they are tried. */
  failsWaiting?: boolean;
}

export interface GroupCommit<T extends object, R> {
  /** Resolves after the commit; rejects with what `commit` threw. */
  add(item: T): Promise<R>;
  /** How many wait for the next commit. */
  readonly waiting: number;
  /** Resolves when what was added has been committed, or has failed. */
  idle(): Promise<void>;
}

interface Caller<R> {
  resolve(result: R): void;
  reject(error: unknown): void;
}

export function groupCommit<T extends object, R>(options: GroupCommitOptions<T, R>): GroupCommit<T, R> {
  const { take, commit, isOneItems, failsWaiting = false } = options;
  const waiting: T[] = [];
  const callers = new Map<T, Caller<R>>();
  let running: Promise<void> | undefined;

  const callerOf = (item: T): Caller<R> => {
    const caller = callers.get(item)!;
    callers.delete(item);
    return caller;
  };
  const run = async (group: readonly T[]): Promise<void> => {
    try {
      const results = await commit(group);
      for (const [i, item] of group.entries()) callerOf(item).resolve(results[i]!);
    } catch (error) {
      const isItems = isOneItems(error);
      if (isItems && group.length > 1) {
        for (const item of group) await run([item]);
        return;
      }
      for (const item of group) callerOf(item).reject(error);
      while (failsWaiting && !isItems && waiting.length > 0) {
        for (const item of take(waiting)) callerOf(item).reject(error);
      }
    }
  };
  const runAll = async () => {
    // Items of the same turn of the event loop go together.
    await new Promise(setImmediate);
    while (waiting.length > 0) await run(take(waiting));
    running = undefined;
  };
  return {
    add(item) {
      return new Promise((resolve, reject) => {
        callers.set(item, { resolve, reject });
        waiting.push(item);
        running ??= runAll();
      });
    },
    get waiting() {
      return waiting.length;
    },
    async idle() {
      await running;
    },
  };
}
