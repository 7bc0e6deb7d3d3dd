/** What tests of whole systems ask of one: what was done to somebody, in words. */
import type { Instant, Json } from '../../language/model.ts';
import { type Activity, readActivities } from '../../store/reports/activity-feed.ts';
import type { System, SystemCall } from '../support/system.ts';

export function at(text: string): Instant {
  return Date.parse(text);
}

export function identify(userId: string, traits: { [name: string]: Json }): SystemCall {
  return { type: 'identify', userId, traits };
}

/** Moves the clock to an instant, lets things happen there, and sees what comes of them. */
export async function happenAt(system: System, instant: Instant, ...calls: SystemCall[]): Promise<void> {
  await system.step(instant);
  await system.post(calls.map((call) => ({ at: instant, ...call })));
  await system.step(instant + 1_000);
}

/** One line for each effect and ending of a playbook for a subject: `send cart-reminder`, `task Call Ada`, `converted`. */
export async function doneTo(system: System, playbook: string, subjectId: string): Promise<string[]> {
  const happenings = await readActivities(system.database, { since: 0, most: 10_000 });
  return happenings
    .filter((it) => it.playbook === playbook && it.subjectId === subjectId)
    .toSorted(inOrder)
    .map(({ kind, status, reason, detail }) => {
      if (kind === 'outcome') return String(detail.outcome);
      const refused = status === 'done' ? '' : ` (${status}: ${reason})`;
      return `${kind} ${textOf(detail[kind])}${refused}`;
    });
}

/** At one instant in file order, and endings behind all: they carry the journey's instant, effects when they were done. */
function inOrder(a: Activity, b: Activity): number {
  const isEnding = (it: Activity) => Number(it.kind === 'outcome');
  return isEnding(a) - isEnding(b) || a.at - b.at || a.path.localeCompare(b.path, 'en', { numeric: true });
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
