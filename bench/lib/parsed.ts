/** Calls as the tracking API would store them. */

import type { NewEvent } from '../../events/new-event.ts';
import { parseCall } from '../../events/parse-call.ts';
import type { Call } from './traffic.ts';

export function newEvents(calls: readonly Call[]): NewEvent[] {
  return calls.map((call) => parseCall(call, { source: 'bench' }).event);
}
