/** What a screen shows when it has nothing to show: it is on its way, it failed, or there is none. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiProblem } from '../api/client.ts';
import { useTexts } from '../texts/texts.tsx';

const WIDTHS = ['72%', '54%', '88%', '61%', '79%', '46%'];

export function Skeleton({ lines = 6 }: { lines?: number }): ReactNode {
  const { states } = useTexts();
  return (
    <div className="skeleton" role="status">
      <p className="visually-hidden">{states.loading}</p>
      {WIDTHS.slice(0, lines).map((width) => (
        <span key={width} style={{ width }} />
      ))}
    </div>
  );
}

export function Empty(props: { title: string; detail?: string; children?: ReactNode }): ReactNode {
  return (
    <div className="state">
      <h2>{props.title}</h2>
      {props.detail !== undefined && <p>{props.detail}</p>}
      {props.children}
    </div>
  );
}

/** What the server said, word for word: it says what to do. */
export function Failed(props: { error: unknown; retry: () => void }): ReactNode {
  const { states } = useTexts();
  const { error } = props;
  const isAway = error instanceof ApiProblem && error.status === 0;
  const detail = isAway ? states.unreachable : error instanceof Error ? error.message : String(error);
  return (
    <div className="state" role="alert">
      <h2>{states.failed}</h2>
      <p className="any">{detail}</p>
      <button type="button" className="button" onClick={props.retry}>
        {states.retry}
      </button>
    </div>
  );
}

/** A query's three states; what was read before stays in sight while it is read again, and when that fails. */
export function Loaded<T>(props: {
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
  lines?: number;
}): ReactNode {
  const { query } = props;
  if (query.data !== undefined) return props.children(query.data);
  if (query.isError) return <Failed error={query.error} retry={() => void query.refetch()} />;
  return <Skeleton {...(props.lines !== undefined && { lines: props.lines })} />;
}
