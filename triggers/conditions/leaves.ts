/** T12: a record goes out of a segment. */
import { z } from 'zod';
import type { CompileContext, Path } from '../../language/syntax.ts';
import type { Condition } from '../condition.ts';
import { type EdgeState, evaluateEdge } from './edge.ts';

const schema = z.strictObject({ leaves: z.string() });

export const condition: Condition<EdgeState> = {
  kind: 'leaves',
  keys: ['leaves'],
  schema,
  byTime: false,
  keepsOpen: () => false,
  keyless: {},
  compile(value: z.infer<typeof schema>, path: Path, context: CompileContext) {
    const segment = context.segment(value.leaves, [...path, 'leaves']);
    return { roles: {}, windows: {}, values: { condition: segment }, config: { segment: value.leaves } };
  },
  describe: (arm) => `leaves ${(arm.config as { segment: string }).segment}`,
  example: 'trigger: { leaves: complete }',
  stillHolds: (_arm, state) => !state?.held,
  onRecord: (_arm, before, situation) => evaluateEdge(before, situation, 'off', false),
};
