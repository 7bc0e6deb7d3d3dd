/** Several processors give what one gives (V4). Threads need the compiled program: this runs it as people do. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomOf } from '../../simulate/random.ts';
import { jsonLines } from '../cli/run-command.ts';
import { compiledCli } from '../support/compiled-cli.ts';
import { type Call, call, fileOf, playbooks, timeless } from './support.ts';

let cli: string;
beforeAll(async () => {
  cli = await compiledCli();
}, 120_000);

const CARE = `trigger: { event: mail.opened, at_least: 2, within: 2d }
again: after 1d
steps:
  - update: { contact.points: 1 }
  - wait_for: order.completed
    within: 1d
    then: [{ record: bought }]
    else: [{ record: waited }]
`;
const ACCOUNT = `subject: account
trigger: { inactive: order.completed, for: 2d }
again: always
steps:
  - record: quiet
    value: account.seats
`;

/** Contacts of a few accounts, as visitors too, in no order. */
function history(events: number): Call[] {
  const random = randomOf(7, 'history');
  return Array.from({ length: events }, (_, n) => {
    const user = random.int(0, 39);
    const at = random.int(0, 400);
    const member = { userId: `u${user}`, messageId: `m${n}` };
    if (random.chance(0.2)) {
      const groupId = `a${user % 8}`;
      return { ...call(at, 'x', '', { type: 'group', groupId, traits: { seats: at } }), ...member, event: undefined };
    }
    if (random.chance(0.05)) {
      const anonymousId = `v${random.int(0, 19)}`;
      return { ...call(at, 'x', '', { type: 'identify', traits: {} }), ...member, anonymousId, event: undefined };
    }
    const name = random.pick(['mail.opened', 'mail.opened', 'order.completed']);
    if (random.chance(0.2)) {
      return call(at, name, '', { ...member, userId: undefined, anonymousId: `v${random.int(0, 19)}` });
    }
    return call(at, name, '', { ...member, ...(random.chance(0.5) && { accountId: `a${user % 8}` }) });
  });
}

describe('however many processors', () => {
  it('the lines are the same, and in the same order', async () => {
    const folder = await playbooks({ care: CARE, account: ACCOUNT });
    const file = await fileOf(history(1_500));
    const given = await Promise.all(
      [1, 2, 3].map(async (processors) => {
        const args = ['backtest', folder, '--events', file, '--json', '--processors', String(processors)];
        const run = promisify(execFile)(process.execPath, [join(cli, 'cli/main.js'), ...args], {
          maxBuffer: 2 ** 27,
        });
        return jsonLines((await run).stdout).map(timeless);
      }),
    );
    const [one, two, three] = given;
    expect(one!.length).toBeGreaterThan(500);
    expect(new Set(one!.map(({ playbook }) => playbook))).toEqual(new Set(['care', 'account', undefined]));
    expect(two).toEqual(one);
    expect(three).toEqual(one);
  }, 120_000);

  it('told to stop, it leaves nothing on disk', async () => {
    const folder = await playbooks({ care: CARE });
    const args = ['backtest', folder, '--events', '-', '--json'];
    const child: ChildProcess = spawn(process.execPath, [join(cli, 'cli/main.js'), ...args], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const own = async () =>
      (await readdir(tmpdir())).filter((name) => name.startsWith(`cuebook-backtest-${child.pid}-`));
    await expect.poll(own, { timeout: 30_000 }).toHaveLength(1);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
    await expect.poll(own, { timeout: 10_000 }).toEqual([]);
  }, 60_000);

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    '%s ends it within a second, however busy it is',
    async (signal) => {
      // A few events, so that they are run in the command's own thread; what they open goes on for a while.
      const busy = `trigger: { event: seen }
steps:
  - repeat: { at_most: 100 }
    steps:
      - repeat: { at_most: 100 }
        steps: [${Array.from({ length: 100 }, () => '{ wait: 1ms }, { record: x }').join(', ')}]`;
      const folder = await playbooks({ busy });
      const file = await fileOf([call(0, 'seen', 'ada')]);
      const child = spawn(process.execPath, [join(cli, 'cli/main.js'), 'backtest', folder, '--events', file], {
        stdio: 'ignore',
      });
      const own = async () =>
        (await readdir(tmpdir())).filter((name) => name.startsWith(`cuebook-backtest-${child.pid}-`));
      await expect.poll(own, { timeout: 30_000 }).toHaveLength(1);
      // Its lines file says that the run is under way.
      await expect
        .poll(async () => readdir(join(tmpdir(), (await own())[0]!)), { timeout: 30_000 })
        .toContainEqual(expect.stringMatching(/^lines/));
      const toldAt = performance.now();
      child.kill(signal);
      expect(await once(child, 'exit')).toEqual([null, signal]);
      expect(performance.now() - toldAt).toBeLessThan(1_000);
      await expect.poll(own, { timeout: 10_000 }).toEqual([]);
    },
    60_000,
  );
});
