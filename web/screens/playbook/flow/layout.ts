/** Where each step of a flow stands in the picture: rows from top to bottom, branches side by side. */
import dagre from '@dagrejs/dagre';
import type { Flow } from '../../../../server/api/contract/playbook.ts';

export const NODE_WIDTH = 248;
export const NODE_HEIGHT = 92;

export interface Placed {
  /** Of the upper left corner. */
  positions: Map<string, { x: number; y: number }>;
  width: number;
  height: number;
}

export function placed({ nodes, edges }: Pick<Flow, 'nodes' | 'edges'>): Placed {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 36, ranksep: 54, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of nodes) graph.setNode(id, { width: NODE_WIDTH, height: NODE_HEIGHT });
  for (const [at, { from, to, kind }] of edges.entries()) {
    // What leads back is drawn, but does not push what it leads to below.
    if (kind !== 'loop') graph.setEdge(from, to, {}, `${at}`);
  }
  dagre.layout(graph);
  const positions = new Map(
    nodes.map(({ id }) => {
      const { x, y } = graph.node(id);
      return [id, { x: x - NODE_WIDTH / 2, y: y - NODE_HEIGHT / 2 }];
    }),
  );
  const { width = NODE_WIDTH, height = NODE_HEIGHT } = graph.graph();
  return { positions, width, height };
}
