/** Writing a playbook: its files, what the linter and the tests say of them, and deploying them by a plan. */

import type { EditorView } from '@codemirror/view';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useBlocker } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { Draft, DraftFile } from '../../../server/api/contract/editing.ts';
import { discard, draftKey, draftQuery, lintQuery, schemaQuery } from '../../api/edit-queries.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty, Loaded } from '../../parts/states.tsx';
import { useTell } from '../../parts/toast.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { Backtest } from './backtest.tsx';
import type { Schema } from './complete.ts';
import { Difference } from './difference.tsx';
import { Editor, goToLine } from './editor.tsx';
import { Findings } from './findings.tsx';
import { Overtaken } from './overtaken.tsx';
import { PlanView } from './plan.tsx';
import { Tests } from './tests.tsx';
import { useDraft } from './use-draft.ts';
import './edit.css';

const route = getRouteApi('/playbooks/$playbook/edit');
const VIEWS = ['findings', 'tests', 'backtest', 'plan', 'changes'] as const;
const LINT_AFTER_MS = 400;
const NONE: never[] = [];

export default function EditScreen(): ReactNode {
  const { playbook } = route.useParams();
  const { nav, edit } = useTexts();
  const query = useQuery({ ...draftQuery(playbook), refetchInterval: 15_000 });
  return (
    <Page
      title={edit.title(playbook)}
      crumbs={
        <>
          <Link to="/playbooks">{nav.playbooks}</Link> ·{' '}
          <Link to="/playbooks/$playbook" params={{ playbook }}>
            {playbook}
          </Link>
        </>
      }
    >
      <Loaded query={query}>
        {(draft) =>
          draft.isEditable ? (
            <Writing key={playbook} read={draft} />
          ) : (
            <div className="panel">
              <Empty title={edit.notEditable} detail={edit.notEditableDetail} />
            </div>
          )
        }
      </Loaded>
    </Page>
  );
}

function Writing({ read }: { read: Draft }): ReactNode {
  const { edit } = useTexts();
  const tell = useTell();
  const written = useDraft(read);
  const { draft, files, isDirty } = written;
  const [path, setPath] = useState(draft.files[0]!.path);
  const [view, setView] = useState<(typeof VIEWS)[number]>('findings');
  const editor = useRef<EditorView>(undefined);
  const line = useRef<number>(undefined);
  const schema = useQuery(schemaQuery);
  const looked = useSettled(files, LINT_AFTER_MS);
  const lint = useQuery({ ...lintQuery(draft.playbook, looked), placeholderData: (before) => before });
  useBlocker({ shouldBlockFn: () => isDirty && !window.confirm(edit.leave), enableBeforeUnload: isDirty });
  const goTo = (file: string, at: number) => {
    if (!files.some((one) => one.path === file)) return;
    if (file === path) return goToLine(editor.current, at);
    line.current = at;
    setPath(file);
  };
  useEffect(() => {
    if (line.current === undefined || path === '') return;
    goToLine(editor.current, line.current);
    line.current = undefined;
  }, [path]);
  const save = async () => {
    if (isDirty && (await written.save())) tell(edit.saved);
  };
  const diagnostics = lint.data?.diagnostics;
  const tests = <Tests playbook={draft.playbook} files={files} goTo={(at) => goTo(files[0]!.path, at)} />;
  return (
    <>
      <div className="bar edit-bar">
        <label>
          <span className="visually-hidden">{edit.file}</span>
          <select className="field" value={path} onChange={({ target }) => setPath(target.value)}>
            {draft.files.map((one) => (
              <option key={one.path} value={one.path}>
                {one.folder === 'same' && written.textOf(one.path) === one.text ? one.path : edit.changed(one.path)}
              </option>
            ))}
          </select>
        </label>
        <State draft={draft} isDirty={isDirty} />
        <span className="grow" />
        {draft.isPending && draft.revision > 0 && <Discard written={written} />}
        {draft.patch !== '' && <Patch draft={draft} />}
        <button
          type="button"
          className="button primary"
          disabled={!isDirty || written.isSaving}
          onClick={() => void save()}
        >
          {edit.save}
        </button>
      </div>
      {read.revision !== draft.revision && written.overtaken === undefined && (
        <p className="notice warn any" role="status">
          {edit.overtaken(read.by ?? '')}
        </p>
      )}
      {draft.files.some(({ folder }) => folder === 'moved') && <p className="notice warn">{edit.overtakenFolder}</p>}
      {written.failure !== undefined && (
        <p className="bad-text any" role="alert">
          {written.failure.message}
        </p>
      )}
      {written.overtaken !== undefined && <Overtaken written={written} />}
      <div className="columns edit-columns">
        <Editor
          key={path}
          text={written.textOf(path)}
          label={edit.text(path)}
          isYaml={/\.ya?ml$/.test(path)}
          diagnostics={diagnostics?.filter(({ file }) => file === path) ?? NONE}
          schema={path === draft.files[0]!.path ? (schema.data?.schema as Schema | undefined) : undefined}
          onChange={(text) => written.write(path, text)}
          onSave={() => void save()}
          view={editor}
        />
        <div className="panel">
          <div className="tabs" role="tablist" aria-label={edit.views}>
            {VIEWS.map((name) => (
              <button
                key={name}
                type="button"
                role="tab"
                id={`view-${name}`}
                aria-selected={view === name}
                aria-controls="view"
                onClick={() => setView(name)}
              >
                {edit.tabs[name]}
                {name === 'findings' && diagnostics !== undefined && diagnostics.length > 0 && ` ${diagnostics.length}`}
              </button>
            ))}
          </div>
          <div className="panel-body" id="view" role="tabpanel" aria-labelledby={`view-${view}`}>
            {view === 'findings' && (
              <Findings diagnostics={diagnostics} failure={lint.error} goTo={(one) => goTo(one.file, one.line)} />
            )}
            <div hidden={view !== 'tests'}>{tests}</div>
            <div hidden={view !== 'backtest'}>
              <Backtest playbook={draft.playbook} files={files} />
            </div>
            <div hidden={view !== 'plan'}>
              <PlanView written={written} />
            </div>
            {view === 'changes' &&
              (draft.patch === '' ? <p>{edit.unchanged}</p> : <Difference patch={draft.patch} label={edit.changes} />)}
          </div>
        </div>
      </div>
    </>
  );
}

function State({ draft, isDirty }: { draft: Draft; isDirty: boolean }): ReactNode {
  const { edit } = useTexts();
  if (isDirty) return <span className="badge warn">{edit.unsaved}</span>;
  if (draft.revision === 0) return null;
  return (
    <span className="any">
      <span className={`badge ${draft.isPending ? 'warn' : 'good'}`}>
        {draft.isPending ? edit.pending : edit.deployed}
      </span>{' '}
      {draft.by !== null && <span className="soft small">{edit.savedBy(draft.by)}</span>}
    </span>
  );
}

function Discard({ written }: { written: ReturnType<typeof useDraft> }): ReactNode {
  const { edit } = useTexts();
  const queries = useQueryClient();
  const tell = useTell();
  const [isAsked, setAsked] = useState(false);
  const { playbook, revision } = written.draft;
  const doing = useMutation({
    mutationFn: () => discard(playbook, revision),
    onSuccess: async (draft) => {
      queries.setQueryData(draftKey(playbook), draft);
      written.reset();
      setAsked(false);
      tell(edit.discarded);
      await queries.invalidateQueries({ queryKey: ['drafts'] });
    },
  });
  return (
    <>
      <button type="button" className="button danger" onClick={() => setAsked(true)}>
        {edit.discard}
      </button>
      <Dialog title={edit.discardTitle} isOpen={isAsked} onClose={() => setAsked(false)}>
        <div className="stack">
          <p>{edit.discardDetail}</p>
          {doing.isError && <p className="bad-text any">{doing.error.message}</p>}
          <div className="bar">
            <button type="button" className="button danger" disabled={doing.isPending} onClick={() => doing.mutate()}>
              {edit.discard}
            </button>
            <button type="button" className="button" onClick={() => setAsked(false)}>
              {edit.cancel}
            </button>
          </div>
        </div>
      </Dialog>
    </>
  );
}

/** As a file of the browser's own making: the server writes none. */
function Patch({ draft }: { draft: Draft }): ReactNode {
  const { edit } = useTexts();
  const href = `data:text/x-patch;charset=utf-8,${encodeURIComponent(draft.patch)}`;
  return (
    <a className="button" href={href} download={`${draft.playbook}.patch`} title={edit.patchDetail}>
      {edit.patch}
    </a>
  );
}

/** What has not changed for a while: nothing is asked at every letter. */
function useSettled(files: DraftFile[], afterMs: number): DraftFile[] {
  const [settled, setSettled] = useState(files);
  const key = JSON.stringify(files);
  const last = useRef(files);
  last.current = files;
  useEffect(() => {
    const timer = setTimeout(() => setSettled(last.current), key === '' ? 0 : afterMs);
    return () => clearTimeout(timer);
  }, [key, afterMs]);
  return settled;
}
