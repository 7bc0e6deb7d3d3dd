/** T12: a record comes into a segment. */
import { segmentCondition } from './segment.ts';

export const condition = segmentCondition('enters', 'on', 'trigger: { enters: untouched }');
