/** T1: fires at each matching event. */
import { z } from 'zod';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { type Condition, snapshotOf } from '../condition.ts';
import { describeEvents, eventShape, whereShape } from './shapes.ts';

const schema = z.strictObject({ event: eventShape, where: whereShape.optional() });

export const condition: Condition<never> = {
  kind: 'event',
  keys: ['event'],
  schema,
  byTime: false,
  keyless: { event: 'no-part' },
  compile(value: z.infer<typeof schema>, path: Path, context: CompileContext) {
    return { roles: { event: context.events(value, path) }, windows: {}, values: {}, config: null };
  },
  describe: (arm) => describeEvents(arm.roles.event),
  example: 'trigger: { event: lead.created }',
  // What came and did not fit is told of every condition alike.
  lacks: () => [],

  onEvent(_arm, _state, { event }) {
    return {
      state: undefined,
      firings: [{ at: event.at, evidence: [event.messageId], latest: snapshotOf(event), fields: {} }],
    };
  },
};
