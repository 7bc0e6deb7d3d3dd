/** What the picture and the list of a flow tell alike. */
import type { Flow, FlowNode } from '../../../../server/api/contract/playbook.ts';

/** What one edge shows: what leads along it, how many went, and which share of those who came to its beginning. */
export interface EdgeTold {
  label: string | null;
  count: number | null;
  share: number | null;
}

export function edgesFrom(flow: Flow, node: FlowNode): (EdgeTold & { to: FlowNode })[] {
  const byId = new Map(flow.nodes.map((it) => [it.id, it]));
  return flow.edges
    .filter(({ from }) => from === node.id)
    .flatMap(({ to, label, count }) => {
      const target = byId.get(to);
      return target === undefined ? [] : [{ to: target, label, count, share: shareOf(count, node) }];
    });
}

export function shareOf(count: number | null, from: FlowNode): number | null {
  return count === null || from.entered === 0 ? null : count / from.entered;
}

/** How many left from a step before the end. */
export function leftFrom(flow: Flow, id: string): Flow['left'] {
  return flow.left.filter(({ from }) => from === id);
}

export const sumOf = (counted: readonly { count: number }[]): number =>
  counted.reduce((sum, { count }) => sum + count, 0);
