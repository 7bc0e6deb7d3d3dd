/** People, accounts, deals and tickets: found, looked at, and explained. */
import type { Handled } from '../handled.ts';
import { type ProfileOptions, profileRoutes } from './profile.ts';
import { searchRoutes } from './search.ts';
import { type TimelineOptions, timelineRoutes } from './timeline.ts';
import { whyRoutes } from './why.ts';

export type PeopleOptions = ProfileOptions & TimelineOptions;

export function peopleRoutes(options: PeopleOptions): Handled[] {
  return [...searchRoutes(options), ...profileRoutes(options), ...timelineRoutes(options), ...whyRoutes(options)];
}
