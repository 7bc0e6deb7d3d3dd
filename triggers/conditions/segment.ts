/** What `enters` and `leaves` share (T12): a record comes into a segment, or goes out of it. */
import { z } from 'zod';
import type { CompileContext, Path } from '../../language/syntax.ts';
import type { Condition } from '../condition.ts';
import { type EdgeState, edgeStands, evaluateEdge } from './edge.ts';

/** @param edge what fires: that the segment's condition comes to hold, or that it no longer does */
export function segmentCondition(kind: 'enters' | 'leaves', edge: 'on' | 'off', example: string): Condition<EdgeState> {
  return {
    kind,
    keys: [kind],
    schema: z.strictObject({ [kind]: z.string() }),
    byTime: false,
    keepsOpen: () => false,
    keyless: {},
    compile(value: { [key: string]: string }, path: Path, context: CompileContext) {
      const name = value[kind]!;
      const segment = context.segment(name, [...path, kind]);
      return { roles: {}, windows: {}, values: { condition: segment }, config: { segment: name } };
    },
    describe: (arm) => `${kind} ${(arm.config as { segment: string }).segment}`,
    example,
    stillHolds: (_arm, state) => (state?.held ?? false) === (edge === 'on'),
    lacks: (_arm, passed, standing) => edgeStands(passed, standing, edge),
    onRecord: (_arm, before, situation) => evaluateEdge(before, situation, edge, false),
  };
}
