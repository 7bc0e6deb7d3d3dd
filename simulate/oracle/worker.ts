/** A thread that plays its share of a rule's cases, and reports the result. */
import { parentPort } from 'node:worker_threads';
import { type Checked, checkRule, type Share } from './check.ts';
import { rules } from './rules.ts';

export interface Task extends Share {
  rule: string;
}

/** `played`: how many more histories; `checked`: the task is done; `failed`: it could not be done. */
export type Report =
  | { kind: 'played'; histories: number }
  | { kind: 'checked'; checked: Checked }
  | { kind: 'failed'; reason: string };

parentPort?.on('message', (task: Task) => {
  const tell = (report: Report) => parentPort!.postMessage(report);
  try {
    const rule = rules.find(({ name }) => name === task.rule);
    if (!rule)
      throw new Error(`no rule is called "${task.rule}": there are ${rules.map(({ name }) => name).join(', ')}`);
    tell({ kind: 'checked', checked: checkRule(rule, task, (histories) => tell({ kind: 'played', histories })) });
  } catch (error) {
    tell({ kind: 'failed', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
