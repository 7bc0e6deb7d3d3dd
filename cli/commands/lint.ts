import type { Command } from 'commander';
import { counted, paint, paintSeverity, print } from '../output.ts';
import { withExample } from '../program.ts';

/** `cuebook lint`: every diagnostic of every playbook at once. Ends with 1 when one of them is an error. */
export function register(program: Command): void {
  const command = program
    .command('lint')
    .description('Shows every fault of every playbook at once, with its place and what to do about it.')
    .argument('[path...]', 'folders of playbooks, or files in them (default: CUEBOOK_PLAYBOOKS, else playbooks)')
    .option('--fix', 'write into the files what a fault can only have meant, and say what is left')
    .option('--json', 'print one JSON object a line for each fault')
    .action(async (paths: string[], options: { json?: boolean; fix?: boolean }) => {
      const { compareDiagnostics, diagnosticLine, formatDiagnostic } = await import(
        '../../language/diagnostics/diagnostics.ts'
      );
      const { untested } = await import('../../language/compile/lint/untested.ts');
      const { readPlaybooks } = await import('../playbooks/read.ts');
      const { targetsOf } = await import('../playbooks/target.ts');
      let errors = 0;
      // An error in the file of a playbook that compiles all the same is one of its tests.
      let inTests = 0;
      let warnings = 0;
      let playbooks = 0;
      for (const target of await targetsOf(paths)) {
        const { read, mended } = options.fix
          ? await (await import('../playbooks/fix.ts')).fixPlaybooks(target)
          : { read: await readPlaybooks(target), mended: new Map<string, number>() };
        const { compiled, diagnostics: found, sources, files } = read;
        for (const [file, count] of mended) {
          if (options.json) print(JSON.stringify({ type: 'mended', file, count }));
          else print(`${file}: ${counted(count, 'fault')} mended\n`);
        }
        // Those of invalid/ are examples of one fault each.
        const asked = [...files].filter(([, file]) => !/(^|\/)invalid\//.test(file));
        const own = new Map(asked.map(([playbook, file]) => [playbook, sources.get(file)!]));
        const diagnostics = [...found, ...untested(own, compiled.tests)].sort(compareDiagnostics);
        playbooks += files.size;
        const whole = new Set(files.values());
        for (const diagnostic of diagnostics) {
          if (diagnostic.severity === 'error') errors += 1;
          if (diagnostic.severity === 'error' && whole.has(diagnostic.file)) inTests += 1;
          else if (diagnostic.severity === 'warning') warnings += 1;
          if (options.json) print(diagnosticLine(diagnostic));
          else print(`${formatDiagnostic(diagnostic, sources.get(diagnostic.file), paintSeverity)}\n`);
        }
      }
      if (errors > 0) process.exitCode = 1;
      if (options.json) return;
      const where = inTests === 0 ? '' : inTests === errors ? ' in tests' : ` (${inTests} in tests)`;
      const faults = `${counted(errors, 'error')}${where}, ${counted(warnings, 'warning')}`;
      const colour = errors > 0 ? 'red' : 'green';
      print(
        paint(colour, `${counted(playbooks, 'playbook compiles', 'playbooks compile')}; ${faults}`, process.stdout),
      );
    });
  withExample(command, 'lint', 'lint playbooks/cart-abandoned.yaml --json');
}
