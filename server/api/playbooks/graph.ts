/** A compiled playbook as a graph: its steps, and what leads from one to the next. Pure. */
import type { CompiledPlaybook, JourneyNode } from '../../../language/model.ts';
import { armsOf, titleOf } from '../../../steps/steps.ts';
import type { FlowEdge } from '../contract/playbook.ts';

export interface GraphNode {
  id: string;
  kind: string;
  stepId: string | null;
  title: string;
  detail: string | null;
  part: 'steps' | 'on_goal' | 'on_exit';
}

/** Which answers lead along an edge: of a step that chooses an arm's number, else undefined for going on. */
export type Taken = { arm: number } | { otherwise: true } | undefined;

export interface GraphEdge extends Omit<FlowEdge, 'count'> {
  taken: Taken;
}

export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
}

export const START = 'start';
export const END = 'end';

export function graphOf(playbook: CompiledPlaybook): Graph {
  const { program } = playbook;
  const graph: Graph = { nodes: [], edges: [] };
  const parts = { steps: program.steps, on_goal: program.onGoal, on_exit: program.onExit } as const;
  for (const [part, list] of Object.entries(parts) as [GraphNode['part'], JourneyNode[]][]) {
    const first = addList(graph, list, { playbook, part, behind: END });
    if (part === 'steps') graph.edges.push({ from: START, to: first, kind: 'next', label: null, taken: undefined });
  }
  return graph;
}

/** Whether one of the arms is taken whatever comes. */
function hasArmForAll(kind: string, labels: readonly (string | undefined)[], arms: readonly JourneyNode[][]): boolean {
  if (kind === 'split') return true;
  return kind === 'if' ? arms.length > 1 : labels.includes('else');
}

interface Around {
  playbook: CompiledPlaybook;
  part: GraphNode['part'];
  /** Where a journey goes after the list. */
  behind: string;
}

/** @returns the id of what a journey comes to first */
function addList(graph: Graph, list: readonly JourneyNode[], around: Around): string {
  for (const [i, node] of list.entries()) {
    addNode(graph, node, { ...around, behind: list[i + 1]?.path ?? around.behind });
  }
  return list[0]?.path ?? around.behind;
}

function addNode(graph: Graph, node: JourneyNode, around: Around): void {
  const { playbook, part, behind } = around;
  const from = node.path;
  const step = playbook.steps[from]!;
  const { title, detail } = titleOf(step);
  graph.nodes.push({ id: from, kind: step.kind, stepId: step.id ?? null, part, title, detail: detail ?? null });
  const lead = (to: string, kind: FlowEdge['kind'], label: string | null, taken: Taken) => {
    graph.edges.push({ from, to, kind, label, taken });
  };
  const labels = armsOf(step);
  const leadArms = (arms: readonly JourneyNode[][]) => {
    for (const [arm, list] of arms.entries()) {
      lead(addList(graph, list, around), 'arm', labels[arm] ?? null, { arm });
    }
  };
  switch (node.op) {
    case 'exit':
      lead(END, 'next', null, undefined);
      return;
    case 'pause':
      lead(behind, 'next', null, undefined);
      return;
    case 'choose':
      leadArms(node.arms);
      // An arm that is not there, and none at all, lead behind the step.
      if (!hasArmForAll(step.kind, labels, node.arms))
        lead(behind, 'otherwise', labels[node.arms.length] ?? 'else', { otherwise: true });
      return;
    case 'listen':
      leadArms(node.arms);
      lead(addList(graph, node.otherwise, around), 'otherwise', 'else', { otherwise: true });
      return;
    case 'repeat':
      lead(addList(graph, node.body, { ...around, behind: from }), 'loop', null, { arm: 0 });
      lead(behind, 'next', null, undefined);
      return;
    case 'do':
      if (Array.isArray(node.onError)) lead(addList(graph, node.onError, around), 'error', 'on error', undefined);
      if (node.arms === undefined) {
        lead(behind, 'next', null, undefined);
        return;
      }
      leadArms(node.arms);
      lead(addList(graph, node.otherwise ?? [], around), 'otherwise', 'else', { otherwise: true });
      return;
  }
}
