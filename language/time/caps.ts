/** The frequency caps of a class of messages (P2). */
import type { FrequencyCap, Settings } from '../model.ts';

/** Every cap of a class, in file order; none where it has none. */
export function capsOf({ caps }: Pick<Settings, 'caps'>, messageClass: string): readonly FrequencyCap[] {
  const found = Object.hasOwn(caps, messageClass) ? caps[messageClass] : undefined;
  return found === undefined ? [] : Array.isArray(found) ? found : [found];
}
