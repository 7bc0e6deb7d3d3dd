/** Numbers and times as readers write them. */
import { useMemo } from 'react';
import { useSaid } from './texts.tsx';

export interface Formats {
  /** 12,345 */
  count(value: number): string;
  /** 12.3 % */
  percent(share: number): string;
  /** 1.5 s, 3 min, 2 d: the two largest units. */
  duration(ms: number): string;
  /** `in 3 hours`, `2 days ago` */
  relative(at: number, now: number): string;
  /** Date and time, to the second, with its zone. */
  exact(at: number, zone?: string): string;
  /** `14:05`, or `3 May, 14:05` on another day than now's. */
  short(at: number, now: number): string;
  day(at: string): string;
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

export function useFormats(): Formats {
  const { locale } = useSaid();
  return useMemo(() => formatsOf(locale), [locale]);
}

export function formatsOf(locale: string): Formats {
  const count = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
  const dayAndTime = new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  const unit = (value: number, of: string) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: of, unitDisplay: 'short', maximumFractionDigits: 0 }).format(
      value,
    );
  return {
    count: (value) => count.format(value),
    percent: (share) => percent.format(share),
    duration(ms) {
      if (ms < 1_000) return unit(Math.round(ms), 'millisecond');
      const at = UNITS.findIndex(([, length]) => ms >= length);
      const [name, length] = UNITS[at]!;
      const whole = Math.floor(ms / length);
      const next = UNITS[at + 1];
      const rest = next === undefined ? 0 : Math.round((ms - whole * length) / next[1]);
      return rest === 0 ? unit(whole, name) : `${unit(whole, name)} ${unit(rest, next![0])}`;
    },
    relative(at, now) {
      const away = at - now;
      const [name, length] = UNITS.find(([, each]) => Math.abs(away) >= each) ?? UNITS[3];
      return relative.format(Math.round(away / length), name);
    },
    exact: (at, zone) =>
      new Intl.DateTimeFormat(locale, {
        dateStyle: 'medium',
        timeStyle: 'long',
        ...(zone !== undefined && { timeZone: zone }),
      }).format(at),
    short: (at, now) => (new Date(at).toDateString() === new Date(now).toDateString() ? time : dayAndTime).format(at),
    day: (at) => day.format(Date.parse(at)),
  };
}
