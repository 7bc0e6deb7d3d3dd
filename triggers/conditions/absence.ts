/** T3: a watch that each opening event moves, that X closes, and that fires when its time is over. */
import { z } from 'zod';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { describeDuration } from '../../language/time/duration.ts';
import { type Condition, inLastTenth, type NearMiss, type Snapshot, snapshotOf } from '../condition.ts';
import {
  describeEvents,
  describeWindow,
  eventShape,
  openedBy,
  ownEvents,
  patternShape,
  spanShape,
  whereShape,
} from './shapes.ts';

const schema = z.strictObject({
  event: eventShape,
  where: whereShape.optional(),
  unless: patternShape,
  within: spanShape,
  timer: z.enum(['first', 'latest']).optional(),
});

interface Watch {
  /** The latest opening event. */
  opening: Snapshot;
  dueAt: number;
}

export const condition: Condition<Watch> = {
  kind: 'absence',
  keys: ['event', 'unless', 'within'],
  schema,
  byTime: true,
  keyless: { opens: 'no-part', unless: 'every-key' },
  compile(value: z.infer<typeof schema>, path: Path, context: CompileContext) {
    return {
      roles: {
        opens: ownEvents(value, path, context),
        unless: context.events(value.unless, [...path, 'unless']),
      },
      windows: { within: context.span(value.within, [...path, 'within']) },
      values: {},
      config: { timer: value.timer ?? 'latest' },
    };
  },
  describe: (arm) =>
    `no ${describeEvents(arm.roles.unless)} within ${describeWindow(arm, 'within')} of ${describeEvents(arm.roles.opens)}`,
  example: 'trigger: { event: cart.updated, unless: order.completed, within: 1h, key: event.cart_id }',

  onEvent(arm, before, { event, roles, endOf }) {
    const { timer } = arm.config as { timer: 'first' | 'latest' };
    const watch = roles.has('unless') ? undefined : before;
    const closed = before && !watch && inLastTenth(event.at, before.opening.at, before.dueAt);
    const missed: { missed?: NearMiss } = closed ? { missed: { by: 'the last tenth of `within`', amount: 1 } } : {};
    if (!roles.has('opens')) return { state: watch, dueAt: watch?.dueAt, ...missed };
    const dueAt = watch && timer === 'first' ? watch.dueAt : endOf('within', event.at);
    if (dueAt === undefined) return { state: watch, dueAt: watch?.dueAt, ...missed };
    return { state: { opening: snapshotOf(event), dueAt }, dueAt, ...missed };
  },

  lacks(arm, passed, { told }) {
    const [before, last] = [passed.at(-2)?.state, passed.at(-1)];
    const unless = describeEvents(arm.roles.unless);
    if (last === undefined) return [`no ${describeEvents(arm.roles.opens)} has come, which opens its watch`];
    const { state: watch } = last;
    if (watch) return [`${openedBy(watch.opening, told)}; it looks at ${told(watch.dueAt)} whether ${unless} has come`];
    if (last.event === undefined || before === undefined) return [];
    const early = describeDuration(before.dueAt - last.at);
    return [
      `${openedBy(before.opening, told)}, and ${last.event} closed it at ${told(last.at)}, ${early} before its time was over`,
    ];
  },

  onDeadline(_arm, watch, { at }) {
    if (watch.dueAt > at) return { state: watch, dueAt: watch.dueAt };
    return {
      state: undefined,
      firings: [{ at: watch.dueAt, evidence: [watch.opening.id], latest: watch.opening, fields: {} }],
    };
  },
};
