/** What the addresses of people's screens may say: opaque ids and choices, never what was searched for. */
import type { Happening } from '../../../server/api/contract/people.ts';
import type { RecordKind } from '../../api/people-queries.ts';

export interface PeopleSearch {
  type?: RecordKind;
}

export function readPeopleSearch({ type }: { [name: string]: unknown }): PeopleSearch {
  return type === 'account' || type === 'deal' || type === 'ticket' ? { type } : {};
}

export const PERSON_TABS = ['timeline', 'why', 'journeys', 'data'] as const;
export type PersonTab = (typeof PERSON_TABS)[number];

export interface PersonSearch {
  /** Left out for the timeline. */
  tab?: Exclude<PersonTab, 'timeline'>;
  /** Of `why`. */
  playbook?: string;
  /** Of `why`: an instant. */
  at?: string;
  /** Of the timeline. */
  kind?: Happening['kind'];
}

const KINDS: readonly Happening['kind'][] = ['event', 'effect', 'outcome', 'decision', 'firing'];

export function readPersonSearch(search: { [name: string]: unknown }): PersonSearch {
  const tab = (['why', 'journeys', 'data'] as const).find((it) => it === search.tab);
  const kind = KINDS.find((it) => it === search.kind);
  const { playbook, at } = search;
  return {
    ...(tab && { tab }),
    ...(kind && { kind }),
    ...(typeof playbook === 'string' && { playbook: playbook.slice(0, 200) }),
    ...(typeof at === 'string' && !Number.isNaN(Date.parse(at)) && { at }),
  };
}
