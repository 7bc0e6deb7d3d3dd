/** Runs a command as `cuebook …` would, in this process: it needs no build, and can be watched. */
import { CommanderError } from 'commander';
import { vi } from 'vitest';
import { buildProgram } from '../../cli/program.ts';
import { reportFailure } from '../../cli/report/report-failure.ts';

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** What is printed while `work` runs. */
export async function captured(work: () => unknown): Promise<{ stdout: string; stderr: string }> {
  const printed = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      printed[stream] += text;
      return true;
    }),
  );
  try {
    await work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return printed;
}

export async function cuebook(...args: string[]): Promise<Ended> {
  const before = process.exitCode;
  process.exitCode = 0;
  const printed = await captured(async () => {
    try {
      await (await buildProgram()).parseAsync(args, { from: 'user' });
    } catch (error) {
      const wrongUse = error instanceof CommanderError;
      process.exitCode = wrongUse
        ? error.exitCode && 2
        : reportFailure(error, { json: args.includes('--json'), debug: false });
    }
  });
  const code = Number(process.exitCode);
  process.exitCode = before;
  return { code, ...printed };
}

/** What a command printed with `--json`. */
export function jsonLines(text: string): { [name: string]: unknown }[] {
  return text
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { [name: string]: unknown });
}
