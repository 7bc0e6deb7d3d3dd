/** Rounds about a ticket that nothing ends: colleagues are asked again after it is solved. */
import type { JourneyNode } from '../../../model.ts';
import type { LintInput } from '../lint.ts';
import { configOf, listsIn } from './unreachable.ts';

/** What goes to colleagues, whatever has become of the ticket; `escalate` looks at that itself (S7). */
const ASKS = new Set(['notify', 'task', 'approve']);
/** What looks, within a round, at how it stands. */
const LOOKS = new Set(['if', 'choose', 'exit', 'wait_for']);

export function lintRounds(input: LintInput): void {
  const { playbook } = input;
  if (playbook.subject !== 'ticket' || playbook.goal || playbook.exitOn.length > 0) return;
  for (const list of [playbook.program.steps, playbook.program.onGoal, playbook.program.onExit]) visit(input, list);
}

function visit(input: LintInput, list: readonly JourneyNode[]): void {
  for (const node of list) {
    if (node.op === 'repeat' && isEndless(input, node)) tell(input, node);
    else for (const inner of listsIn(node)) visit(input, inner);
  }
}

function isEndless({ steps }: LintInput, node: JourneyNode & { op: 'repeat' }): boolean {
  const { step } = steps.get(node.path)!;
  if (node.atMost < 2 || configOf<{ until?: unknown }>(step).until !== undefined) return false;
  const inside = stepsIn(node.body).map(({ path }) => steps.get(path)!.step);
  return (
    inside.some(({ kind }) => ASKS.has(kind)) && !inside.some((one) => LOOKS.has(one.kind) || one.if !== undefined)
  );
}

function stepsIn(list: readonly JourneyNode[]): JourneyNode[] {
  return list.flatMap((node) => [node, ...listsIn(node).flatMap(stepsIn)]);
}

function tell({ steps, report }: LintInput, { path, atMost }: JourneyNode & { op: 'repeat' }): void {
  report.key([...steps.get(path)!.place, 'repeat'], {
    severity: 'warning',
    code: 'CB654',
    message: `all ${atMost} rounds go to colleagues, also after the ticket is solved: nothing ends them`,
    hint: 'write until: ticket.status == "solved" into the `repeat`, or exit_on: [ticket.solved] into the playbook',
  });
}
