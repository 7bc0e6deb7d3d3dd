/** Somebody else was quicker: what differs from theirs, and what to do about it. */
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { draftKey } from '../../api/edit-queries.ts';
import { useTexts } from '../../texts/texts.tsx';
import { Difference } from './difference.tsx';
import type { Written } from './use-draft.ts';

export function Overtaken({ written }: { written: Written }): ReactNode {
  const { edit } = useTexts();
  const queries = useQueryClient();
  const { overtaken, draft } = written;
  if (overtaken === undefined) return null;
  const takeTheirs = async () => {
    await queries.refetchQueries({ queryKey: draftKey(draft.playbook) });
    written.reset();
  };
  return (
    <section className="panel edit-overtaken" role="alert">
      <div className="panel-body stack">
        <p className="any">{overtaken.detail}</p>
        <p className="soft">{edit.difference}</p>
        <Difference patch={overtaken.difference} label={edit.difference} />
        <div className="bar">
          <button type="button" className="button" onClick={() => void takeTheirs()}>
            {edit.takeTheirs}
          </button>
          <button type="button" className="button danger" onClick={() => void written.saveOver()}>
            {edit.keepMine}
          </button>
        </div>
      </div>
    </section>
  );
}
