/** N1: a firing that its own playbook has led to again and again. */
import type { Json } from '../../language/model.ts';
import { chainIn } from '../../language/records/causes.ts';
import type { Firing } from '../engine/state.ts';

/** So often a playbook may stand in the chain that leads to its next firing. */
const MAX_TIMES = 5;
/** So many playbooks a chain may have at all. */
const MAX_CHAIN = 25;

/** What was looked at where a firing is refused as `loop`, the ring of playbooks among it; undefined where it is none. */
export function loopOf({ playbook, trigger }: Pick<Firing, 'playbook' | 'trigger'>): Json | undefined {
  const chain = chainIn(trigger);
  const times = chain.filter((name) => name === playbook).length;
  if (times < MAX_TIMES && chain.length < MAX_CHAIN) return undefined;
  // From its latest turn to here: the playbooks that feed each other. Without one, the chain itself is too long.
  const ring = chain.slice(Math.max(0, chain.lastIndexOf(playbook)));
  return { ring: [...ring, playbook], times, chain: chain.length };
}
