import { JOURNEY_ROOTS, OVERVIEW_ROOTS } from '../language/roots.ts';

/** The names that expressions and texts of steps may start with, apart from the subject's records (T0, Y2). */
export const READING_ROOTS = [...JOURNEY_ROOTS, 'colleague', ...OVERVIEW_ROOTS] as const;
