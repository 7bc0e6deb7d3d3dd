/** Steps and branches to which no journey comes: behind what ends every one, behind a branch that takes all, `else` of a wait without an end. */
import { whyNeverTrue } from '../../../cel/satisfiable.ts';
import type { Awaited, CompiledStep, Expression, JourneyNode } from '../../../model.ts';
import type { Path } from '../../../syntax.ts';
import type { LintInput } from '../lint.ts';
import { impliedBy } from './implied.ts';

export function lintUnreachable(input: LintInput): void {
  const { steps, onGoal, onExit } = input.playbook.program;
  for (const list of [steps, onGoal, onExit]) lintList(input, list);
}

function lintList(input: LintInput, list: readonly JourneyNode[]): void {
  const last = list.findIndex((node) => ends(input, node));
  const next = last < 0 ? undefined : list[last + 1];
  if (next !== undefined) {
    const kind = input.steps.get(list[last]!.path)!.step.kind;
    const what =
      kind === 'exit' ? 'the `exit` before it ends every one' : `every way through the \`${kind}\` before it ends`;
    tell(
      input,
      placeOf(input, next.path),
      `no journey comes to this step: ${what}`,
      'take it out, put it before, or give the `exit` an `if`',
    );
  }
  for (const node of list) {
    if (node.op === 'choose') lintBranches(input, node.path);
    if (node.op === 'listen') lintElse(input, node);
    for (const inner of listsIn(node)) lintList(input, inner);
  }
}

/** Whether no journey comes out behind the step. */
function ends(input: LintInput, node: JourneyNode): boolean {
  const { step } = input.steps.get(node.path)!;
  if (step.if !== undefined) return false;
  const all = (lists: readonly JourneyNode[][]) =>
    lists.length > 0 && lists.every((list) => list.some((one) => ends(input, one)));
  switch (node.op) {
    case 'exit':
      return true;
    case 'choose':
      return takesAll(step) && all(node.arms);
    case 'listen':
      return node.arms.length > 0 && all([...node.arms, node.otherwise]);
    case 'repeat':
      return configOf<{ until?: unknown }>(step).until === undefined && all([node.body]);
    case 'do':
      return node.arms !== undefined && node.onError === 'exit' && all([...node.arms, node.otherwise ?? []]);
    default:
      return false;
  }
}

/** An `if` has its `else`, be it empty; a `choose` has one where it is written. */
function takesAll(step: CompiledStep): boolean {
  return step.kind !== 'choose' || configOf<{ conditions: unknown[] }>(step).conditions.at(-1) === null;
}

/** S4: the first branch that is true is taken; one that is true only where an earlier one is never is. */
function lintBranches(input: LintInput, path: string): void {
  const { step, place } = input.steps.get(path)!;
  if (step.kind !== 'choose') return;
  const conditions = configOf<{ conditions: (Expression | null)[] }>(step).conditions;
  conditions.forEach((condition, i) => {
    if (condition === null || whyNeverTrue(condition.cel) !== undefined) return;
    const earlier = conditions.slice(0, i).find((one) => one !== null && impliedBy(condition, one));
    if (!earlier) return;
    const message = `this branch is never taken: where it holds, \`${earlier.cel}\` above holds, too, and the first is taken`;
    input.report.at([...place, 'choose', i, 'if'], {
      ...{ severity: 'warning', code: 'CB651', message },
      hint: 'put the narrower branch first',
    });
  });
}

/** S3: what waits without `within` ends by what comes, or with its enrolment; that of a service level by a stop, too. */
function lintElse(input: LintInput, { path, otherwise }: JourneyNode & { op: 'listen' }): void {
  const { step, place } = input.steps.get(path)!;
  if (step.kind !== 'wait_for' || otherwise.length === 0) return;
  const { arms, within } = configOf<{ arms: Awaited[][]; within?: unknown }>(step);
  if (within !== undefined || arms.flat().some(({ kind }) => kind.startsWith('sla'))) return;
  const message = 'this `else` is never taken: without `within` the wait has no end';
  tell(input, [...place, 'else'], message, 'write within: 7d beside the `wait_for`');
}

function tell({ report }: LintInput, path: Path, message: string, hint: string): void {
  report.key(path, { severity: 'warning', code: 'CB651', message, hint });
}

function placeOf({ steps }: LintInput, path: string): Path {
  const { place, step, written } = steps.get(path)!;
  return step.kind in written ? [...place, step.kind] : place;
}

export function configOf<T>(step: CompiledStep): T {
  return step.config as unknown as T;
}

/** Every list of steps that a node holds. */
export function listsIn(node: JourneyNode): JourneyNode[][] {
  switch (node.op) {
    case 'do':
      return [Array.isArray(node.onError) ? node.onError : [], ...(node.arms ?? []), node.otherwise ?? []];
    case 'listen':
      return [...node.arms, node.otherwise];
    case 'choose':
      return node.arms;
    case 'repeat':
      return [node.body];
    default:
      return [];
  }
}
