/** What a task or an approval can be answered; an approval is asked about once more, since it cannot be taken back. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { answerWork, Work } from '../../../server/api/contract/work.ts';
import { call } from '../../api/client.ts';
import { sessionQuery } from '../../api/queries.ts';
import { mayDo } from '../../api/roles.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { useTell } from '../../parts/toast.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { More } from './more.tsx';

type Answer = 'accepted' | 'done' | 'given' | 'refused';

export function Answers({ one }: { one: Work }): ReactNode {
  const { work } = useTexts();
  const tell = useTell();
  const queries = useQueryClient();
  const [asked, setAsked] = useState<'given' | 'refused'>();
  const sent = useMutation({
    mutationFn: (is: Answer) =>
      call<typeof answerWork>('POST /api/work/answer', { body: { id: one.id, kind: one.kind, is } }),
    onSuccess: async ({ status, taken }) => {
      tell(taken ? work.answered(one.title, status) : work.notTaken(one.title, status));
      setAsked(undefined);
      await queries.invalidateQueries();
    },
    onError: (error) => tell(error.message),
  });
  const session = useQuery(sessionQuery);
  const { colleague = null } = session.data?.user ?? {};
  const isTheirs = colleague !== null && one.persons.some(({ id }) => id === colleague);
  const words = { accepted: work.accept, done: work.done, given: work.give, refused: work.refuse };
  const button = (is: Answer, act: () => void) => (
    <button
      type="button"
      className="button"
      aria-label={`${words[is]}: ${one.title}`}
      disabled={sent.isPending}
      onClick={act}
    >
      {words[is]}
    </button>
  );
  // The server refuses it in any case.
  const mayChange = isTheirs || mayDo(session.data, 'operator');
  if (!mayChange) return one.kind === 'task' ? <More one={one} mayChange={false} /> : <span className="soft">–</span>;
  if (one.kind === 'task') {
    return (
      <span className="answers">
        {one.status === 'open' && button('accepted', () => sent.mutate('accepted'))}
        {button('done', () => sent.mutate('done'))}
        <More one={one} mayChange />
      </span>
    );
  }
  return (
    <span className="answers">
      {button('given', () => setAsked('given'))}
      {button('refused', () => setAsked('refused'))}
      <Dialog
        title={asked === 'refused' ? work.refuseTitle : work.giveTitle}
        isOpen={asked !== undefined}
        onClose={() => setAsked(undefined)}
      >
        <p className="any">{one.title}</p>
        <div className="row">
          <button type="button" className="button" onClick={() => setAsked(undefined)}>
            {work.cancel}
          </button>
          <button
            type="button"
            className="button primary"
            disabled={sent.isPending}
            onClick={() => asked !== undefined && sent.mutate(asked)}
          >
            {asked === 'refused' ? work.refuse : work.give}
          </button>
        </div>
      </Dialog>
    </span>
  );
}
