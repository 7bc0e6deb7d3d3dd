/** The language as this release speaks it: every condition, step and aggregate that has a file. */
import type { Dialect } from '../language/syntax.ts';
import { steps } from '../steps/steps.ts';
import { conditions } from '../triggers/conditions.ts';
import { aggregates } from '../triggers/traits/aggregate.ts';

export const dialect: Dialect = { conditions, steps, aggregates };
