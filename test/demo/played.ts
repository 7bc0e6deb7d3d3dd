/** Plays the demo company in virtual time, without a clock, a database or a server. */

import { Days, type TimedCall } from '../../cli/demo/calls.ts';
import { makeCompany } from '../../cli/demo/company.ts';
import { HISTORY_DAYS, tellHistory } from '../../cli/demo/history.ts';
import { Traffic } from '../../cli/demo/traffic.ts';
import { registry } from '../../evaluation/registry.ts';
import { subjectsOf } from '../../events/new-event.ts';
import { parseCall } from '../../events/parse-call.ts';
import { loadFolder } from '../../language/compile/files/load-folder.ts';
import { compileWorkspace } from '../../language/compile.ts';
import { compareEvents, type TimelineEvent } from '../../language/records/timeline.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { run } from '../../simulate/run/run.ts';
import type { RunLine } from '../../simulate/run/types.ts';

/** A Monday. */
export const MONDAY = '2026-11-23';
export const days = new Days(MONDAY);
export const BEGIN = days.at(0, '08:50');

const { files } = await loadFolder('playbooks');
const { versions, workspace } = compileWorkspace(files, registry);

export interface Played {
  history: TimedCall[];
  live: TimedCall[];
  /** Of firings at the beginning or later: earlier ones are before the deployment. */
  lines: RunLine[];
}

export function playDays(seed: number, most: number): Played {
  const company = makeCompany(seed);
  const traffic = new Traffic(company, days, seed);
  const history = tellHistory(company, days, seed, BEGIN);
  const live = Array.from({ length: most }, (_, day) => traffic.day(day)).flat();
  const until = days.at(most, '00:00');
  const events = [...history, ...live].map(timelineEvent).filter((event) => event.at < until);
  const lines: RunLine[] = [];
  const { settings, people } = workspace;
  run({ versions, settings, people, records: [], events: events.sort(compareEvents), until }, (line) =>
    lines.push(line),
  );
  return { history, live, lines: lines.filter((line) => line.at >= BEGIN) };
}

export const FIRST_HISTORY_DAY = days.at(-HISTORY_DAYS, '00:00');

/** As the tracking API takes it. */
function timelineEvent({ at, call }: TimedCall, i: number): TimelineEvent {
  const input = { ...call, messageId: `m${i}`, timestamp: isoInstant(at) };
  const { event } = parseCall(input, { source: 'test' });
  const { name, messageId, properties, patches, ids } = event;
  return { arrival: i + 1, messageId, name, at, receivedAt: at, properties, subjects: subjectsOf(ids), patches };
}
