/** Finding one's place in a program. */
import type { JourneyNode, JourneyProgram } from '../../language/model.ts';
import type { Branch, Frame, JourneyState } from './types.ts';

export function rootOf(program: JourneyProgram, state: JourneyState): JourneyNode[] {
  if (state.phase === 'onGoal') return program.onGoal;
  if (state.phase === 'onExit') return program.onExit;
  return program.steps;
}

/** The node at the journey's place; undefined after the end of the root list. */
export function nodeAt(program: JourneyProgram, state: JourneyState): JourneyNode | undefined {
  let list = rootOf(program, state);
  for (const frame of state.position) {
    const node = list[frame.index];
    if (!frame.into) return node;
    if (!node) return undefined;
    list = listOf(node, frame.into);
  }
  return undefined;
}

export function listOf(node: JourneyNode, into: Branch): JourneyNode[] {
  switch (into.kind) {
    case 'arm':
      return node.op === 'choose' || node.op === 'listen' || node.op === 'do' ? (node.arms?.[into.arm] ?? []) : [];
    case 'otherwise':
      return node.op === 'listen' || node.op === 'do' ? (node.otherwise ?? []) : [];
    case 'error':
      return node.op === 'do' && Array.isArray(node.onError) ? node.onError : [];
    case 'round':
      return node.op === 'repeat' ? node.body : [];
  }
}

/** The rounds of the repeats around a place, as `2` or `2.1`. */
export function iterationOf(position: readonly Frame[]): string {
  return position.flatMap(({ into }) => (into?.kind === 'round' ? [into.round] : [])).join('.');
}

/** The place after the node at the journey's place. */
export function behind(position: readonly Frame[]): Frame[] {
  const last = position.at(-1)!;
  return [...position.slice(0, -1), { index: last.index + 1 }];
}

/** The first place of a list inside of the node at the journey's place. */
export function inside(position: readonly Frame[], into: Branch): Frame[] {
  const last = position.at(-1)!;
  return [...position.slice(0, -1), { index: last.index, into }, { index: 0 }];
}

/** The place of the node around the journey's list; undefined in the root list. */
export function around(position: readonly Frame[]): { position: Frame[]; into: Branch } | undefined {
  const outer = position.at(-2);
  if (!outer?.into) return undefined;
  return { position: [...position.slice(0, -2), { index: outer.index }], into: outer.into };
}
