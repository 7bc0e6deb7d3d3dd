/** Shows a look to everything that waits on the subject's timeline. */
import type { SubjectRef } from '../../language/model.ts';
import type { Place, TimelineEvent } from '../../language/records/timeline.ts';
import type { EvaluationView } from '../../triggers/engine/evaluation-view.ts';
import { ExpressionCache } from '../../triggers/engine/expression-cache.ts';
import type { EvaluationResult } from '../../triggers/engine/state.ts';
import { matchEvent, mayConcern, needsAnotherLook, watchesState } from '../../triggers/entry/subscriptions.ts';
import { playbookAsker } from '../../triggers/index/owners.ts';
import type { VirtualJourneys } from '../journeys/journeys.ts';
import { behindStart } from '../journeys/virtual-facts.ts';
import type { RunInput } from '../run/types.ts';
import type { VirtualWorld } from '../world/virtual-world.ts';

/** Goals before exits: what is both is the goal (G1). */
export function notifySubscriptions(
  shell: { input: RunInput; world: VirtualWorld; journeys: VirtualJourneys },
  subject: SubjectRef,
  place: Place,
  event: TimelineEvent | undefined,
  looked: EvaluationResult,
): void {
  const { input, world, journeys } = shell;
  const { rows, facts } = journeys;
  rows.dropOver(subject, place.at);
  let cache: ExpressionCache | undefined;
  for (const row of rows.of(subject)) {
    const { subscription, member } = row;
    if (!mayConcern(subscription, event)) continue;
    cache ??= new ExpressionCache(world, subject, place, event);
    const asker = playbookAsker(member.playbook);
    const zone = member.version.playbook.timeZone ?? input.settings.timeZone;
    const view: EvaluationView = {
      world,
      subject,
      place,
      zone,
      cache,
      asker,
      wrongTypes: looked.wrongTypes,
      ...(event && { event }),
    };
    let found = event && matchEvent(event.own ? behindStart(subscription) : subscription, event, view);
    if (!found && watchesState(subscription.arms)) {
      const state = facts.state(row, view);
      subscription.held = state.held;
      found = state.found;
    }
    if (found) journeys.found(row, found);
    else if (needsAnotherLook(subscription, looked.notices)) journeys.look(row, place.at);
  }
}
