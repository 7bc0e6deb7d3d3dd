/** T12: a record comes into a segment. */
import { z } from 'zod';
import type { CompileContext, Path } from '../../language/syntax.ts';
import type { Condition } from '../condition.ts';
import { lookAtTurning, type Turning } from './edge.ts';

const schema = z.strictObject({ enters: z.string() });

export const condition: Condition<Turning> = {
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
  onLook: (_arm, before, situation) => lookAtTurning(before, situation, 'on', false),
};
