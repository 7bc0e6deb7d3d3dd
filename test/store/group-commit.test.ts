import { describe, expect, it } from 'vitest';
import { groupCommit } from '../../store/postgres/group-commit.ts';

interface Item {
  n: number;
}

class Unavailable extends Error {}

/** Commits of at most three items; `fails` says with what a group fails. */
function start(fails: (group: readonly number[]) => Error | undefined = () => undefined, failsWaiting = false) {
  const groups: number[][] = [];
  const commits = groupCommit<Item, string>({
    take: (waiting) => waiting.splice(0, 3),
    async commit(group) {
      const numbers = group.map(({ n }) => n);
      groups.push(numbers);
      await new Promise(setImmediate);
      const error = fails(numbers);
      if (error) throw error;
      return numbers.map((n) => `committed ${n}`);
    },
    isOneItems: (error) => !(error instanceof Unavailable),
    failsWaiting,
  });
  return { groups, commits, add: (...numbers: number[]) => numbers.map((n) => commits.add({ n })) };
}

const outcomes = async (added: Promise<string>[]) =>
  (await Promise.allSettled(added)).map((one) => (one.status === 'fulfilled' ? one.value : one.reason.message));

describe('group commit', () => {
  it('commits what comes together, and what comes meanwhile in the next group, each with its own result', async () => {
    const { groups, add } = start();
    expect(await outcomes(add(1, 2, 3, 4, 5))).toEqual([1, 2, 3, 4, 5].map((n) => `committed ${n}`));
    expect(groups).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
  });

  it('fails the one item that cannot be committed, and commits the others alone', async () => {
    const { groups, add } = start((group) => (group.includes(2) ? new Error('2 is bad') : undefined));
    expect(await outcomes(add(1, 2, 3, 4))).toEqual(['committed 1', '2 is bad', 'committed 3', 'committed 4']);
    expect(groups).toEqual([[1, 2, 3], [1], [2], [3], [4]]);
  });

  it('fails the whole group when no item is to blame, and tries those that wait', async () => {
    const { groups, add } = start((group) => (group.includes(2) ? new Unavailable('away') : undefined));
    expect(await outcomes(add(1, 2, 3, 4))).toEqual(['away', 'away', 'away', 'committed 4']);
    expect(groups).toEqual([[1, 2, 3], [4]]);
  });

  it('or fails those that wait as well, where that is asked for', async () => {
    const { groups, add } = start(() => new Unavailable('away'), true);
    expect(await outcomes(add(1, 2, 3, 4, 5, 6, 7))).toEqual(Array(7).fill('away'));
    expect(groups).toEqual([[1, 2, 3]]);
  });

  it('is idle when everything has been committed or has failed, and then commits again', async () => {
    const { commits, add } = start();
    await commits.idle();
    const first = add(1, 2, 3, 4);
    expect(commits.waiting).toBe(4);
    await commits.idle();
    expect(commits.waiting).toBe(0);
    expect(await outcomes([...first, ...add(5)])).toHaveLength(5);
  });
});
