/** Pausing, halting and resuming, each after it has been said what follows. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { PlaybookDetail } from '../../../server/api/contract/playbook.ts';
import type { haltPlaybook, pausePlaybook, resumePlaybook } from '../../../server/api/contract/playbooks.ts';
import { call } from '../../api/client.ts';
import { sessionQuery } from '../../api/queries.ts';
import { mayDo } from '../../api/roles.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { useTell } from '../../parts/toast.tsx';
import { useTexts } from '../../texts/texts.tsx';

type Change = 'pause' | 'halt' | 'resume';

function send(change: Change, playbook: string, reason: string) {
  const given = { params: { playbook }, body: { ...(reason !== '' && { reason }) } };
  switch (change) {
    case 'pause':
      return call<typeof pausePlaybook>('POST /api/playbooks/{playbook}/pause', given);
    case 'halt':
      return call<typeof haltPlaybook>('POST /api/playbooks/{playbook}/halt', given);
    case 'resume':
      return call<typeof resumePlaybook>('POST /api/playbooks/{playbook}/resume', given);
  }
}

const CHANGES: { [state in PlaybookDetail['state']]: readonly Change[] } = {
  active: ['pause', 'halt'],
  paused: ['resume', 'halt'],
  halted: ['resume'],
  gone: [],
};

export function StateActions({ detail }: { detail: PlaybookDetail }): ReactNode {
  const { playbook: texts } = useTexts();
  const [asked, setAsked] = useState<Change>();
  const session = useQuery(sessionQuery);
  if (!mayDo(session.data, 'operator')) return null;
  return (
    <>
      {CHANGES[detail.state].map((change) => (
        <button key={change} type="button" className="button" onClick={() => setAsked(change)}>
          {texts[change]}
        </button>
      ))}
      {asked !== undefined && <Ask change={asked} playbook={detail.playbook} onClose={() => setAsked(undefined)} />}
    </>
  );
}

function Ask(props: { change: Change; playbook: string; onClose: () => void }): ReactNode {
  const { change, playbook, onClose } = props;
  const { playbook: texts } = useTexts();
  const queries = useQueryClient();
  const tell = useTell();
  const [reason, setReason] = useState('');
  const sent = useMutation({
    mutationFn: () => send(change, playbook, reason.trim()),
    onSuccess: async ({ openEnrolments, released }) => {
      tell(texts.changed(openEnrolments, released));
      onClose();
      await queries.invalidateQueries();
    },
  });
  return (
    <Dialog title={texts[`${change}Title`](playbook)} isOpen onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          sent.mutate();
        }}
      >
        <p className="soft">{texts[`${change}Detail`]}</p>
        <label className="stack-tight">
          {texts.why}
          <input
            className="field"
            maxLength={1_000}
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
        </label>
        {sent.isError && (
          <p role="alert" className="bad-text any">
            {sent.error.message}
          </p>
        )}
        <div className="row">
          <button type="button" className="button" onClick={onClose}>
            {texts.cancel}
          </button>
          <button type="submit" className="button primary" disabled={sent.isPending}>
            {texts[change]}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
