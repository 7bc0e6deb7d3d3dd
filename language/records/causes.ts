/**
 * Through which playbooks an event came about (E9): Cuebook's own events name the playbooks along the chain of own events,
 * firings and enrolments that led to them, so that a ring of playbooks that feed each other is known as one.
 */
import { isJsonObject } from '../json.ts';
import type { Json } from '../model.ts';
import type { TimelineEvent } from './timeline.ts';

/** The field of own events, and of `trigger`, that holds the chain. */
export const CAUSED_BY = 'caused_by';

/** Own events that somebody has to act for: what follows from them begins a chain anew. */
const BY_PEOPLE = /^(email\.(opened|clicked|complained|unsubscribed)|task\.(accepted|done|reopened)|approval\.\w+)$/;

/** The chain that an event continues, the oldest first: empty for what comes from outside, and for what people do. */
export function causesOf({ own, name, properties }: Pick<TimelineEvent, 'own' | 'name' | 'properties'>): string[] {
  if (own !== true || BY_PEOPLE.test(name)) return [];
  const { playbook } = properties;
  return typeof playbook === 'string' ? [...chainIn(properties), playbook] : chainIn(properties);
}

/** The chain that an own event's properties, or a firing's `trigger`, hold. */
export function chainIn(values: { [name: string]: Json }): string[] {
  const chain = isJsonObject(values) ? values[CAUSED_BY] : undefined;
  return Array.isArray(chain) ? chain.filter((name): name is string => typeof name === 'string') : [];
}

/** The field with the chain, where there is one: most events come from outside, and carry none. */
export function withCauses(chain: readonly string[]): { [CAUSED_BY]?: string[] } {
  return chain.length === 0 ? {} : { [CAUSED_BY]: [...chain] };
}
