/** How a journey ended, and why. */
import type { ReactNode } from 'react';
import type { Reason } from '../../server/api/contract/common.ts';
import { type Texts, useTexts } from '../texts/texts.tsx';

const TONES: { [outcome: string]: string } = { converted: 'good', failed: 'bad', exited: '', completed: 'info' };

/** Endings that say themselves why. */
const SELF_EVIDENT = new Set(['converted', 'completed']);

/** The reason where it says more than the outcome does. */
export function reasonBeside(outcome: string, reason: Reason | null): string | undefined {
  return SELF_EVIDENT.has(outcome) ? undefined : reason?.words;
}

/** In the reader's language where the outcome is one of Cuebook's own. */
export function outcomeWords(outcome: string, endings: Texts['endings']): string {
  return outcome in endings ? endings[outcome as keyof Texts['endings']] : outcome;
}

export function EndingBadge({ outcome, reason }: { outcome: string; reason: Reason | null }): ReactNode {
  const { endings } = useTexts();
  const words = reasonBeside(outcome, reason);
  return (
    <>
      <span className={`badge ${TONES[outcome] ?? ''}`}>{outcomeWords(outcome, endings)}</span>{' '}
      {words !== undefined && <span className="soft small any">{words}</span>}
    </>
  );
}
