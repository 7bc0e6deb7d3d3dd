/** What comes back of what steps ask outside, in virtual time (V3, V4). */
import type { CompiledStep } from '../../language/model.ts';
import { withReply } from '../../steps/reply.ts';
import type { Reply, StepDecision } from '../../steps/step.ts';
import { messageClassOf, stepOf } from '../../steps/steps.ts';
import type { RunInput } from '../run/types.ts';

/** Whether a step's effects compete for places (P2). */
export function isMessage(step: CompiledStep | undefined): boolean {
  return step !== undefined && messageClassOf(step) !== undefined;
}

export class Replies {
  readonly #input: Pick<RunInput, 'replies' | 'backtest'>;
  /** How often a step has asked, by its playbook and path. */
  readonly #asked = new Map<string, number>();

  constructor(input: Pick<RunInput, 'replies' | 'backtest'>) {
    this.#input = input;
  }

  /** A decision as this run goes on with it: with what comes back, and without what no history can tell. */
  answered(playbook: string, step: CompiledStep | undefined, decision: StepDecision): StepDecision {
    const { line, outgoing } = decision;
    if (!step || !line) return decision;
    if (outgoing && outgoing.kind !== 'message') return withReply(decision, this.#next(playbook, step.path));
    return (this.#input.backtest && stepOf(step.kind).inBacktest?.(step, decision)) || decision;
  }

  /** In order, the last for all further; where nothing is said, nothing but that it is done. */
  #next(playbook: string, path: string): Reply {
    const name = `${playbook} ${path}`;
    const asked = this.#asked.get(name) ?? 0;
    this.#asked.set(name, asked + 1);
    const replies = this.#input.replies?.[playbook]?.[path] ?? [];
    return replies[Math.min(asked, replies.length - 1)] ?? { status: 'done', context: {} };
  }
}
