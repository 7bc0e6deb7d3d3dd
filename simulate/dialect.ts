/** The language as this release speaks it: every condition, step and aggregate that has a file. */
import type { Dialect } from '../language/syntax.ts';
import { aggregates } from '../triggers/aggregate.ts';
import { conditions } from '../triggers/conditions.ts';
import { steps } from '../workflows/steps.ts';

export const dialect: Dialect = { conditions, steps, aggregates };
