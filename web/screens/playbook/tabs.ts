/** What the address of a playbook's screen may say besides its name. */
export const TABS = ['flow', 'journeys', 'source', 'versions'] as const;
export type Tab = (typeof TABS)[number];

export interface PlaybookSearch {
  /** Left out for the flow. */
  tab?: Exclude<Tab, 'flow'>;
  state?: 'open' | 'ended' | 'all';
  outcome?: string;
  reason?: string;
  days?: number;
  as?: 'list' | 'picture';
}

const oneOf = <T extends string>(value: unknown, known: readonly T[]): T | undefined =>
  known.find((it) => it === value);

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value.slice(0, 500) : undefined);

/** What is not understood is left out. */
export function readSearch(search: { [name: string]: unknown }): PlaybookSearch {
  const tab = oneOf(
    search.tab,
    TABS.filter((name) => name !== 'flow'),
  );
  const state = oneOf(search.state, ['open', 'ended', 'all'] as const);
  const as = oneOf(search.as, ['list', 'picture'] as const);
  const outcome = text(search.outcome);
  const reason = text(search.reason);
  const days = Number(search.days);
  return {
    ...(tab && { tab }),
    ...(state && { state }),
    ...(as && { as }),
    ...(outcome && { outcome }),
    ...(reason && { reason }),
    ...(Number.isInteger(days) && days >= 1 && days <= 400 && { days }),
  };
}
