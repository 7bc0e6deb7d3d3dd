/** What the address of the events may say. */
import type { EventChoice } from '../../api/event-queries.ts';

export const EVENT_TABS = ['stream', 'names', 'aside', 'send'] as const;
export type EventTab = (typeof EVENT_TABS)[number];

export interface EventSearch extends EventChoice {
  /** Left out for the stream. */
  tab?: Exclude<EventTab, 'stream'> | undefined;
}

export function readEventSearch({ tab, name, source }: { [name: string]: unknown }): EventSearch {
  const known = (['names', 'aside', 'send'] as const).find((it) => it === tab);
  return {
    ...(known && { tab: known }),
    ...(typeof name === 'string' && name !== '' && { name: name.slice(0, 500) }),
    ...(typeof source === 'string' && source !== '' && { source: source.slice(0, 100) }),
  };
}
