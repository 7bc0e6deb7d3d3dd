/** Messages by state, the latest first; what waits for its provider can be tried again at once, or dropped. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { dropMessages, Message, retryMessages } from '../../../server/api/contract/messages.ts';
import { call } from '../../api/client.ts';
import { sessionQuery } from '../../api/queries.ts';
import { mayDo } from '../../api/roles.ts';
import { messagesQuery } from '../../api/work-queries.ts';
import { Page } from '../../parts/page.tsx';
import { Pages } from '../../parts/pages.tsx';
import { Empty } from '../../parts/states.tsx';
import { useTell } from '../../parts/toast.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { MessageList } from './list.tsx';
import { MESSAGE_STATES } from './search.ts';

const route = getRouteApi('/messages');

export default function MessagesScreen(): ReactNode {
  const { messages } = useTexts();
  const choice = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery({ ...messagesQuery(choice), refetchInterval: 15_000 });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  return (
    <Page title={messages.title}>
      <div className="filters">
        <label>
          {messages.which}{' '}
          <select
            className="field"
            value={choice.status ?? ''}
            onChange={({ target }) => {
              const status = MESSAGE_STATES.find((it) => it === target.value);
              setChosen(new Set());
              void navigate({ search: (before) => ({ ...before, status }) });
            }}
          >
            <option value="">{messages.all}</option>
            {MESSAGE_STATES.map((it) => (
              <option key={it} value={it}>
                {messages.states[it]}
              </option>
            ))}
          </select>
        </label>
        {choice.playbook !== undefined && (
          <Link
            to="/messages"
            search={choice.status === undefined ? {} : { status: choice.status }}
            className="badge info"
          >
            {choice.playbook} ×
          </Link>
        )}
        <Changes chosen={chosen} onDone={() => setChosen(new Set())} />
      </div>
      <div className="panel">
        <Pages query={query} empty={<Empty title={messages.none} detail={messages.noneDetail} />}>
          {(items: Message[]) => <MessageList items={items} chosen={chosen} onChoose={setChosen} />}
        </Pages>
      </div>
    </Page>
  );
}

/** What can be done with those that are chosen; nothing is shown while none is. */
function Changes(props: { chosen: ReadonlySet<string>; onDone: () => void }): ReactNode {
  const { chosen, onDone } = props;
  const { messages } = useTexts();
  const tell = useTell();
  const queries = useQueryClient();
  const session = useQuery(sessionQuery);
  const change = useMutation({
    mutationFn: async (what: 'retry' | 'drop') => {
      const given = { body: { ids: [...chosen] } };
      const answer =
        what === 'retry'
          ? await call<typeof retryMessages>('POST /api/messages/retry', given)
          : await call<typeof dropMessages>('POST /api/messages/drop', given);
      return { what, ...answer };
    },
    onSuccess: async ({ what, changed, left }) => {
      const said = what === 'retry' ? messages.retried(changed.length) : messages.dropped(changed.length);
      tell(left.length === 0 ? said : `${said} ${messages.left(left.length)}`);
      onDone();
      await queries.invalidateQueries();
    },
    onError: (error) => tell(error.message),
  });
  if (chosen.size === 0 || !mayDo(session.data, 'operator')) return null;
  return (
    <>
      <span className="soft">{messages.chosen(chosen.size)}</span>
      <button type="button" className="button" disabled={change.isPending} onClick={() => change.mutate('retry')}>
        {messages.retry}
      </button>
      <button type="button" className="button danger" disabled={change.isPending} onClick={() => change.mutate('drop')}>
        {messages.drop}
      </button>
    </>
  );
}
