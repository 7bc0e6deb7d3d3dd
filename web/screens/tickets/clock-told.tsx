/** A promise with how it stands: when it breaks, and what is left by the calendar. */
import type { ReactNode } from 'react';
import type { TicketClock } from '../../../server/api/contract/tickets.ts';
import { When } from '../../parts/when.tsx';
import { useFormats } from '../../texts/formats.ts';
import { useTexts } from '../../texts/texts.tsx';

export function ClockBadge({ clock }: { clock: TicketClock }): ReactNode {
  const { states, risk } = useTexts().tickets;
  const { state, isAtRisk } = clock;
  if (isAtRisk) return <span className="badge warn">{risk}</span>;
  const tone = { running: 'info', breached: 'bad', paused: '', met: 'good', ended: '' }[state];
  return <span className={`badge ${tone}`}>{states[state]}</span>;
}

export function Left({ clock }: { clock: TicketClock }): ReactNode {
  const { tickets } = useTexts();
  const formats = useFormats();
  const words = (ms: number) =>
    clock.unit === 'business' ? tickets.business(formats.duration(ms)) : formats.duration(ms);
  if (clock.leftMs !== null) return <span className="number">{words(clock.leftMs)}</span>;
  if (clock.state === 'breached')
    return <span className="number bad-text">{tickets.over(words(clock.overdueMs))}</span>;
  return <span className="soft">–</span>;
}

export function Due({ clock }: { clock: TicketClock }): ReactNode {
  return clock.due === null ? <span className="soft">–</span> : <When at={clock.due} />;
}
