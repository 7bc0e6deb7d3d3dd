/** How a journey ended, and why. */
import type { ReactNode } from 'react';
import type { Reason } from '../../server/api/contract/common.ts';
import { type Texts, useTexts } from '../texts/texts.tsx';

const TONES: { [outcome: string]: string } = { converted: 'good', failed: 'bad', exited: '', completed: 'info' };

/** In the reader's language where the outcome is one of Cuebook's own. */
export function outcomeWords(outcome: string, endings: Texts['endings']): string {
  return outcome in endings ? endings[outcome as keyof Texts['endings']] : outcome;
}

export function EndingBadge({ outcome, reason }: { outcome: string; reason: Reason | null }): ReactNode {
  const { endings } = useTexts();
  return (
    <>
      <span className={`badge ${TONES[outcome] ?? ''}`}>{outcomeWords(outcome, endings)}</span>{' '}
      {reason !== null && <span className="soft small any">{reason.words}</span>}
    </>
  );
}
