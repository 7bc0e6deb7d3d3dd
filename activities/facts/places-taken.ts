/** Places of a person and class that are taken under a frequency cap (P2). */
import { type ClaimRank, compareClaims } from '../../evaluation/journey-facts.ts';
import type { Instant } from '../../language/model.ts';
import type { BatchReservations } from '../batch/batch-reservations.ts';
import type { CommandContext } from '../batch/command-context.ts';
import type { FactLoaders } from './fact-loaders.ts';

/**
 * When each place was taken, ascending; this effect's own left out. A ghost counts its own besides. A held message whose
 * release has come, and that goes before this one, has its place as good as taken.
 */
export function placesTaken(
  { row, effect, version }: CommandContext,
  { shelves, ledger, now }: { shelves: FactLoaders; ledger: BatchReservations; now: Instant },
  { contactId, messageClass, since }: { contactId: string; messageClass: string; since: Instant },
): Instant[] {
  const rank: ClaimRank = { precedence: version.playbook.precedence, startedAt: row.startedAt, playbook: row.playbook };
  const taken = shelves.reservations(contactId, messageClass, since).flatMap((reservation) => {
    if (reservation.effectId === effect?.id) return [];
    if (reservation.kind === 'taken') return reservation.at;
    if (reservation.kind === 'ghost') return reservation.enrolmentId === row.id ? reservation.at : [];
    return compareClaims(reservation, rank) < 0 ? now : [];
  });
  return [...taken, ...ledger.reservedAt(contactId, messageClass)].sort((a, b) => a - b);
}
