/** Schedules that come just as often as `again` or a frequency cap lets them: some of their times are lost (N2, P2). */
import type { CompiledPlaybook } from '../../model.ts';
import { capsOf } from '../../time/caps.ts';
import { DAY_MS, describeDuration, HOUR_MS } from '../../time/duration.ts';
import { nextScheduled, type Schedule } from '../../time/schedule.ts';
import type { LintInput } from './lint.ts';

/** A year's walk of a schedule would show no shorter gap than its first few weeks do. */
const MAX_GAPS = 12;
/** Any instant of a winter, far from a change of the clocks. */
const FROM = Date.UTC(2026, 0, 5);

export function lintOften({ playbook, world: { settings }, report, steps }: LintInput): void {
  const gapMs = shortestGapMs(playbook);
  if (gapMs === undefined) return;
  const gap = describeDuration(gapMs);
  const { again } = playbook;
  if (again.kind === 'after' && isJustAsLong(again.ms, gapMs)) {
    report.at(['again'], {
      severity: 'warning',
      code: 'CB611',
      message: `the schedule comes every ${gap}, and \`again\` lets nobody in sooner: where clocks are put forward one time is lost`,
      hint: `write again: always, or a little less: after ${shorterThan(again.ms)}`,
    });
  }
  const cap = capsOf(settings, 'marketing').find(
    ({ atMost, perMs, perCalendar, ifCapped }) =>
      perCalendar === undefined && ifCapped.kind !== 'delay' && isJustAsLong(perMs, gapMs * atMost),
  );
  if (cap === undefined) return;
  const send = [...steps.values()].find(
    ({ syntax, step }) => syntax.effect?.messageClass?.(step.config as never) === 'marketing',
  );
  if (send === undefined) return;
  report.at([...send.place, 'class'], {
    severity: 'warning',
    code: 'CB611',
    message: `the schedule comes every ${gap}, and the cap lets ${cap.atMost} out in ${describeDuration(cap.perMs)}: after a mail that went a little later the next is refused`,
    hint: `in settings.yaml write a shorter \`per\` (${shorterThan(cap.perMs)}), or if_capped: delay up to 1d`,
  });
}

function shorterThan(ms: number): string {
  return describeDuration(ms > DAY_MS ? ms - DAY_MS : ms / 2).replaceAll(' ', '');
}

/** Within an hour for the change of the clocks. */
function isJustAsLong(boundMs: number, gapMs: number): boolean {
  return boundMs > gapMs - HOUR_MS - 1 && boundMs <= gapMs;
}

/** Of schedules a day apart or more; what comes more often is meant to be thinned. */
function shortestGapMs({ trigger }: CompiledPlaybook): number | undefined {
  const gaps = trigger.arms.flatMap(({ kind, config }) => {
    if (kind !== 'schedule') return [];
    const { schedule } = config as unknown as { schedule: Schedule };
    const found: number[] = [];
    let at = nextScheduled(schedule, 'UTC', FROM);
    for (let i = 0; i < MAX_GAPS && at !== undefined; i++) {
      const next = nextScheduled(schedule, 'UTC', at);
      if (next !== undefined) found.push(next - at);
      at = next;
    }
    return found;
  });
  const shortest = Math.min(...gaps);
  return gaps.length > 0 && shortest >= DAY_MS ? shortest : undefined;
}
