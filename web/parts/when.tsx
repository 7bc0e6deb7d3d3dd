/** An instant as people say it, with the exact one at hand, here and where its subject is. */
import type { ReactNode } from 'react';
import { useFormats } from '../texts/formats.ts';
import { useTexts } from '../texts/texts.tsx';
import { useClock } from './clock.tsx';

export function When(props: {
  /** ISO 8601 */
  at: string | null;
  /** The subject's, where it has one of its own. */
  zone?: string | null;
  /** `short`: the time of day, or date and time. Default: how long ago. */
  as?: 'relative' | 'short';
}): ReactNode {
  const formats = useFormats();
  const { time } = useTexts();
  const { read, zone: settingsZone } = useClock();
  if (props.at === null) return <span className="soft">{time.never}</span>;
  const at = Date.parse(props.at);
  const now = read();
  const zone = props.zone ?? settingsZone;
  const isElsewhere = zone !== undefined && zone !== Intl.DateTimeFormat().resolvedOptions().timeZone;
  const exact = formats.exact(at);
  const title = isElsewhere ? `${exact}\n${time.subjectZone(formats.exact(at, zone))}` : exact;
  return (
    <time dateTime={props.at} title={title}>
      {props.as === 'short' ? formats.short(at, now) : formats.relative(at, now)}
    </time>
  );
}
