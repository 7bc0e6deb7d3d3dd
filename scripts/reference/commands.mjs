/** The page of commands: what each says of itself with `--help`. */
import { fromDist, page } from './markdown.mjs';

export async function commandsPage() {
  const { buildProgram } = await fromDist('cli/program.js');
  const program = await buildProgram();
  return page(
    'Commands',
    'Exit codes: 0 done, 1 the work found faults, 2 wrong use or something missing. Progress and news go to standard error.',
    ...program.commands.map((command) => sectionOf(command, '##')),
  );
}

function sectionOf(command, level, parents = '') {
  const name = `${parents}${command.name()}`;
  let help = '';
  // The width must not depend on the terminal in which this is run.
  command.configureOutput({
    writeOut: (text) => (help += text),
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  const inner = command.commands.map((one) => sectionOf(one, `${level}#`, `${name} `));
  return [`${level} ${name}\n\n\`\`\`\n${help.trimEnd()}\n\`\`\``, ...inner].join('\n\n');
}
