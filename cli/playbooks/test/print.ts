/** How tests are shown: to people, and as lines of JSON. */
import type { Diagnostic, SourceText } from '../../../language/diagnostics/diagnostics.ts';
import { formatDiagnostic } from '../../../language/diagnostics/diagnostics.ts';
import { refusedText } from '../../events/show-refused.ts';
import { counted, paint, paintSeverity, print, printLine } from '../../output.ts';
import { exampleText, whoseNoPart, whyNoPart } from '../../report/no-part.ts';
import type { CoveredFile, Ran, Results } from './results.ts';

export function printFault(fault: Diagnostic, source: SourceText | undefined, json: boolean | undefined): void {
  if (json) print(JSON.stringify({ type: 'fault', ...fault }));
  else print(`${formatDiagnostic(fault, source, paintSeverity)}\n`);
}

export function printJson(ran: Ran): void {
  const { playbook, it, line, passed, faults, refused = [], noPart = [], timeline, trace, notRun, file } = ran;
  print(
    JSON.stringify({
      type: 'test',
      ...{ playbook, it, line, passed, faults },
      ...(refused.length > 0 && { refused }),
      ...(noPart.length > 0 && { no_part: noPart }),
      ...(timeline && { timeline }),
      ...(trace && { trace }),
      ...(notRun && { notRun }),
      file,
    }),
  );
}

export function printResult(ran: Ran): void {
  const { it, line, passed, file } = ran;
  if (passed) print(`  ${paint('green', '✓', process.stdout)} ${it}`);
  else {
    print(`  ${paint('red', '✗', process.stdout)} ${it}  ${paint('dim', `${file}:${line}`, process.stdout)}`);
    for (const fault of faultTexts(ran)) print(indented(fault));
    if (ran.timeline && ran.timeline.length > 0) print(indented(paint('dim', 'what happened:', process.stdout)));
    for (const happened of ran.timeline ?? []) printLine(`        ${paint('dim', happened, process.stdout)}`);
  }
  for (const one of ran.noPart ?? []) {
    const example = exampleText(one);
    const words = `${whoseNoPart(one)}: ${whyNoPart(one)}, ${counted(one.count, 'time')}${example && `: ${example}`}`;
    print(`      ${paint('yellow', words, process.stdout)}`);
  }
  for (const line of ran.trace ?? []) printLine(`      ${paint('dim', line, process.stdout)}`);
}

/** What is wrong, a text each. */
export function faultTexts({ file, refused = [], faults }: Ran): readonly string[] {
  return refused.length > 0 ? refused.map((event) => refusedText({ file, ...event })) : faults;
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((part) => `      ${part}`)
    .join('\n');
}

/** Of each playbook how much its tests reach, and what they do not, with its line. */
export function printCoverage(covered: readonly CoveredFile[], json: boolean | undefined): void {
  for (const { playbook, file, steps, branches, missed, lines } of covered) {
    const placed = missed.map((one) => ({ ...one, line: lines[one.path] ?? 1 }));
    if (json) {
      print(JSON.stringify({ type: 'coverage', playbook, file, steps, branches, missed: placed }));
      continue;
    }
    const colour = missed.length > 0 ? 'yellow' : 'green';
    const words = `${steps.reached} of ${counted(steps.all, 'step')}, ${branches.reached} of ${counted(branches.all, 'branch', 'branches')} reached`;
    print(`${playbook}: ${paint(colour, words, process.stdout)}`);
    for (const { line, name } of placed) print(`  ${file}:${line} ${name}: never reached`);
  }
  if (!json && covered.length > 0) print();
}

/** `5 passed, 1 failed, 1 not run; 2 faults in the files` */
export function printSummary({ tally, isGreen }: Results, json: boolean | undefined): void {
  const { passed, failed, notRun, errors } = tally;
  if (json) {
    print(JSON.stringify({ type: 'summary', passed, failed, errors, notRun }));
    return;
  }
  const tests = [`${passed} passed`, `${failed} failed`, ...(notRun > 0 ? [`${notRun} not run`] : [])].join(', ');
  const summary = errors === 0 ? tests : `${tests}; ${counted(errors, 'fault')} in the files`;
  print(paint(isGreen ? 'green' : 'red', summary, process.stdout));
}
