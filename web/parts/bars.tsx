/** Numbers as bars, a row each, with the number beside it: read aloud it is a list of names and numbers. */
import { scaleLinear } from '@visx/scale';
import type { ReactNode } from 'react';
import type { Picture } from '../../server/api/contract/reports.ts';
import { useFormats } from '../texts/formats.ts';
import { shortened } from './subject-link.tsx';

const HEIGHT = 10;
/** Of more the table has the rest. */
const MAX_BARS = 30;

export function Bars({ picture, label }: { picture: Picture; label: string }): ReactNode {
  const formats = useFormats();
  const { series, unit } = picture;
  const bars = picture.bars.slice(0, MAX_BARS);
  const most = unit === 'percent' ? 100 : Math.max(1, ...bars.flatMap(({ values }) => values.map((it) => it ?? 0)));
  const x = scaleLinear({ domain: [0, most], range: [0, 100], clamp: true });
  const words = (value: number | null) =>
    value === null ? '–' : unit === 'percent' ? `${formats.count(value)} %` : formats.count(value);
  return (
    <figure className="bars" aria-label={label}>
      {series.length > 1 && (
        <figcaption>
          {series.map((name, at) => (
            <span key={name} className="small">
              <svg width="10" height="10" aria-hidden="true">
                <rect width="10" height="10" rx="2" fill={`var(--series-${at + 1})`} />
              </svg>{' '}
              {name}
            </span>
          ))}
        </figcaption>
      )}
      <ul>
        {bars.map(({ name, values }) => (
          <li key={name}>
            <span className="any name">{shortened(name)}</span>
            {values.map((value, at) => (
              <span key={series[at]} className="bar-line">
                <svg width="100%" height={HEIGHT} aria-hidden="true">
                  <rect width="100%" height={HEIGHT} rx="3" fill="var(--hover)" />
                  <rect width={`${x(value ?? 0)}%`} height={HEIGHT} rx="3" fill={`var(--series-${at + 1})`} />
                </svg>
                <span className="number small">
                  {series.length > 1 && <span className="visually-hidden">{series[at]} </span>}
                  {words(value)}
                </span>
              </span>
            ))}
          </li>
        ))}
      </ul>
    </figure>
  );
}
