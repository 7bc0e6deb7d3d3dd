/** A list that comes a page at a time: the next when it is asked for. */
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { Failed, Skeleton } from './states.tsx';

interface Part<T> {
  items: T[];
  next: string | null;
}

export function Pages<T>(props: {
  query: UseInfiniteQueryResult<InfiniteData<Part<T>>>;
  /** Where there is nothing at all. */
  empty: ReactNode;
  children: (items: T[]) => ReactNode;
}): ReactNode {
  const { states } = useTexts();
  const { query } = props;
  if (query.data === undefined) {
    return query.isError ? <Failed error={query.error} retry={() => void query.refetch()} /> : <Skeleton />;
  }
  const items = query.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return props.empty;
  return (
    <>
      {props.children(items)}
      {query.isFetchNextPageError && <Failed error={query.error} retry={() => void query.fetchNextPage()} />}
      {query.hasNextPage && !query.isFetchNextPageError && (
        <p className="more">
          <button
            type="button"
            className="button"
            disabled={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {query.isFetchingNextPage ? states.loading : states.more}
          </button>
        </p>
      )}
    </>
  );
}
