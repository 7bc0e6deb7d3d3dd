/** A few processes beside the server's that do its jobs: bounded in number, in what waits, and in time. */
import { type ChildProcess, fork } from 'node:child_process';
import type { Ground, Job, Told } from './job.ts';

/** At once; more wait for a while. */
const MAX_PROCESSES = 2;
const MAX_WAITING = 16;
/** One that has nothing to do ends: the compiler stays warm for whoever writes. */
const IDLE_MS = 60_000;
const MAX_HEAP_MB = 2_048;
/** Of what a process says last before it ends by itself. */
const TAIL_CHARS = 2_000;

/** Why a job has no result: `stopped` by whoever asked, `slow`, `busy`, or the process `ended`. */
export class JobLost extends Error {
  readonly why: 'stopped' | 'slow' | 'busy' | 'ended';
  constructor(why: JobLost['why'], detail = '') {
    super(`the job was lost: ${why}${detail === '' ? '' : `: ${detail}`}`);
    this.why = why;
  }
}

export interface Asking {
  limitMs: number;
  signal: AbortSignal;
  onSaid?: (said: unknown) => void;
}

interface Warm {
  child: ChildProcess;
  idle: NodeJS.Timeout | undefined;
}

interface Waiting {
  begin(): void;
  lose(error: JobLost): void;
}

export class JobProcesses {
  readonly #script: string;
  readonly #ground: Ground;
  readonly #warm: Warm[] = [];
  readonly #busy = new Set<ChildProcess>();
  readonly #waiting: Waiting[] = [];
  /** Of those at once: taken before anything is waited for. */
  #taken = 0;
  #closed = false;

  /** @param script `process.js`, compiled */
  constructor(script: string, ground: Ground) {
    this.#script = script;
    this.#ground = ground;
  }

  /** @returns how the process ended the job @throws JobLost */
  async run(job: Job, asking: Asking): Promise<Exclude<Told, { said: unknown }>> {
    await this.#turn(asking.signal);
    const child = this.#take();
    try {
      return await this.#ask(child, job, asking);
    } finally {
      this.#giveBack(child);
    }
  }

  /** Ends every process: whoever waits for one hears that. */
  close(): void {
    this.#closed = true;
    for (const { lose } of this.#waiting.splice(0)) lose(new JobLost('ended'));
    for (const child of this.#busy) child.kill('SIGKILL');
    for (const { child, idle } of this.#warm.splice(0)) {
      clearTimeout(idle);
      child.kill('SIGKILL');
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    if (this.#closed) throw new JobLost('ended');
    if (this.#taken < MAX_PROCESSES) {
      this.#taken += 1;
      return;
    }
    if (this.#waiting.length >= MAX_WAITING) throw new JobLost('busy');
    await new Promise<void>((resolve, reject) => {
      const waiting: Waiting = { begin: resolve, lose: reject };
      this.#waiting.push(waiting);
      signal.addEventListener('abort', () => {
        const n = this.#waiting.indexOf(waiting);
        if (n >= 0) this.#waiting.splice(n, 1);
        reject(new JobLost('stopped'));
      });
    });
  }

  #take(): ChildProcess {
    const warm = this.#warm.pop();
    clearTimeout(warm?.idle);
    const child = warm?.child ?? this.#begin();
    this.#busy.add(child);
    return child;
  }

  #begin(): ChildProcess {
    const child = fork(this.#script, [], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [`--max-old-space-size=${MAX_HEAP_MB}`],
    });
    // One that ends while nobody waits for it is not given out again.
    const forget = () => {
      const n = this.#warm.findIndex((warm) => warm.child === child);
      if (n >= 0) clearTimeout(this.#warm.splice(n, 1)[0]!.idle);
    };
    return child.on('exit', forget).on('error', forget);
  }

  #giveBack(child: ChildProcess): void {
    this.#busy.delete(child);
    if (child.connected && !child.killed && !this.#closed) {
      const idle = setTimeout(() => {
        this.#warm.splice(this.#warm.indexOf(warm), 1);
        child.kill('SIGKILL');
      }, IDLE_MS);
      const warm = { child, idle: idle.unref() };
      this.#warm.push(warm);
    }
    const next = this.#waiting.shift();
    if (next) next.begin();
    else this.#taken -= 1;
  }

  #ask(child: ChildProcess, job: Job, { limitMs, signal, onSaid }: Asking) {
    return new Promise<Exclude<Told, { said: unknown }>>((resolve, reject) => {
      let tail = '';
      const lose = (why: JobLost['why'], detail = '') => {
        settle();
        child.kill('SIGKILL');
        reject(new JobLost(why, detail));
      };
      const onMessage = (told: Told) => {
        if ('said' in told) return onSaid?.(told.said);
        settle();
        resolve(told);
      };
      const onExit = () => lose('ended', tail);
      const onError = (error: Error) => lose('ended', error.message);
      const onAbort = () => lose('stopped');
      const onData = (data: Buffer) => {
        tail = (tail + data.toString()).slice(-TAIL_CHARS);
      };
      const timer = setTimeout(() => lose('slow'), limitMs);
      const settle = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        child.off('message', onMessage).off('exit', onExit).off('error', onError);
        child.stderr?.off('data', onData);
      };
      child.on('message', onMessage).on('exit', onExit).on('error', onError);
      child.stderr?.on('data', onData);
      if (signal.aborted) return lose('stopped');
      signal.addEventListener('abort', onAbort);
      child.send({ ground: this.#ground, job });
    });
  }
}
