import type { Command } from 'commander';
import { withExample } from '../program.ts';
import { portOption, urlOption } from '../run/option-values.ts';

/** `cuebook worker`: journeys alone, for deployments. */
export function register(program: Command): void {
  const command = program
    .command('worker')
    .description('Carries out journeys, next to servers.')
    .option('--public-url <url>', 'where links in mails lead (default: CUEBOOK_PUBLIC_URL)', urlOption)
    .option('--port <port>', 'where it answers /healthz, /readyz and /metrics (default: nowhere)', portOption)
    .option('--host <address>', 'the address at which it does (default: 127.0.0.1)')
    .action(async (options: { publicUrl?: string; host?: string; port?: number }) => {
      const { workAlone } = await import('../run/alone.ts');
      await workAlone(options);
    });
  withExample(command, 'worker --public-url https://cuebook.example --port 9090');
}
