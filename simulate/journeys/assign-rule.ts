/** V4: in a backtest `assign` names the rule, not the person: who was free that day is not in the history. */
import type { CompiledStep, Json } from '../../language/model.ts';
import type { StepDecision } from '../../steps/step.ts';

/** The verdict with the rule in the place of the colleague: nobody is given anything, and the owner stays who it was. */
export function namesRule(step: CompiledStep, verdict: StepDecision): StepDecision {
  const { trait, rules } = step.config as { trait: string; rules: Json[] };
  const withheld = verdict.lines?.some((line) => line.refused === 'holdout');
  return {
    answer: verdict.answer,
    lines: (verdict.lines ?? []).map(() => ({
      kind: 'assign',
      detail: { assign: trait, by: rules.length === 1 ? rules[0]! : rules },
      ...(withheld && { refused: 'holdout' }),
    })),
    evaluated: { by: rules },
  };
}
