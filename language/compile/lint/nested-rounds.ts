/** S14: how many rounds repeats make that stand in each other. */
import type { JourneyNode, JourneyProgram } from '../../model.ts';
import { listsIn } from './journey/unreachable.ts';

/** A repeat may have 1,000 rounds; in another, each of its rounds makes them anew. */
export const MAX_NESTED_ROUNDS = 10_000;

/** The first repeats that make too many rounds with those around them, by their paths. */
export function tooManyRounds({ steps, onGoal, onExit }: JourneyProgram): { path: string; rounds: number }[] {
  return [steps, onGoal, onExit].flatMap((list) => list.flatMap((node) => roundsOf(node, 1)));
}

function roundsOf(node: JourneyNode, around: number): { path: string; rounds: number }[] {
  if (node.op !== 'repeat') return listsIn(node).flatMap((list) => list.flatMap((one) => roundsOf(one, around)));
  const rounds = around * node.atMost;
  if (rounds > MAX_NESTED_ROUNDS) return [{ path: node.path, rounds }];
  return node.body.flatMap((one) => roundsOf(one, rounds));
}
