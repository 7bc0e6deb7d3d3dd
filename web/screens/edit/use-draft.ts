/** What is being written: the draft as it was read, with what has been typed since; and saving it against others. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Draft, DraftFile } from '../../../server/api/contract/editing.ts';
import { ApiProblem } from '../../api/client.ts';
import { draftKey, save } from '../../api/edit-queries.ts';

export interface Overtaken {
  detail: string;
  difference: string;
  /** Of what is there now. */
  revision: number;
}

export interface Written {
  draft: Draft;
  files: DraftFile[];
  isDirty: boolean;
  textOf: (path: string) => string;
  write: (path: string, text: string) => void;
  /** @returns the draft as it is saved; undefined where it could not be */
  save: () => Promise<Draft | undefined>;
  /** In place of what somebody else has saved, which was seen. */
  saveOver: () => Promise<Draft | undefined>;
  /** Forgets what was typed. */
  reset: () => void;
  isSaving: boolean;
  failure: Error | undefined;
  overtaken: Overtaken | undefined;
}

interface Typed {
  texts: { [path: string]: string };
  /** The draft that was read when the first letter was typed. */
  from: Draft;
}

export function useDraft(read: Draft): Written {
  const queries = useQueryClient();
  const [typed, setTyped] = useState<Typed>();
  const draft = typed?.from ?? read;
  const textOf = (path: string) => typed?.texts[path] ?? draft.files.find((file) => file.path === path)?.text ?? '';
  const files = draft.files.map(({ path, base }): DraftFile => ({ path, base, text: textOf(path) }));
  const isDirty = draft.files.some(({ path, text }) => textOf(path) !== text);
  const sending = useMutation({
    mutationFn: ({ revision, bases }: { revision: number; bases: ReadonlyMap<string, string | null> }) =>
      save(
        draft.playbook,
        revision,
        files.map((file) => ({ ...file, base: bases.get(file.path) ?? file.base })),
      ),
    onSuccess: (saved) => {
      queries.setQueryData(draftKey(draft.playbook), saved);
      setTyped(undefined);
      return queries.invalidateQueries({ queryKey: ['drafts'] });
    },
  });
  const overtaken = overtakenBy(sending.error);
  const send = (revision: number, bases = new Map<string, string | null>()) =>
    sending.mutateAsync({ revision, bases }).catch(() => undefined);
  return {
    draft,
    files,
    isDirty,
    textOf,
    write: (path, text) => setTyped((now) => ({ from: now?.from ?? read, texts: { ...now?.texts, [path]: text } })),
    save: () => send(draft.revision),
    saveOver: () =>
      send(overtaken?.revision ?? draft.revision, new Map(read.files.map(({ path, base }) => [path, base]))),
    reset: () => {
      sending.reset();
      setTyped(undefined);
    },
    isSaving: sending.isPending,
    failure: overtaken === undefined ? (sending.error ?? undefined) : undefined,
    overtaken,
  };
}

function overtakenBy(error: Error | null): Overtaken | undefined {
  if (!(error instanceof ApiProblem)) return undefined;
  const { difference, revision } = error.more;
  if (typeof difference !== 'string' || typeof revision !== 'number') return undefined;
  return { detail: error.message, difference, revision };
}
