/** The language as this release speaks it: every condition, step and aggregate that has a file. */
import type { Registry } from '../language/syntax.ts';
import { steps } from '../steps/steps.ts';
import { conditions } from '../triggers/conditions.ts';
import { aggregates } from '../triggers/traits/aggregate.ts';

export const registry: Registry = { conditions, steps, aggregates };
