/** Every step there is: the files of `kinds/`. */
import { discover } from '../language/discover.ts';
import type { CompiledStep } from '../language/model.ts';
import type { MessageClass } from '../language/syntax.ts';
import type { Step } from './step.ts';
import type { StepTitle } from './words/title-words.ts';

export const steps: readonly Step[] = await discover(new URL('./kinds/', import.meta.url), 'step');

const byKind = new Map(steps.map((step) => [step.kind, step]));

export function stepOf(kind: string): Step {
  const step = byKind.get(kind);
  if (!step) throw new Error(`no step is called "${kind}": a version was compiled by another release`);
  return step;
}

/** The class of the message to a customer that a step sends; undefined where it sends none. */
export function messageClassOf({ kind, config }: CompiledStep): MessageClass | undefined {
  return stepOf(kind).effect?.messageClass?.(config as never);
}

/** What a step is called, for pictures, lists and sentences; its key where another release compiled it. */
export function titleOf(step: CompiledStep): StepTitle {
  const { title, detail } = byKind.get(step.kind)?.title(step) ?? { title: step.kind };
  return { title: title.trim(), ...(detail !== undefined && detail !== '' && { detail }) };
}

/** What leads into each of its arms. */
export function armsOf(step: CompiledStep): (string | undefined)[] {
  return byKind.get(step.kind)?.arms?.(step) ?? [];
}
