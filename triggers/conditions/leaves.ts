/** T12: a record goes out of a segment. */
import { segmentCondition } from './segment.ts';

export const condition = segmentCondition('leaves', 'off', 'trigger: { leaves: complete }');
