/** New leads, and what colleagues log about them. */
import type { Instant } from '../../language/model.ts';
import type { Random } from '../../simulate/random.ts';
import { HOUR_MS, introduce, looked, MINUTE_MS, type TimedCall, track } from './calls.ts';
import type { Person } from './company.ts';

export const LEAD_FATES = ['keen', 'slow', 'forgotten', 'converts', 'disqualified'] as const;
export type LeadFate = (typeof LEAD_FATES)[number];

export interface LeadStory {
  at: Instant;
  lead: Person;
  fate: LeadFate;
}

export function leadStory({ at, lead, fate }: LeadStory, random: Random): TimedCall[] {
  const logged = (kind: 'call' | 'mail' | 'meeting', afterMs: number) =>
    track(at + afterMs, lead.id, `${kind}.logged`, { by: lead.owner });
  const created = [
    introduce(at, lead, { stage: 'new' }),
    track(at, lead.id, 'lead.created', { source: random.pick(['website', 'fair', 'referral']) }),
  ];
  switch (fate) {
    case 'keen':
      return [...created, logged('call', 40 * MINUTE_MS), logged('mail', 2 * HOUR_MS), logged('meeting', 5 * HOUR_MS)];
    case 'slow':
      // Looks at the prices twice, and is a hot lead before anybody has written.
      return [
        ...created,
        looked(at + HOUR_MS, lead.id, '/pricing'),
        looked(at + 4 * HOUR_MS, lead.id, '/pricing'),
        logged('mail', random.int(20, 30) * HOUR_MS),
      ];
    case 'converts':
      return [
        ...created,
        logged('call', 3 * HOUR_MS),
        track(at + 28 * HOUR_MS, lead.id, 'lead.converted', { value: 1_200 }),
      ];
    case 'disqualified':
      return [...created, logged('call', 4 * HOUR_MS), track(at + 5 * HOUR_MS, lead.id, 'lead.disqualified')];
    default:
      return created;
  }
}
