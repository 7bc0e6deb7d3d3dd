/** Where each step of a flow stands in the picture: rows from top to bottom, branches side by side. */
import dagre from '@dagrejs/dagre';
import type { Flow } from '../../../../server/api/contract/playbook.ts';

export const NODE_WIDTH = 248;
export const NODE_HEIGHT = 92;

export interface Point {
  x: number;
  y: number;
}

export interface Way {
  points: Point[];
  /** The middle of its label. */
  label: Point;
}

const LABEL_HEIGHT = 20;
const LETTER_WIDTH = 6.2;

export interface Placed {
  /** Of the upper left corner. */
  positions: Map<string, Point>;
  /** Of each edge, by its place in the flow: the way round what stands between. Edges that lead back have none. */
  ways: Map<number, Way>;
  width: number;
  height: number;
}

/** @param labels of the edges, in their order: room is left for them */
export function placed({ nodes, edges }: Pick<Flow, 'nodes' | 'edges'>, labels: readonly string[]): Placed {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 32, ranksep: 26, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of nodes) graph.setNode(id, { width: NODE_WIDTH, height: NODE_HEIGHT });
  for (const [at, { from, to, kind }] of edges.entries()) {
    // What leads back is drawn, but does not push what it leads to below.
    const label = { width: (labels[at] ?? '').length * LETTER_WIDTH, height: LABEL_HEIGHT, labelpos: 'c' };
    if (kind !== 'loop') graph.setEdge(from, to, label, `${at}`);
  }
  dagre.layout(graph);
  const positions = new Map(
    nodes.map(({ id }) => {
      const { x, y } = graph.node(id);
      return [id, { x: x - NODE_WIDTH / 2, y: y - NODE_HEIGHT / 2 }];
    }),
  );
  const ways = new Map<number, Way>();
  for (const { v, w, name } of graph.edges()) {
    const { points = [], x, y } = graph.edge({ v, w, name: name! });
    ways.set(Number(name), { points, label: { x: x ?? 0, y: y ?? 0 } });
  }
  const { width = NODE_WIDTH, height = NODE_HEIGHT } = graph.graph();
  return { positions, ways, width, height };
}
