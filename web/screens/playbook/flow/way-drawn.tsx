/** One edge of the picture, along the way that was found for it. */
import { BaseEdge, type EdgeProps, getSmoothStepPath } from '@xyflow/react';
import type { ReactNode } from 'react';
import type { Way } from './layout.ts';

export function WayDrawn(props: EdgeProps): ReactNode {
  const way = props.data?.way as Way | undefined;
  const [path, labelX, labelY] = way === undefined ? getSmoothStepPath(props) : drawn(props, way);
  const { label, style, markerEnd, labelBgPadding, labelBgBorderRadius } = props;
  return (
    <BaseEdge
      path={path}
      labelX={labelX}
      labelY={labelY}
      {...(label !== undefined && { label })}
      {...(style !== undefined && { style })}
      {...(markerEnd !== undefined && { markerEnd })}
      {...(labelBgPadding !== undefined && { labelBgPadding })}
      {...(labelBgBorderRadius !== undefined && { labelBgBorderRadius })}
    />
  );
}

/** From handle to handle; between them through the middle of each pair of points, so that corners are round. */
function drawn({ sourceX, sourceY, targetX, targetY }: EdgeProps, { points, label }: Way): [string, number, number] {
  const between = points.slice(1, -1);
  let path = `M ${sourceX} ${sourceY}`;
  for (const [at, { x, y }] of between.entries()) {
    const next = between[at + 1] ?? { x: targetX, y: targetY };
    const isLast = at === between.length - 1;
    const end = isLast ? { x: targetX, y: targetY } : { x: (x + next.x) / 2, y: (y + next.y) / 2 };
    path += ` Q ${x} ${y} ${end.x} ${end.y}`;
  }
  if (between.length === 0) path += ` L ${targetX} ${targetY}`;
  return [path, label.x, label.y];
}
