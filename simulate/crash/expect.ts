/** What the stored events must have come to, by the code that also runs playbooks' tests and backtests. */

import { registry } from '../../evaluation/registry.ts';
import { compileWorkspace, type WorkspaceFile } from '../../language/compile.ts';
import type { Instant } from '../../language/model.ts';
import type { TimelineEvent } from '../../language/records/timeline.ts';
import { run } from '../run/run.ts';

export interface ExpectedEnrolment {
  id: string;
  playbook: string;
  subject: string;
  key: string;
  startedAt: Instant;
  outcome: string;
  /** Of the ending; a conversion after the end is no ending. */
  endedAt: Instant;
  /** Effects by their step's path. */
  effects: Map<string, { kind: string; at: Instant; refused: string | null }>;
}

/** @throws Error when the playbooks have a fault. */
export function expectedOf(
  files: readonly WorkspaceFile[],
  events: readonly TimelineEvent[],
): Map<string, ExpectedEnrolment> {
  const { versions, workspace, diagnostics } = compileWorkspace(files, registry);
  const fault = diagnostics.find(({ severity }) => severity === 'error');
  if (fault) throw new Error(`${fault.file}:${fault.line} ${fault.code} ${fault.message}`);
  const expected = new Map<string, ExpectedEnrolment>();
  const { settings, people } = workspace;
  run({ versions, settings, people, records: [], events }, (line) => {
    if (line.type === 'enrolment' && line.refused === null) {
      const { id, playbook, subject, key, at: startedAt } = line;
      const about = { id, playbook, subject: subject.id, key, startedAt };
      expected.set(id, { ...about, outcome: 'open', endedAt: Infinity, effects: new Map() });
    }
    if (line.type === 'effect') {
      const { step, effect: kind, at, refused } = line;
      expected.get(line.enrolment)!.effects.set(step, { kind, at, refused });
    }
    if (line.type === 'outcome' && !line.afterEnd) {
      Object.assign(expected.get(line.enrolment)!, { outcome: line.outcome, endedAt: line.at });
    }
  });
  return expected;
}
