/** A plan, for people. */
import { counted, note, paint, print, printLine } from '../../output.ts';
import { changesSomething, type Plan, type PlannedPlaybook, type StepUnderWay } from './plan.ts';
import type { Counted, Reach } from './reach.ts';

const CHANGES: { [change in PlannedPlaybook['change']]: string } = {
  added: 'new',
  changed: 'changed',
  retriggered: 'changed, with another trigger, which begins now',
  gone: 'gone',
  unchanged: 'unchanged',
};

const MAX_WARNINGS = 20;

export function printPlan(plan: Plan): void {
  for (const fault of plan.faults) note(fault);
  if (plan.faults.length > 0) {
    note(`${paint('yellow', 'warning')}: ${counted(plan.faults.length, 'fault')}; what is whole would be deployed.`);
  }
  for (const warning of plan.warnings.slice(0, MAX_WARNINGS)) note(warning);
  const more = plan.warnings.length - MAX_WARNINGS;
  if (more > 0) note(`and ${counted(more, 'more warning')}: \`cuebook lint ${plan.folder}\` shows them`);
  if (!changesSomething(plan)) print('Nothing would change: all is deployed as it is.');
  for (const one of plan.playbooks) if (one.change !== 'unchanged') printPlaybook(one);
  const unchanged = plan.playbooks.filter(({ change }) => change === 'unchanged').map(shownName);
  if (unchanged.length > 0) printLine(`unchanged: ${unchanged.join(', ')}`);
  printList('Settings and people', plan.surroundings);
  for (const { playbook, status } of plan.stopped) {
    printLine(`${status}: ${playbook}, and stays so; \`cuebook resume ${playbook}\` lets it go on`);
  }
  const { begin, end } = plan.watches;
  printList(
    'Begins',
    begin.map(({ playbook, kind, what }) => `${playbook} (${kind}): ${what}`),
  );
  printList(
    'Ends',
    end.map(
      ({ playbook, kind, what, open }) =>
        `${playbook} (${kind}): ${what}; ${counted(open, 'open watch', 'open watches')}`,
    ),
  );
  printList('Under way, each in the version that it began with', plan.underWay.map(underWay));
  if (plan.reach) printReach(plan.reach);
}

function printPlaybook({ playbook, change, kept, differences }: PlannedPlaybook): void {
  print();
  printLine(`${paint('bold', playbook, process.stdout)}: ${CHANGES[change]}${kept ? ' (a fault in its file)' : ''}`);
  for (const difference of differences) printLine(`  ${difference}`);
}

function shownName({ playbook, kept }: PlannedPlaybook): string {
  return kept ? `${playbook} (kept: a fault in its file)` : playbook;
}

function underWay({ playbook, versionHash, step, waits, enrolments }: StepUnderWay): string {
  const where = step === null ? 'before the first step' : `${waits ? 'waiting in' : 'behind'} ${step}`;
  return `${playbook} ${versionHash.slice(0, 12)}: ${enrolments} ${where}`;
}

function printReach({ days, playbooks }: NonNullable<Plan['reach']>): void {
  printList(`By the events of the last ${counted(days, 'day')}`, playbooks.map(reached));
  if (playbooks.length === 0) {
    print();
    printLine(`By the events of the last ${counted(days, 'day')} the same would have happened.`);
  }
}

function reached({ playbook, both, noMore, newly, effects }: Reach): string {
  const words = [...new Set([...Object.keys(effects.before), ...Object.keys(effects.after)])].sort();
  const counts = words.map((word) => `${word} ${effects.before[word] ?? 0} → ${effects.after[word] ?? 0}`);
  const does = counts.length > 0 ? `; ${counts.join(', ')}` : '';
  return `${playbook}: ${both} as before, ${some(newly)} newly, ${some(noMore)} no more${does}`;
}

function some({ count, examples }: Counted): string {
  if (count === 0) return '0';
  return `${count} (${examples.join(', ')}${count > examples.length ? ', …' : ''})`;
}

function printList(title: string, lines: readonly string[]): void {
  if (lines.length === 0) return;
  print();
  printLine(paint('bold', title, process.stdout));
  for (const line of lines) printLine(`  ${line}`);
}
