import type { Command } from 'commander';
import { withExample } from '../program.ts';
import { urlOption } from '../run/option-values.ts';

/** `cuebook worker`: journeys alone, for deployments. */
export function register(program: Command): void {
  const command = program
    .command('worker')
    .description('Carries out journeys, next to servers.')
    .option('--public-url <url>', 'where links in mails lead (default: CUEBOOK_PUBLIC_URL)', urlOption)
    .action(async (options: { publicUrl?: string }) => {
      const { workAlone } = await import('../run/alone.ts');
      await workAlone(options);
    });
  withExample(command, 'worker --public-url https://cuebook.example');
}
