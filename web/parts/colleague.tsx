/** A colleague by name, and whether they are away. */
import type { ReactNode } from 'react';
import type { ColleagueRef } from '../../server/api/contract/tickets.ts';
import { useTexts } from '../texts/texts.tsx';

export function ColleagueName({ of }: { of: ColleagueRef | null }): ReactNode {
  const { tickets } = useTexts();
  if (of === null) return <span className="soft">{tickets.nobody}</span>;
  return (
    <span className="any">
      {of.name ?? of.id} {of.isAway && <span className="badge warn">{tickets.away}</span>}
    </span>
  );
}
