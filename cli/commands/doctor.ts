import type { Command } from 'commander';
import { print } from '../output.ts';
import { withExample } from '../program.ts';

/** `cuebook doctor`: what is found, what is missing, and where each part came from. It starts and fetches nothing. */
export function register(program: Command): void {
  const command = program
    .command('doctor')
    .description('Says what is found, what is missing, versions, and where each part comes from.')
    .option('--data-dir <folder>', 'the data folder to look at (default: CUEBOOK_DATA_DIR, else .cuebook)')
    .option('--json', 'print one JSON object')
    .action(async (options: { dataDir?: string; json?: boolean }) => {
      const { diagnose } = await import('../doctor/diagnose.ts');
      const { printDiagnosis } = await import('../doctor/print.ts');
      const findings = await diagnose(options.dataDir);
      if (options.json)
        print(JSON.stringify({ ok: findings.every((finding) => finding.state !== 'missing'), findings }));
      else printDiagnosis(findings);
      if (findings.some((finding) => finding.state === 'missing')) process.exitCode = 2;
    });
  withExample(command, 'doctor', 'doctor --json');
}
