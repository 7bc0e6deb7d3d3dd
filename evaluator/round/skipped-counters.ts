/** What took no part in a batch's looks, gathered to be written for operators (T0). */

import { addSkippedCounts } from '../../store/evaluation/skipped-counts.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import type { EvaluationView } from '../../triggers/engine/evaluation-view.ts';
import { SkippedCounts } from '../../triggers/engine/skipped.ts';
import { playbookAsker } from '../../triggers/index/owners.ts';

export class SkippedCounters extends SkippedCounts {
  /** Asks one question of a playbook's at the view, and counts it where it ends in a value of the wrong type. */
  asking<T>(playbook: string, view: EvaluationView, ask: (view: EvaluationView) => T): T {
    const wrongTypes = new Set<string>();
    const answer = ask({ ...view, asker: playbookAsker(playbook), wrongTypes });
    this.addWrongTypes(wrongTypes);
    return answer;
  }

  write(client: Queryable): Promise<void> {
    return addSkippedCounts(client, this.rows());
  }
}
