/** What deploying the draft would change, and for whom; and deploying just that. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useRef, useState } from 'react';
import type { Draft, Plan } from '../../../server/api/contract/editing.ts';
import { ApiProblem } from '../../api/client.ts';
import { deploy, draftKey, plan } from '../../api/edit-queries.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { useTell } from '../../parts/toast.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { Days } from './days.tsx';
import { Planned } from './planned.tsx';
import type { Written } from './use-draft.ts';

const DAYS = [0, 7, 30, 90];
const DEFAULT_DAYS = 30;

interface Made {
  plan: Plan;
  revision: number;
}

export function PlanView({ written }: { written: Written }): ReactNode {
  const { edit } = useTexts();
  const texts = edit.plan;
  const [days, setDays] = useState(DEFAULT_DAYS);
  const [enrolExisting, setEnrol] = useState(false);
  const [isAsked, setAsked] = useState(false);
  const stop = useRef<AbortController>(undefined);
  const { playbook } = written.draft;
  const making = useMutation({
    mutationFn: async (): Promise<Made | undefined> => {
      const saved = written.isDirty || written.draft.revision === 0 ? await written.save() : written.draft;
      if (saved === undefined) return undefined;
      stop.current = new AbortController();
      const asked = { revision: saved.revision, days, enrolExisting };
      return { plan: await plan(playbook, asked, stop.current.signal), revision: saved.revision };
    },
  });
  const made = making.data;
  // Of what has been written since it says nothing.
  const isOld = made !== undefined && (written.isDirty || made.revision !== written.draft.revision);
  const changes = made !== undefined && made.plan.from !== made.plan.to;
  const isFaulty = made?.plan.playbooks.some((one) => one.playbook === playbook && one.kept) ?? false;
  const isStopped = making.error instanceof DOMException;
  return (
    <div className="stack">
      <p className="soft">{texts.first}</p>
      <Days label={texts.days} days={days} choices={DAYS} onChoose={setDays} />
      <label className="small">
        <input type="checkbox" checked={enrolExisting} onChange={({ target }) => setEnrol(target.checked)} />{' '}
        {texts.enrol}
      </label>
      <div className="bar">
        <button type="button" className="button" disabled={making.isPending} onClick={() => making.mutate()}>
          {making.isPending ? texts.making : texts.make}
        </button>
        {making.isPending && (
          <button type="button" className="button" onClick={() => stop.current?.abort()}>
            {edit.tests.stop}
          </button>
        )}
        {changes && !isOld && !isFaulty && (
          <button type="button" className="button primary" onClick={() => setAsked(true)}>
            {texts.deploy}
          </button>
        )}
      </div>
      <div role="status">
        {making.isError && !isStopped && <p className="bad-text any">{making.error.message}</p>}
        {made !== undefined && !changes && <p>{texts.nothing}</p>}
      </div>
      {made !== undefined && <Planned plan={made.plan} />}
      {isAsked && made !== undefined && (
        <Deploy playbook={playbook} made={made} onClose={() => setAsked(false)} onDone={() => making.reset()} />
      )}
    </div>
  );
}

function Deploy(props: { playbook: string; made: Made; onClose: () => void; onDone: () => void }): ReactNode {
  const { edit } = useTexts();
  const texts = edit.plan;
  const { playbook, made, onClose, onDone } = props;
  const queries = useQueryClient();
  const tell = useTell();
  const doing = useMutation({
    mutationFn: () => {
      const { from, to, enrolExisting } = made.plan;
      return deploy(playbook, { revision: made.revision, from, to, enrolExisting });
    },
    onSuccess: async (draft: Draft) => {
      queries.setQueryData(draftKey(playbook), draft);
      tell(texts.done);
      onDone();
      onClose();
      await queries.invalidateQueries();
    },
  });
  const { error } = doing;
  const hasMoved = error instanceof ApiProblem && error.code === 'conflict';
  return (
    <Dialog title={texts.deployTitle(playbook)} isOpen onClose={onClose}>
      <div className="stack">
        <p>{texts.deployDetail}</p>
        <ul>
          {made.plan.playbooks
            .filter(({ change }) => change !== 'unchanged')
            .map((one) => (
              <li key={one.playbook} className="any">
                <strong>{one.playbook}</strong>: {texts.changes[one.change]}
              </li>
            ))}
        </ul>
        {error !== null && (
          <p className="bad-text any" role="alert">
            {hasMoved && `${texts.moved} `}
            {error.message}
          </p>
        )}
        <div className="bar">
          <button type="button" className="button primary" disabled={doing.isPending} onClick={() => doing.mutate()}>
            {texts.deploy}
          </button>
          <button type="button" className="button" onClick={onClose}>
            {edit.cancel}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
