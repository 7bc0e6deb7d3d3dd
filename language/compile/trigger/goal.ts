/** The goal of a playbook (G1). */

import { didYouMean } from '../../diagnostics/nearest.ts';
import { written } from '../../diagnostics/written.ts';
import { isJsonObject } from '../../json.ts';
import type { CompiledGoal } from '../../model.ts';
import type { Path } from '../../syntax.ts';
import type { FileContext } from '../scope.ts';

const ATTRIBUTES = ['entered', 'sent', 'clicked'] as const;

/** `order.completed`, or `{event | becomes | sla, …, within?, value?, name?, attribute?, then?}`, or a list of events. */
export function goalOf(context: FileContext, value: unknown, path: Path): CompiledGoal {
  if (!isJsonObject(value)) return { awaited: context.awaited(value, path), attribute: 'entered', continues: false };
  const { within, value: worth, name, attribute, then, ...awaited } = value;
  const goal: CompiledGoal = { awaited: context.awaited(awaited, path), attribute: 'entered', continues: false };
  if (within !== undefined) goal.withinMs = context.exactMs(within, [...path, 'within']);
  if (worth !== undefined) {
    goal.value = context.expression(worth, [...path, 'value'], { roots: ['event', 'trigger', 'steps'] });
  }
  if (typeof name === 'string') goal.name = name;
  else if (name !== undefined) context.report('CB202', [...path, 'name'], 'the name of a goal is a text');
  if (attribute !== undefined) {
    const known = ATTRIBUTES.find((a) => a === attribute);
    if (known !== undefined) {
      goal.attribute = known;
      if (known !== 'entered') context.listensTo.add('email.sent');
      if (known === 'clicked') context.listensTo.add('email.clicked');
    } else {
      const message = `\`${written(attribute)}\` is not what a goal is attributed to`;
      context.report('CB202', [...path, 'attribute'], message, didYouMean(written(attribute), ATTRIBUTES));
    }
  }
  if (then === 'continue') goal.continues = true;
  else if (then !== undefined) {
    const hint = 'write then: continue; steps that run at the goal are under on_goal';
    context.report('CB202', [...path, 'then'], 'a goal ends the enrolment, or lets it continue', hint);
  }
  return goal;
}
