/** The names that a template sees (S1), through the very facts that the step's own texts see. */
import type { Template } from '../../language/model.ts';
import type { Scope } from '../../language/text.ts';
import type { Facts, Outgoing } from '../../steps/step.ts';

const ROOTS = ['contact', 'account', 'deal', 'ticket', 'colleague', 'trigger', 'steps', 'repeat', 'now'];

export function scopeFor(template: Template, outgoing: Outgoing, facts: Facts): Scope {
  const scope: { [root: string]: unknown } = { with: outgoing.with ?? {} };
  for (const root of ROOTS) {
    if (!template.reads.some((path) => path.split('.')[0] === root)) continue;
    // One whole {{ … }} keeps the value as it is (Y2).
    const value = facts.text({ text: `{{ ${root} }}`, reads: template.reads });
    if (value !== null) scope[root] = value;
  }
  return scope;
}
