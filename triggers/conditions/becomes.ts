/** T9: a condition over traits turns true, by an event or by time; with `for`, it stays true. */
import { z } from 'zod';
import type { CompileContext, Path } from '../../language/syntax.ts';
import type { Condition } from '../condition.ts';
import { type EdgeState, edgeStands, evaluateEdge } from './edge.ts';
import { describeWindow, spanShape, whereShape } from './shapes.ts';

const schema = z.strictObject({ becomes: whereShape, for: spanShape.optional() });

export const condition: Condition<EdgeState> = {
  kind: 'becomes',
  keys: ['becomes'],
  schema,
  byTime: (arm) => arm.windows.for !== undefined,
  keepsOpen: (_arm, state) => state.watch !== undefined,
  keyless: {},
  compile(value: z.infer<typeof schema>, path: Path, context: CompileContext) {
    return {
      roles: {},
      windows: value.for === undefined ? {} : { for: context.span(value.for, [...path, 'for']) },
      values: { condition: context.becomes(value.becomes, [...path, 'becomes']) },
      config: null,
    };
  },
  describe: (arm) =>
    `${arm.values.condition?.cel} becomes true${arm.windows.for ? ` and stays so for ${describeWindow(arm, 'for')}` : ''}`,
  example: 'trigger: { becomes: contact.score >= 80, for: 1d }',
  stillHolds: (_arm, state) => state?.held === true && !state.watch,
  lacks: (_arm, passed, standing) => edgeStands(passed, standing, 'on'),
  onRecord: (arm, before, situation) => evaluateEdge(before, situation, 'on', arm.windows.for !== undefined),
};
