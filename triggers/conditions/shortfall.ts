/** T4: fewer than n of X in the time after an opening event. */
import { z } from 'zod';
import type { CompileContext, Path } from '../../language/syntax.ts';
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
  fewer_than: z.int().min(1).max(1000),
  of: patternShape,
  within: spanShape,
});

interface Watch {
  opening: Snapshot;
  dueAt: number;
  /** X seen since the opening. */
  count: number;
}

export const condition: Condition<Watch> = {
  kind: 'shortfall',
  keys: ['event', 'fewer_than', 'of'],
  schema,
  byTime: true,
  keyless: { opens: 'no-part', of: 'every-key' },
  compile(value: z.infer<typeof schema>, path: Path, context: CompileContext) {
    return {
      roles: {
        opens: ownEvents(value, path, context),
        of: context.events(value.of, [...path, 'of']),
      },
      windows: { within: context.span(value.within, [...path, 'within']) },
      values: {},
      config: { fewerThan: value.fewer_than },
    };
  },
  describe(arm) {
    const { fewerThan } = arm.config as { fewerThan: number };
    const of = describeEvents(arm.roles.of);
    return `fewer than ${fewerThan} × ${of} within ${describeWindow(arm, 'within')} of ${describeEvents(arm.roles.opens)}`;
  },
  example: 'trigger: { event: lead.created, fewer_than: 3, of: [call.logged, mail.logged], within: 7d }',

  onEvent(arm, before, { event, roles, endOf }) {
    const { fewerThan } = arm.config as { fewerThan: number };
    let watch = before;
    let missed: { missed?: NearMiss } = {};
    // Counted in (open.at, open.at + w]: an X at the opening's own instant is not after it.
    if (watch && roles.has('of') && event.at > watch.opening.at) {
      const count = watch.count + 1;
      if (count >= fewerThan && inLastTenth(event.at, watch.opening.at, watch.dueAt)) {
        missed = { missed: { by: `${fewerThan} in the last tenth of \`within\``, amount: 1 } };
      }
      watch = count >= fewerThan ? undefined : { ...watch, count };
    }
    // Later openings do not move it; the event that closed it may itself open it again.
    if (!watch && roles.has('opens')) {
      const dueAt = endOf('within', event.at);
      if (dueAt !== undefined) watch = { opening: snapshotOf(event), dueAt, count: 0 };
    }
    return { state: watch, dueAt: watch?.dueAt, ...missed };
  },

  lacks(arm, passed, { told }) {
    const { fewerThan } = arm.config as { fewerThan: number };
    const [before, last] = [passed.at(-2)?.state, passed.at(-1)];
    const of = describeEvents(arm.roles.of);
    if (last === undefined) return [`no ${describeEvents(arm.roles.opens)} has come, which opens its watch`];
    const { state: watch } = last;
    if (watch) {
      const end = `it fires at ${told(watch.dueAt)} if fewer than ${fewerThan} have come by then`;
      return [`${openedBy(watch.opening, told)}; ${watch.count} × ${of} came since; ${end}`];
    }
    if (last.event === undefined || before === undefined) return [];
    return [`${openedBy(before.opening, told)}, and number ${fewerThan} of ${of} closed it at ${told(last.at)}`];
  },

  onDeadline(_arm, watch, { at }) {
    if (watch.dueAt > at) return { state: watch, dueAt: watch.dueAt };
    const { opening, count, dueAt } = watch;
    return { state: undefined, firings: [{ at: dueAt, evidence: [opening.id], latest: opening, fields: { count } }] };
  },
};
