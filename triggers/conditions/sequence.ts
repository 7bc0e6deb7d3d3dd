/** T7: events in an order, the last no later than a time after the first. */
import { z } from 'zod';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { type Condition, snapshotOf } from '../condition.ts';
import { describeEvents, describeWindow, patternShape, spanShape } from './shapes.ts';

const MAX_ELEMENTS = 20;

const schema = z.strictObject({ sequence: z.array(patternShape).min(2).max(MAX_ELEMENTS), within: spanShape });

interface Chain {
  /** One event for each element so far. */
  ids: string[];
  /** The last instant at which the last element still counts. */
  until: number;
}
/** For each number of elements, from one on, the chain of that many of which every event is the latest possible. */
type Chains = (Chain | null)[];

export const condition: Condition<Chains> = {
  kind: 'sequence',
  keys: ['sequence', 'within'],
  schema,
  byTime: false,
  keyless: {},
  compile(value: z.infer<typeof schema>, path: Path, context: CompileContext) {
    const elements = value.sequence.map((element, i) => [String(i), context.events(element, [...path, 'sequence', i])]);
    return {
      roles: Object.fromEntries(elements),
      windows: { within: context.span(value.within, [...path, 'within']) },
      values: {},
      config: { length: value.sequence.length },
    };
  },
  describe(arm) {
    const { length } = arm.config as { length: number };
    const elements = Array.from({ length }, (_, i) => describeEvents(arm.roles[i]));
    return `${elements.join(', then ')}, within ${describeWindow(arm, 'within')}`;
  },
  example: 'trigger: { sequence: [trial.started, feature.used, plan.viewed], within: 7d }',

  lacks(arm, passed, { at, told }) {
    const { length } = arm.config as { length: number };
    const chains = passed.at(-1)?.state ?? [];
    const furthest = chains.findLastIndex((chain) => chain !== null);
    const chain = chains[furthest];
    if (!chain) return [`needs ${describeEvents(arm.roles[0])} first; no chain is open`];
    const came = `${furthest + 1} of ${length} came in order`;
    const next = describeEvents(arm.roles[furthest + 1]);
    if (chain.until < at) return [`${came}; ${next} did not come by ${told(chain.until)}, when the time was over`];
    return [`${came}; needs ${next} next, and the last by ${told(chain.until)}`];
  },

  isInert: (_arm, chains, at) => chains.every((chain) => chain === null || chain.until < at),

  onEvent(arm, before, { event, roles, endOf }) {
    const { length } = arm.config as { length: number };
    const chains: Chains = [...(before ?? [])];
    const almost = before?.[length - 2];
    const wasAlmost = almost != null && almost.until >= event.at;
    // From the last element on: an event counts as one element at a time. A chain that this event prolongs has the latest
    // last event, and before it the latest chain that there was: so every event of it is the latest possible.
    for (let i = length - 1; i > 0; i--) {
      const chain = roles.has(String(i)) ? chains[i - 1] : null;
      if (!chain || event.at > chain.until) continue;
      const ids = [...chain.ids, event.messageId];
      if (i < length - 1) chains[i] = { ids, until: chain.until };
      // Everything up to here is used up, part of it or not; this event as well.
      else
        return {
          state: undefined,
          firings: [{ at: event.at, evidence: ids, latest: snapshotOf(event), fields: {} }],
          missed: { by: 'the last element', amount: -1 },
        };
    }
    const until = roles.has('0') ? endOf('within', event.at) : undefined;
    if (until !== undefined) chains[0] = { ids: [event.messageId], until };
    const open = Array.from(chains, (chain) => (chain && chain.until >= event.at ? chain : null));
    const isAlmost = open[length - 2] != null;
    return {
      state: open.some((chain) => chain !== null) ? open : undefined,
      ...(isAlmost && !wasAlmost && { missed: { by: 'the last element', amount: 1 as const } }),
    };
  },
};
