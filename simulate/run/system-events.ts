/** Places Cuebook's own events (E9) on timelines in virtual time. */
import type { SystemEvent } from '../../evaluation/system-events.ts';
import type { Instant } from '../../language/model.ts';
import type { TimelineEvent } from '../../language/records/timeline.ts';

/** Above every arrival of what comes from outside, which is numbered from 1. */
const FIRST_ARRIVAL = 2 ** 50;

/** Numbers what journeys and clocks write after everything from outside, in the order of writing. */
export class SystemEventSequence {
  #arrival = FIRST_ARRIVAL;

  place({ name, messageId, subjects, properties, patches = [] }: SystemEvent, at: Instant): TimelineEvent {
    const arrival = ++this.#arrival;
    return { arrival, messageId, name, at, receivedAt: at, properties, subjects, patches, own: true };
  }
}
