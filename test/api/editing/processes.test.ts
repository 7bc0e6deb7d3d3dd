/** The processes beside the server: few at once, ended when they take too long, when nobody waits, and when they die. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identify } from '../../../cli/boot/process-identity.ts';
import type { Job } from '../../../cli/run/studio/job.ts';
import { JobProcesses } from '../../../cli/run/studio/processes.ts';

/** `only` says what it does: answers with its process, waits for ever, loops for ever, or dies. */
const SCRIPT = `
process.on('disconnect', () => process.exit());
process.on('message', ({ job }) => {
  const { pid } = process;
  process.send({ said: { pid } });
  if (job.only === 'loop') for (;;);
  if (job.only === 'die') { process.stderr.write('out of luck'); process.exit(3); }
  if (job.only === 'answer') process.send({ result: { pid } });
});
`;

let folder: string;
let script: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cuebook-processes-'));
  script = join(folder, 'process.mjs');
  await writeFile(script, SCRIPT);
});
afterAll(() => rm(folder, { recursive: true }));

const job = (only: 'answer' | 'wait' | 'loop' | 'die'): Job => ({ kind: 'test', playbook: 'x', files: [], only });
const never = () => new AbortController().signal;
const LONG_MS = 60_000;

async function withProcesses(use: (processes: JobProcesses) => Promise<void>): Promise<void> {
  const processes = new JobProcesses(script, { folder, databaseUrl: '' });
  try {
    await use(processes);
  } finally {
    processes.close();
  }
}

/** Begins a job, and says in which process it is. */
function begun(processes: JobProcesses, only: Parameters<typeof job>[0], limitMs = LONG_MS, signal = never()) {
  let result: Promise<unknown> = Promise.resolve();
  const pid = new Promise<number>((resolve) => {
    result = processes.run(job(only), { limitMs, signal, onSaid: (said) => resolve((said as { pid: number }).pid) });
  });
  result.catch(() => {});
  return { pid, result };
}

const gone = (pid: number) => expect.poll(() => identify(pid), { timeout: 10_000 }).toBeUndefined();

describe('a job', () => {
  it('is done by a process that is kept warm for the next', () =>
    withProcesses(async (processes) => {
      const told = await processes.run(job('answer'), { limitMs: LONG_MS, signal: never() });
      expect(await processes.run(job('answer'), { limitMs: LONG_MS, signal: never() })).toEqual(told);
    }));

  it('that loops is ended at its limit, and one that nobody waits for at once', () =>
    withProcesses(async (processes) => {
      const slow = begun(processes, 'loop', 1_500);
      await expect(slow.result).rejects.toMatchObject({ why: 'slow' });
      await gone(await slow.pid);
      const stop = new AbortController();
      const left = begun(processes, 'loop', LONG_MS, stop.signal);
      const pid = await left.pid;
      stop.abort();
      await expect(left.result).rejects.toMatchObject({ why: 'stopped' });
      await gone(pid);
    }));

  it('whose process dies is told with its last words, and the next has another', () =>
    withProcesses(async (processes) => {
      const died = begun(processes, 'die');
      await expect(died.result).rejects.toMatchObject({ why: 'ended' });
      const next = begun(processes, 'answer');
      await expect(next.result).resolves.toMatchObject({ result: {} });
      expect(await next.pid).not.toBe(await died.pid);
    }));

  it('waits where two are under way; of more than sixteen that wait the next is refused; stopping ends them all', () =>
    withProcesses(async (processes) => {
      const running = [begun(processes, 'wait'), begun(processes, 'wait')];
      const pids = await Promise.all(running.map(({ pid }) => pid));
      const waiting = Array.from({ length: 16 }, () => begun(processes, 'answer'));
      await expect(begun(processes, 'answer').result).rejects.toMatchObject({ why: 'busy' });
      processes.close();
      const ended = await Promise.allSettled([...running, ...waiting].map(({ result }) => result));
      expect(ended.map(({ status }) => status)).toEqual(Array.from({ length: 18 }, () => 'rejected'));
      for (const pid of pids) await gone(pid);
    }));

  it('that is stopped while it waits gives its place to nobody', () =>
    withProcesses(async (processes) => {
      const stop = new AbortController();
      const [one] = [begun(processes, 'wait', LONG_MS, stop.signal), begun(processes, 'wait')];
      const left = new AbortController();
      const waiting = begun(processes, 'answer', LONG_MS, left.signal);
      const next = begun(processes, 'answer');
      left.abort();
      await expect(waiting.result).rejects.toMatchObject({ why: 'stopped' });
      await one!.pid;
      stop.abort();
      await expect(next.result).resolves.toMatchObject({ result: {} });
    }));
});
