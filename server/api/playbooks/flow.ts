/** The graph of a version with how many came where. Pure over what the store has counted. */
import type { CompiledPlaybook } from '../../../language/model.ts';
import type { FlowCounts } from '../../../store/reports/app/flow.ts';
import type { RefusalCount } from '../../../store/reports/refusals.ts';
import { conditionOf } from '../../../triggers/conditions.ts';
import type { Flow, FlowEdge, FlowNode } from '../contract/playbook.ts';
import { reasonShown, reasonsShown } from '../words.ts';
import { END, type GraphEdge, type GraphNode, graphOf, START } from './graph.ts';

export interface Counted extends FlowCounts {
  /** Firings that nobody entered by. */
  refusals: readonly RefusalCount[];
}

type Drawn = Pick<Flow, 'nodes' | 'edges' | 'left' | 'entered'>;

/** @param lines of the file, by the path of each step */
export function drawn(playbook: CompiledPlaybook, lines: { [path: string]: number }, counted: Counted): Drawn {
  const { nodes, edges } = graphOf(playbook);
  const entered = sum(counted.places);
  const left = leavingOf(counted);
  const steps = nodes.map((node) => nodeOf(node, { ...counted, left, line: lines[node.id] ?? null }));
  const start = {
    id: START,
    kind: START,
    stepId: null,
    title: triggerWords(playbook).join(' or '),
    detail: null,
    line: null,
    part: 'steps',
  } as const;
  const completed = sum(counted.places.filter(({ outcome }) => outcome === 'completed'));
  const onTheWay = sum(counted.places.filter(({ outcome, path }) => outcome === null && path === null));
  const leftAtOnce = sum(left.filter(({ from }) => from === START));
  return {
    entered,
    nodes: [
      {
        ...start,
        entered,
        waiting: onTheWay,
        passed: entered - onTheWay - leftAtOnce,
        refused: reasonsShown(counted.refusals),
        failed: 0,
      },
      ...steps,
      {
        ...start,
        id: END,
        kind: END,
        title: 'End',
        entered: completed,
        waiting: 0,
        passed: completed,
        refused: [],
        failed: 0,
      },
    ],
    edges: edges.map((edge) => edgeOf(edge, { counted, steps, entered: entered - leftAtOnce - onTheWay })),
    left,
  };
}

/** What the playbook begins with, an arm each. */
export function triggerWords({ trigger }: CompiledPlaybook): string[] {
  return trigger.arms.map((arm) => conditionOf(arm.kind).describe(arm));
}

/** Those that ended before the end of the steps, by the step at which they were. */
function leavingOf({ places }: FlowCounts): Flow['left'] {
  return places
    .filter(({ outcome }) => outcome !== null && outcome !== 'completed')
    .map(({ path, outcome, reason, count }) => ({
      ...{ from: path ?? START, outcome: outcome!, reason: reasonShown(reason), count },
    }))
    .sort((a, b) => b.count - a.count || (a.from < b.from ? -1 : 1));
}

function nodeOf(
  node: GraphNode,
  { entered, effects, places, left, line }: FlowCounts & { left: Flow['left']; line: number | null },
): FlowNode {
  const came = entered.find(({ path }) => path === node.id)?.count ?? 0;
  const waiting = sum(places.filter(({ path, waits, outcome }) => path === node.id && waits && outcome === null));
  const own = effects.filter(({ path }) => path === node.id);
  const refused = own.filter(({ status }) => status === 'refused' || status === 'held');
  return {
    ...node,
    line,
    entered: came,
    waiting,
    passed: Math.max(0, came - waiting - sum(left.filter(({ from }) => from === node.id))),
    refused: reasonsShown(refused.map(({ reason, count }) => ({ reason: reason ?? '', count }))),
    failed: sum(own.filter(({ status }) => status === 'failed' || status === 'unknown')),
  };
}

function edgeOf(
  { taken, ...edge }: GraphEdge,
  { counted, steps, entered }: { counted: Counted; steps: readonly FlowNode[]; entered: number },
): FlowEdge {
  if (edge.from === START) return { ...edge, count: entered };
  // What an error led to is not told apart from going on.
  if (edge.kind === 'error') return { ...edge, count: null };
  const answers = counted.answers.filter(({ path }) => path === edge.from);
  if (taken === undefined) {
    const branches = answers.some(({ go }) => go === 'arm');
    if (!branches) return { ...edge, count: steps.find(({ id }) => id === edge.from)!.passed };
    return { ...edge, count: sum(answers.filter(({ go }) => go === 'next')) };
  }
  const isTaken = ({ go, arm }: (typeof answers)[number]) =>
    'arm' in taken ? go === 'arm' && arm === taken.arm : go === 'otherwise' || (go === 'arm' && (arm ?? -1) < 0);
  return { ...edge, count: sum(answers.filter(isTaken)) };
}

function sum(counts: readonly { count: number }[]): number {
  return counts.reduce((total, { count }) => total + count, 0);
}
