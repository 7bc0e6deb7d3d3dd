/** T10: a mark of a clock of a service level, once per instance. The clock itself is triggers/sla. */

import { z } from 'zod';
import { written } from '../../language/diagnostics/written.ts';
import type { Instant, Mark } from '../../language/model.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { markText } from '../../language/time/duration.ts';
import { isoInstant } from '../../language/time/instants.ts';
import type { ClockSituation, Condition, RawFiring } from '../condition.ts';
import type { ClockChange } from '../sla/clock.ts';
import { reachOf } from '../sla/marks.ts';

const schema = z.strictObject({ sla: z.string(), mark: z.union([z.string(), z.number()]) });

export interface SlaConfig {
  policy: string;
  clock: string;
  mark: Mark;
  /** As written. */
  markText: string;
}

export const condition: Condition<never> = {
  kind: 'sla',
  keys: ['sla', 'mark'],
  schema,
  byTime: true,
  keyless: {},
  compile(value: z.infer<typeof schema>, path: Path, context: CompileContext) {
    const { policy, clock } = context.clock(value.sla, [...path, 'sla']);
    const mark = context.mark(value.mark, [...path, 'mark']);
    return {
      roles: {},
      windows: {},
      values: {},
      config: { policy, clock, mark: { ...mark }, markText: written(value.mark) },
    };
  },
  describe(arm) {
    const { policy, clock, markText } = arm.config as unknown as SlaConfig;
    return `${policy}.${clock} reaches ${markText}`;
  },
  example: 'trigger: { sla: standard.first_response, mark: 80% }',

  lacks(arm, _passed, { clock, told }) {
    const { policy, clock: name } = arm.config as unknown as SlaConfig;
    const last = clock?.instances.at(-1);
    if (last === undefined) return [`the clock ${policy}.${name} has not started`];
    const began = `the clock ${policy}.${name} started at ${told(last.startedAt)}`;
    if (last.stoppedAt !== undefined)
      return [`${began} and ended at ${told(last.stoppedAt)}: ${last.how ?? 'stopped'}`];
    if (last.target === undefined) return [`${began}; nothing is promised, as its table has no row`];
    if (last.pausedSince !== undefined) return [`${began}, and is paused since ${told(last.pausedSince)}`];
    const marks = Object.entries(last.reached).map(([mark, at]) => `${mark} at ${told(at)}`);
    return [`${began}; reached ${marks.join(', ') || 'no mark yet'}`];
  },

  // The clock remembers which marks it has reached; an arm needs no memory of its own, and so none that a change of the
  // playbook or the calendar could lose: a mark that has fired does not fire again.
  onClock(arm, _before, situation) {
    const config = arm.config as unknown as SlaConfig;
    const firings = situation.changes
      .filter((change) => isReached(config.mark, change))
      .map((change) => firingOf(config, change.instance, change.at, situation));
    return { state: undefined, firings };
  },
};

function isReached(mark: Mark, change: ClockChange): boolean {
  if (change.kind === 'breached') return mark.kind === 'breach';
  return change.kind === 'marked' && markText(change.mark) === markText(mark);
}

function firingOf(config: SlaConfig, instance: number, at: Instant, situation: ClockSituation): RawFiring {
  const start = situation.started(instance);
  return {
    // What is made due by a resume or a retarget carries that event's instant (L3): the clock says so.
    at,
    evidence: start ? [start.id] : [],
    ...(start && { latest: start }),
    fields: {
      policy: config.policy,
      clock: config.clock,
      mark: config.markText,
      instance,
      ...(start && { started: isoInstant(start.at) }),
    },
    key: `${config.policy}.${config.clock}#${instance}`,
    reach: reachOf(config.mark),
  };
}
