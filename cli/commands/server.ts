import type { Command } from 'commander';
import { withExample } from '../program.ts';
import { portOption } from '../run/option-values.ts';

/** `cuebook server`: HTTP and the evaluator alone, for deployments. */
export function register(program: Command): void {
  const command = program
    .command('server')
    .description('Takes events in and evaluates them, next to workers. Deploys the playbooks at its start.')
    .option('--port <port>', 'where it listens (default: a free port)', portOption)
    .option('--host <address>', 'the address at which it listens (default: 127.0.0.1)')
    .action(async (options: { host?: string; port?: number }) => {
      const { serveAlone } = await import('../run/alone.ts');
      await serveAlone(options);
    });
  withExample(command, 'server --host 0.0.0.0 --port 3000');
}
