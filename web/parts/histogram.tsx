/** Counts of days as bars; the same as a table for who does not see them. */
import { scaleBand, scaleLinear } from '@visx/scale';
import type { ReactNode } from 'react';
import { useFormats } from '../texts/formats.ts';

const WIDTH = 480;
const HEIGHT = 120;
const FOOT = 16;

export interface Bar {
  day: string;
  count: number;
}

export function Histogram(props: {
  bars: readonly Bar[];
  label: string;
  heads: { day: string; count: string };
}): ReactNode {
  const { bars, label, heads } = props;
  const formats = useFormats();
  const x = scaleBand({ domain: bars.map(({ day }) => day), range: [0, WIDTH], padding: 0.2 });
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const y = scaleLinear({ domain: [0, most], range: [0, HEIGHT - FOOT] });
  const [first, last] = [bars[0]?.day ?? '', bars.at(-1)?.day ?? ''];
  return (
    <figure className="histogram">
      <figcaption>
        {label} <span className="soft">(≤ {formats.count(most)})</span>
      </figcaption>
      <svg aria-hidden="true" viewBox={`0 0 ${WIDTH} ${HEIGHT}`}>
        {bars.map(({ day, count }) => (
          <rect
            key={day}
            x={x(day)}
            width={x.bandwidth()}
            y={HEIGHT - FOOT - y(count)}
            height={y(count)}
            fill="var(--series-1)"
          />
        ))}
        <line x1={0} x2={WIDTH} y1={HEIGHT - FOOT} y2={HEIGHT - FOOT} stroke="var(--line-strong)" />
        <text x={0} y={HEIGHT - 3} fontSize={11} fill="var(--soft)">
          {first}
        </text>
        <text x={WIDTH} y={HEIGHT - 3} fontSize={11} textAnchor="end" fill="var(--soft)">
          {last}
        </text>
      </svg>
      <table className="visually-hidden">
        <thead>
          <tr>
            <th scope="col">{heads.day}</th>
            <th scope="col">{heads.count}</th>
          </tr>
        </thead>
        <tbody>
          {bars.map(({ day, count }) => (
            <tr key={day}>
              <th scope="row">{day}</th>
              <td>{count}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
