/** How long after its start a journey comes to a step at the earliest, as far as the file says it. */
import type { JourneyNode, Moment, SpanOrTable } from '../../../model.ts';
import { DAY_MS } from '../../../time/duration.ts';
import type { StepOfPlaybook } from '../../steps.ts';
import { configOf } from './unreachable.ts';

type Steps = ReadonlyMap<string, StepOfPlaybook>;

/** By path, in milliseconds; a length that is not known counts as none, so that no step comes sooner than is said. */
export function earliestMs(list: readonly JourneyNode[], steps: Steps): Map<string, number> {
  const found = new Map<string, number>();
  walk(list, 0, { steps, found });
  return found;
}

interface Walk {
  steps: Steps;
  found: Map<string, number>;
}

/** @returns when a journey comes out of the list; infinite where none does */
function walk(list: readonly JourneyNode[], from: number, into: Walk): number {
  return list.reduce((at, node) => {
    into.found.set(node.path, at);
    const out = through(node, at, into);
    return into.steps.get(node.path)!.step.if === undefined ? out : Math.min(at, out);
  }, from);
}

function through(node: JourneyNode, at: number, into: Walk): number {
  const { step } = into.steps.get(node.path)!;
  const soonest = (lists: readonly JourneyNode[][]) => Math.min(...lists.map((one) => walk(one, at, into)));
  switch (node.op) {
    case 'exit':
      return Number.POSITIVE_INFINITY;
    case 'pause':
      return after(configOf<{ moment: Moment }>(step).moment, at);
    case 'choose': {
      const isOpen = step.kind === 'choose' && configOf<{ conditions: unknown[] }>(step).conditions.at(-1) !== null;
      return Math.min(soonest(node.arms), isOpen ? at : Number.POSITIVE_INFINITY);
    }
    case 'listen': {
      const { within } = configOf<{ within?: SpanOrTable }>(step);
      const late = walk(node.otherwise, at + (node.arms.length > 0 ? msOf(within) : 0), into);
      return Math.min(late, node.arms.length > 0 ? soonest(node.arms) : at);
    }
    case 'repeat': {
      const { every, until } = configOf<{ every?: Moment; until?: unknown }>(step);
      const once = walk(node.body, at, into);
      const rounds = every?.kind === 'exact' ? at + (node.atMost - 1) * every.ms : at;
      return until === undefined ? Math.max(once, rounds) : at;
    }
    default:
      if (Array.isArray(node.onError)) walk(node.onError, at, into);
      return node.arms === undefined ? at : soonest([...node.arms, node.otherwise ?? []]);
  }
}

function after(moment: Moment, at: number): number {
  if (moment.kind === 'since-enrolment') return Math.max(at, msOf(moment.span));
  if (moment.kind === 'day-at') return Math.max(at, (moment.day - 1) * DAY_MS);
  return moment.kind === 'exact' ? at + moment.ms : at;
}

function msOf(span: SpanOrTable | undefined): number {
  return span?.kind === 'exact' ? span.ms : 0;
}
