/** One write of a verdict, as rows and own events (E9): the twin of what virtual time does with it at once. */
import { enrolmentEnded, recordUpdated, taskEvent } from '../../evaluation/system-events.ts';
import type { Instant } from '../../language/model.ts';
import type { Write } from '../../steps/step.ts';
import type { CommandContext } from './command-context.ts';
import type { DecidedStep } from './decide.ts';
import { effectIdOf, instantAfter } from './effect.ts';
import type { UnitOfWork } from './unit-of-work.ts';

export function recordWrite(
  changes: UnitOfWork,
  member: CommandContext,
  write: Write,
  decision: DecidedStep,
  now: Instant,
): void {
  const { row, command, version } = member;
  const { answer } = decision.decision;
  const effectId = effectIdOf(row.id, command);
  const at = instantAfter(member, answer);
  const own = { enrolmentId: row.id };
  switch (write.write) {
    case 'traits': {
      const { type, id, traits, by } = write;
      changes.systemEvents.push({ ...own, ...recordUpdated(row, command, { type, id, traits }, by) });
      return;
    }
    case 'task': {
      const { title, assignee, dueAt, priority, checklist } = write;
      const { playbook, subject } = row;
      const about = { id: effectId, enrolmentId: row.id, playbook, subject, createdAt: now };
      changes.tasks.push({ ...about, title, assignee, dueAt, priority, checklist });
      changes.systemEvents.push({ ...own, ...taskEvent(row, command, 'created') });
      return;
    }
    case 'withdraw-task':
      changes.withdrawn.push(effectId);
      changes.systemEvents.push({ ...own, ...taskEvent(row, command, 'withdrawn') });
      return;
    case 'outcome': {
      const { name, value, ghost } = write;
      const { playbook, versionHash, subject } = row;
      const about = { id: effectId, enrolmentId: row.id, playbook, versionHash, subject, path: command.path };
      changes.outcomes.push({ ...about, name, value, ghost, at });
      return;
    }
    case 'assignment': {
      const { playbook, subject } = row;
      changes.arms.push({ playbook, experiment: write.experiment, subject, arm: write.arm, at });
      return;
    }
    case 'tried':
      changes.rotations.push({ playbook: row.playbook, person: write.person });
      return;
    case 'subscribe': {
      const { since, until } = write;
      const { path, iteration } = command;
      changes.subscriptions.push({
        enrolmentId: row.id,
        path,
        iteration,
        subject: row.subject,
        since,
        until,
        detail: {},
      });
      return;
    }
    case 'unsubscribe':
      changes.unsubscribed.push({ enrolmentId: row.id, paths: [command.path] });
      return;
    case 'end': {
      const { outcome, reason } = write;
      const goal = outcome === 'converted' ? (decision.goal ?? { event: write.event, at }) : null;
      changes.ends.push({ id: row.id, outcome, reason, at, goal });
      changes.unsubscribed.push({ enrolmentId: row.id, paths: endingPaths(version.playbook, outcome) });
      changes.systemEvents.push({ ...own, ...enrolmentEnded(row, outcome, reason) });
      return;
    }
  }
}

/** A goal with a window may still be met after the end: a conversion (G2); without one only while it is open (G1). */
function endingPaths({ goal, steps }: CommandContext['version']['playbook'], outcome: string): string[] {
  const waits = Object.values(steps).flatMap((step) =>
    step.kind === 'wait_for' || step.kind === 'wait' ? step.path : [],
  );
  const keepsGoal = outcome !== 'converted' && goal?.withinMs !== undefined;
  return ['exit', ...waits, ...(keepsGoal ? [] : ['goal'])];
}
