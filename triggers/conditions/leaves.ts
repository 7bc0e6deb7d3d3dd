/** T12: a record goes out of a segment. */
import { z } from 'zod';
import type { CompileContext, Path } from '../../language/syntax.ts';
import type { Condition } from '../condition.ts';
import { lookAtTurning, type Turning } from './edge.ts';

const schema = z.strictObject({ leaves: z.string() });

export const condition: Condition<Turning> = {
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
  onLook: (_arm, before, situation) => lookAtTurning(before, situation, 'off', false),
};
