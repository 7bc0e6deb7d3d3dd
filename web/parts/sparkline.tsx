/** A few days as a line: its words are read aloud, the line is for the eye. */
import { scaleLinear } from '@visx/scale';
import { LinePath } from '@visx/shape';
import type { ReactNode } from 'react';

const WIDTH = 96;
const HEIGHT = 24;
const MARGIN = 2;

export function Sparkline(props: { values: readonly number[]; label: string }): ReactNode {
  const { values } = props;
  const x = scaleLinear({ domain: [0, Math.max(1, values.length - 1)], range: [MARGIN, WIDTH - MARGIN] });
  const y = scaleLinear({ domain: [0, Math.max(1, ...values)], range: [HEIGHT - MARGIN, MARGIN] });
  return (
    <svg role="img" aria-label={props.label} width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`}>
      <title>{props.label}</title>
      <LinePath
        data={[...values]}
        x={(_, at) => x(at)}
        y={(value) => y(value)}
        stroke="var(--series-1)"
        strokeWidth={1.5}
      />
    </svg>
  );
}
