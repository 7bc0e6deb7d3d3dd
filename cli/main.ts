#!/usr/bin/env node
import { CommanderError } from 'commander';
import { buildProgram } from './program.ts';
import { type ReportOptions, reportFailure } from './report/report-failure.ts';

/** A reader who has seen enough (`| head`) closes the pipe: that is no fault. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

/** Runs the command line. The exit code: 0 done, 1 the work found faults, 2 wrong use or something missing. */
async function main(args: string[]): Promise<void> {
  const report: ReportOptions = {
    json: args.includes('--json'),
    debug: ['debug', 'trace'].includes(process.env.LOG_LEVEL ?? ''),
  };
  // What escapes every handler is said like any other failure.
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.on(event, (error: unknown) => process.exit(reportFailure(error, report)));
  }
  try {
    const program = await buildProgram();
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has said it already; its codes for help and for the version are no faults.
      process.exitCode = error.exitCode === 0 ? 0 : 2;
    } else {
      process.exitCode = reportFailure(error, report);
    }
  }
  // Nothing that a library left open may keep a finished command from ending, nor cut what is still being written.
  process.stdout.write('', () => process.stderr.write('', () => process.exit()));
}

void main(process.argv.slice(2));
