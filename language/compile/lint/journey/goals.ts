/** Goals that cannot be met by what the playbook does: a message behind the goal's window, a goal that holds at the entry (G1, Y4). */
import { whyNeverTrue } from '../../../cel/satisfiable.ts';
import type { Expression } from '../../../model.ts';
import { describeDuration } from '../../../time/duration.ts';
import type { LintInput } from '../lint.ts';
import { earliestMs } from './earliest.ts';
import { impliedBy } from './implied.ts';

export function lintGoal(input: LintInput): void {
  lintBehindTheWindow(input);
  lintHeldAlready(input);
}

/** What is bought after a message that comes too late for the goal counts for nothing. */
function lintBehindTheWindow({ playbook, steps, report }: LintInput): void {
  const { goal, program } = playbook;
  // One that is attributed to a message counts from it.
  if (goal?.withinMs === undefined || goal.attribute !== 'entered') return;
  for (const [path, ms] of earliestMs(program.steps, steps)) {
    if (ms < goal.withinMs || ms === Number.POSITIVE_INFINITY) continue;
    const { step, syntax, place } = steps.get(path)!;
    if (syntax.effect?.messageClass?.(step.config as never) !== 'marketing') continue;
    report.key([...place, step.kind], {
      severity: 'warning',
      code: 'CB652',
      message: `this message comes ${describeDuration(ms)} after the start or later, and the goal counts only within ${describeDuration(goal.withinMs)} of it`,
      hint: 'make `within` of the goal longer than the waits, or count from the message: attribute: sent',
    });
    return;
  }
}

/** `becomes` has to turn after the start: what holds at the entry would have to stop first. */
function lintHeldAlready({ playbook, report }: LintInput): void {
  const { goal, audience, trigger } = playbook;
  if (!goal) return;
  const [arm] = trigger.arms;
  const turned = trigger.arms.length === 1 && HOLDS_AT_FIRING.has(arm!.kind) ? arm!.values.condition : undefined;
  const known = [
    ...(audience ? [['the audience lets in', audience] as const] : []),
    ...(turned ? [['the trigger finds', turned] as const] : []),
  ];
  const held = goal.awaited.map((one) =>
    one.kind === 'becomes'
      ? known.find(([, premise]) => isPossible(premise) && impliedBy(premise, one.becomes))
      : undefined,
  );
  const [first] = held;
  if (first === undefined || held.some((one) => one === undefined)) return;
  report.key(['goal'], {
    severity: 'warning',
    code: 'CB653',
    message: `whom ${first[0]} has reached the goal at the start, and a goal has to turn after it`,
    hint: `leave those out who have: audience: !(…), or name another goal; what was found is \`${first[1].cel}\``,
  });
}

const HOLDS_AT_FIRING = new Set(['becomes', 'enters']);

function isPossible({ cel }: Expression): boolean {
  return whyNeverTrue(cel) === undefined;
}
