/** Events that failed too often: nobody waits for them until somebody has them evaluated again. */
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { retrySetAside, SetAside } from '../../../server/api/contract/events.ts';
import { call } from '../../api/client.ts';
import { setAsideQuery } from '../../api/event-queries.ts';
import { Pages } from '../../parts/pages.tsx';
import { Empty } from '../../parts/states.tsx';
import { useTell } from '../../parts/toast.tsx';
import { When } from '../../parts/when.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { Subjects } from './stream.tsx';

/** What one request may name. */
const MAX_AT_ONCE = 100;

export function Aside({ isOperator }: { isOperator: boolean }): ReactNode {
  const { events } = useTexts();
  const tell = useTell();
  const queries = useQueryClient();
  const query = useInfiniteQuery({ ...setAsideQuery, refetchInterval: 15_000 });
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const retry = useMutation({
    mutationFn: (arrivals: readonly number[]) =>
      call<typeof retrySetAside>('POST /api/set-aside/retry', { body: { arrivals: [...arrivals] } }),
    onSuccess: async ({ retried }) => {
      tell(events.retried(retried.length));
      setChosen(new Set());
      await queries.invalidateQueries();
    },
    onError: (error) => tell(error.message),
  });
  const choose = (arrival: number, isChosen: boolean) => {
    const others = [...chosen].filter((it) => it !== arrival);
    setChosen(new Set(isChosen ? [...others, arrival].slice(-MAX_AT_ONCE) : others));
  };
  return (
    <>
      {isOperator && chosen.size > 0 && (
        <div className="filters">
          <button type="button" className="button" disabled={retry.isPending} onClick={() => retry.mutate([...chosen])}>
            {events.retry(chosen.size)}
          </button>
        </div>
      )}
      <div className="panel">
        <Pages query={query} empty={<Empty title={events.noneAside} detail={events.noneAsideDetail} />}>
          {(items: SetAside[]) => (
            <table className="table cards">
              <thead>
                <tr>
                  <th scope="col">{events.name}</th>
                  <th scope="col">{events.about}</th>
                  <th scope="col">{events.error}</th>
                  <th scope="col">{events.asideAt}</th>
                </tr>
              </thead>
              <tbody>
                {items.map((one) => (
                  <tr key={one.arrival}>
                    <th scope="row">
                      {isOperator && (
                        <input
                          type="checkbox"
                          className="choose"
                          aria-label={events.choose(one.name, one.arrival)}
                          checked={chosen.has(one.arrival)}
                          onChange={({ target }) => choose(one.arrival, target.checked)}
                        />
                      )}
                      <Link
                        to="/events/$arrival"
                        params={{ arrival: String(one.arrival) }}
                        data-line=""
                        className="any"
                      >
                        {one.name}
                      </Link>
                    </th>
                    <td data-label={events.about}>
                      <Subjects of={one} />
                    </td>
                    <td data-label={events.error} className="any">
                      {one.error} <span className="soft small">{events.attempts(one.attempts)}</span>
                    </td>
                    <td data-label={events.asideAt}>
                      <When at={one.setAsideAt} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </Pages>
      </div>
    </>
  );
}
