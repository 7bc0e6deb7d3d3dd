/** What came of each playbook so far, counted; and what operators watch. */
import type { Queryable } from '../postgres/database.ts';

/** Of one playbook. Ghosts count as enrolments, and have outcomes; what was withheld from them counts nowhere. */
export interface PlaybookTotals {
  firings: number;
  enrolments: number;
  /** Handed over, to customers and colleagues. */
  mails: number;
  tasks: number;
  escalations: number;
  /** By name: what `record` steps wrote, and endings. */
  outcomes: { [name: string]: number };
}

type Counted = Exclude<keyof PlaybookTotals, 'outcomes'>;

const COUNTS = `
SELECT playbook, 'firings' AS what, '' AS name, count(*) AS n FROM firings WHERE undone_by IS NULL GROUP BY 1
UNION ALL SELECT playbook, 'enrolments', '', count(*) FROM enrolments GROUP BY 1
UNION ALL SELECT playbook, 'mails', '', count(*) FROM messages WHERE status = 'sent' AND channel = 'email' GROUP BY 1
UNION ALL SELECT playbook, 'tasks', '', count(*) FROM tasks WHERE playbook IS NOT NULL GROUP BY 1
UNION ALL SELECT n.playbook, 'escalations', '', count(*) FROM effects e JOIN enrolments n ON n.id = e.enrolment_id
  WHERE e.kind = 'escalate' AND e.status = 'done' GROUP BY 1
UNION ALL SELECT playbook, 'outcomes', name, count(*) FROM outcomes GROUP BY 1, 3`;

/** Every deployed playbook by its name, in that order, and those that are deployed no more and have left something. */
export async function readTotals(client: Queryable): Promise<Map<string, PlaybookTotals>> {
  const { rows: deployed } = await client.query<{ playbook: string }>('SELECT playbook FROM deployments');
  const { rows } = await client.query<{ playbook: string; what: Counted | 'outcomes'; name: string; n: number }>(
    COUNTS,
  );
  const names = [...new Set([...deployed, ...rows].map((row) => row.playbook))].sort();
  const figures = new Map(names.map((name) => [name, none()]));
  for (const { playbook, what, name, n } of rows.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const of = figures.get(playbook)!;
    if (what === 'outcomes') of.outcomes[name] = n;
    else of[what] = n;
  }
  return figures;
}

function none(): PlaybookTotals {
  return { firings: 0, enrolments: 0, mails: 0, tasks: 0, escalations: 0, outcomes: {} };
}

/** What waits, by what it waits for. */
export interface Backlog {
  /** Events that the evaluator has not consumed. */
  pendingEvents: number;
  /** Events that failed too often, and were set aside. */
  setAsideEvents: number;
  /** Since the oldest pending event was received, by the clock; 0 without one. */
  oldestPendingMs: number;
  /** Enrolments that no workflow carries yet. */
  unstartedEnrolments: number;
  openEnrolments: number;
  /** Messages of which nobody knows whether they arrived (P4). */
  unknownMessages: number;
}

export async function readBacklog(client: Queryable): Promise<Backlog> {
  const { rows } = await client.query<Backlog>(
    `SELECT count(*) FILTER (WHERE set_aside_at IS NULL) AS "pendingEvents",
            count(*) FILTER (WHERE set_aside_at IS NOT NULL) AS "setAsideEvents",
            GREATEST(0, COALESCE(cuebook_ms(cuebook_now()) - cuebook_ms(min(received_at)
              FILTER (WHERE set_aside_at IS NULL)), 0)) AS "oldestPendingMs",
            (SELECT count(*) FROM enrolments WHERE outcome IS NULL AND cohort_id IS NULL) AS "unstartedEnrolments",
            (SELECT count(*) FROM enrolments WHERE outcome IS NULL) AS "openEnrolments",
            (SELECT count(*) FROM messages WHERE status = 'unknown') AS "unknownMessages"
       FROM pending_events`,
  );
  return rows[0]!;
}
