/** T12: a record comes into a segment. */
import { z } from 'zod';
import type { CompileContext, Path } from '../../language/syntax.ts';
import type { Condition } from '../condition.ts';
import { type EdgeState, evaluateEdge } from './edge.ts';

const schema = z.strictObject({ enters: z.string() });

export const condition: Condition<EdgeState> = {
  kind: 'enters',
  keys: ['enters'],
  schema,
  byTime: false,
  keepsOpen: () => false,
  keyless: {},
  compile(value: z.infer<typeof schema>, path: Path, context: CompileContext) {
    const segment = context.segment(value.enters, [...path, 'enters']);
    return { roles: {}, windows: {}, values: { condition: segment }, config: { segment: value.enters } };
  },
  describe: (arm) => `enters ${(arm.config as { segment: string }).segment}`,
  example: 'trigger: { enters: untouched }',
  stillHolds: (_arm, state) => state?.held === true,
  onRecord: (_arm, before, situation) => evaluateEdge(before, situation, 'on', false),
};
