/**
 * Goals and exits that the deciding transaction can see, consumed by the evaluator or not (S19): what it was told and
 * has not been signalled yet, and what stands on the subject's timeline since the start.
 */
import type { Instant, Json } from '../../language/model.ts';
import { placeOfEvent } from '../../language/records/timeline.ts';
import type { World } from '../../language/records/world.ts';
import type { SeenEnding } from '../../steps/decide.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import type { InputRow } from '../../store/journeys/journey-inputs.ts';
import { valueAt } from '../../triggers/engine/evaluation-view.ts';
import { matchEvent, openingSubscriptions } from '../../triggers/entry/subscriptions.ts';
import type { CommandContext } from '../batch/command-context.ts';
import type { FactLoaders } from './fact-loaders.ts';
import { namesOf, subscriptionOf, viewOf, worldFor } from './looking.ts';

export function endingSeen(member: CommandContext, shelves: FactLoaders, world: World): SeenEnding | undefined {
  for (const input of member.told) {
    const ending = endingTold(input);
    if (ending) return { ending, at: input.at };
  }
  const { playbook } = member.version;
  // Goals come first: what is both at once is the goal (G1).
  const rows = openingSubscriptions(playbook, member.row.startedAt)
    .filter((row) => row.kind !== 'goal' || !playbook.goal?.continues)
    .map((row) => subscriptionOf(member, row));
  for (const event of eventsFor(
    member,
    shelves,
    rows.flatMap((row) => namesOf(row.arms)),
  )) {
    for (const row of rows) {
      const view = viewOf(member, worldFor(row, world), member.settings, placeOfEvent(event));
      const found = matchEvent(row, event, view);
      if (!found) continue;
      const isGoal = row.kind === 'goal';
      const ending = {
        event: event.messageId,
        outcome: isGoal ? 'converted' : 'exited',
        reason: isGoal ? 'goal' : 'exit',
      };
      return { ending: ending as SeenEnding['ending'], at: found.at };
    }
  }
  return undefined;
}

/** What the reducer makes of such an input, known before it is signalled. */
function endingTold({ kind, event }: InputRow): SeenEnding['ending'] | undefined {
  const evidence = event === null ? {} : { event };
  if (kind === 'goal') return { outcome: 'converted', reason: 'goal', ...evidence };
  if (kind === 'exit') return { outcome: 'exited', reason: 'exit', ...evidence };
  if (kind === 'undone') return { outcome: 'exited', reason: 'undone', ...evidence };
  return kind === 'merged' ? { outcome: 'cancelled', reason: 'merged' } : undefined;
}

/** The evidence of a goal, with the value that the goal's expression has over it (G1). */
export function goalMet(
  member: CommandContext,
  shelves: FactLoaders,
  world: World,
): { event: string | null; at: Instant; value: Json | undefined } | undefined {
  const { command, version } = member;
  if (command.ending?.outcome !== 'converted') return undefined;
  const { goal } = version.playbook;
  const names = namesOf([goal?.awaited ?? []]);
  const event = eventsFor(member, shelves, names).find((e) => e.messageId === command.ending?.event);
  if (!event) return { event: command.ending.event ?? null, at: command.at, value: undefined };
  const view = viewOf(member, world, member.settings, placeOfEvent(event));
  const value = goal?.value && valueAt({ ...view, event, trigger: member.row.trigger }, goal.value);
  return { event: event.messageId, at: event.at, value };
}

function eventsFor({ row }: CommandContext, shelves: FactLoaders, names: readonly string[]): readonly StoredEvent[] {
  if (names.length === 0) return [];
  const asked = [...new Set(names)].sort();
  return shelves.timeline({ subject: row.subject, names: asked, after: row.startedAt, upTo: null });
}
