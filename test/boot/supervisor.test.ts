import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startChild } from '../../cli/boot/child.ts';
import { identify } from '../../cli/boot/process-identity.ts';
import { stopInOrder } from '../../cli/boot/stop-signals.ts';
import { type Backoff, describeExit, supervise } from '../../cli/boot/supervisor.ts';
import type { Failure } from '../../cli/failure.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

const QUICK: Backoff = { firstMs: 10, maxMs: 40, attempts: 4, healthyAfterMs: 60_000 };

async function child(script: string, pidFile?: string) {
  return startChild({
    name: 'a child',
    command: '/bin/sh',
    args: ['-c', script],
    pidFile: pidFile ?? `${await makeTempFolder()}/child.pid`,
    stopSignal: 'SIGTERM',
    killSignal: 'SIGKILL',
  });
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 1_200; i += 1) {
    if (await condition()) return;
    await sleep(25);
  }
  throw new Error('it did not come to be within 30 s');
}

describe('a part that dies is started again', () => {
  it('says why it died: the code and its last lines', async () => {
    const said: string[] = [];
    let starts = 0;
    const start = () => child((starts += 1) === 1 ? 'echo "disk is full" >&2; exit 7' : 'exec sleep 60');
    const part = await supervise({ name: 'The part', start, say: (line) => said.push(line), backoff: QUICK });
    await until(() => starts === 2);
    await until(() => said.length === 2);
    expect(said[0]).toContain('The part died: exit code 7; its last lines:\n    disk is full');
    expect(said[1]).toBe('The part runs again.');
    await part.stop();
  });

  it('names the signal that ended it', () => {
    expect(describeExit({ code: null, signal: 'SIGKILL', lastLines: [] })).toBe('signal SIGKILL');
  });

  it('waits longer each time, and gives up at the bound', { timeout: 20_000 }, async () => {
    const said: string[] = [];
    const given = new Promise<Failure>((resolve) => {
      void supervise({
        name: 'The part',
        start: () => child('exit 1'),
        say: (line) => said.push(line),
        backoff: QUICK,
        onGiveUp: resolve,
      });
    });
    expect((await given).code).toBe('PART_GIVEN_UP');
    const pauses = said.map((line) => /again in ([\d.]+) s/.exec(line)?.[1]).filter((pause) => pause !== undefined);
    expect(pauses).toEqual(['0.01', '0.02', '0.04', '0.04']);
  });

  it('counts a start that fails like a death', async () => {
    const said: string[] = [];
    let starts = 0;
    const start = async () => {
      starts += 1;
      if (starts === 2) throw new Error('the port is taken');
      return child(starts === 1 ? 'exit 1' : 'exec sleep 60');
    };
    const part = await supervise({ name: 'The part', start, say: (line) => said.push(line), backoff: QUICK });
    await until(() => said.length === 3);
    expect(said[1]).toContain('the port is taken');
    await part.stop();
  });

  it('leaves one alone that was stopped', async () => {
    let starts = 0;
    const start = () => child(`exec sleep ${60 + (starts += 1)}`);
    const part = await supervise({ name: 'The part', start, say: () => {}, backoff: QUICK });
    const { pid } = part.current();
    await part.stop();
    await sleep(100);
    expect(starts).toBe(1);
    expect(await identify(pid)).toBeUndefined();
  });

  it('throws when the very first start fails', async () => {
    const start = () => Promise.reject(new Error('not installed'));
    await expect(supervise({ name: 'The part', start, say: () => {} })).rejects.toThrow('not installed');
  });
});

describe('nothing is left behind', () => {
  it('stops, at the next start, what an earlier parent left', async () => {
    const pidFile = `${await makeTempFolder()}/child.pid`;
    const left = await child('exec sleep 60', pidFile);
    const next = await child('exec sleep 61', pidFile);
    expect((await left.exited).signal).toBe('SIGTERM');
    await next.stop();
  });

  it('leaves a stranger alone who was given the number of a dead child', async () => {
    const folder = await makeTempFolder();
    const stranger = await child('exec sleep 60');
    await writeFile(`${folder}/child.pid`, JSON.stringify({ pid: stranger.pid, began: 'long ago' }));
    const mine = await child('exec sleep 61', `${folder}/child.pid`);
    expect(await identify(stranger.pid)).toBeDefined();
    await Promise.all([mine.stop(), stranger.stop()]);
  });

  it('stops the last started first, and goes on when one fails', async () => {
    const said: string[] = [];
    const order: string[] = [];
    const part = (name: string, stop: () => Promise<void>) => ({
      name,
      stop,
      kill: () => void order.push(`kill ${name}`),
    });
    await stopInOrder(
      [
        part('a', async () => void order.push('a')),
        part('b', () => Promise.reject(new Error('stuck'))),
        part('c', async () => void order.push('c')),
      ],
      (line) => said.push(line),
    );
    expect(order).toEqual(['c', 'kill b', 'a']);
    expect(said).toEqual(['Stopping c.', 'Stopping b.', 'b did not stop in order: stuck', 'Stopping a.']);
  });
});
