/** Every step there is: the files of workflows/steps. */
import { discover } from '../language/discover.ts';
import type { Step } from './step.ts';

export const steps: readonly Step[] = await discover(new URL('./kinds/', import.meta.url), 'step');

const byKind = new Map(steps.map((step) => [step.kind, step]));

export function stepOf(kind: string): Step {
  const step = byKind.get(kind);
  if (!step) throw new Error(`no step is called "${kind}": a version was compiled by another release`);
  return step;
}
