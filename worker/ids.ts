import { COHORT_WORKFLOW } from '../workflows/cohort/types.ts';

/** The id of a cohort's workflow. */
export function workflowIdOf(cohortId: string): string {
  return `${COHORT_WORKFLOW}-${cohortId}`;
}
