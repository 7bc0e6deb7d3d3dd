/** One file in CodeMirror: completed from the schema, with what the linter says at its place. */
import { yaml } from '@codemirror/lang-yaml';
import { type Diagnostic as Mark, setDiagnostics } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { basicSetup } from 'codemirror';
import { type ReactNode, type RefObject, useEffect, useRef } from 'react';
import type { Diagnostic } from '../../../server/api/contract/playbook.ts';
import { look } from '../playbook/editor-look.ts';
import { marksOf } from '../playbook/marks.ts';
import { complete, type Schema } from './complete.ts';

export interface EditorProps {
  /** Read when the file changes; what is typed is the editor's own. */
  text: string;
  label: string;
  isYaml: boolean;
  diagnostics: readonly Diagnostic[];
  schema: Schema | undefined;
  onChange: (text: string) => void;
  onSave: () => void;
  view: RefObject<EditorView | undefined>;
}

export function Editor(props: EditorProps): ReactNode {
  const { text, label, isYaml, diagnostics, view } = props;
  const place = useRef<HTMLDivElement>(null);
  // The editor lives longer than a render: it calls what the last one gave.
  const last = useRef(props);
  last.current = props;
  useEffect(() => {
    // Made once: the editor knows by it which completion is under way.
    const words = [{ autocomplete: completing(() => last.current.schema) }];
    const made = new EditorView({
      parent: place.current!,
      state: EditorState.create({
        doc: last.current.text,
        extensions: [
          keymap.of([{ key: 'Mod-s', preventDefault: true, run: saving(() => last.current.onSave()) }]),
          basicSetup,
          isYaml ? [yaml(), EditorState.languageData.of(() => words)] : [],
          look,
          EditorView.lineWrapping,
          EditorView.updateListener.of(({ docChanged, state }) => {
            if (docChanged) last.current.onChange(state.doc.toString());
          }),
          EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
        ],
      }),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = undefined;
    };
  }, [label, isYaml, view]);
  useEffect(() => {
    const { current } = view;
    if (current === undefined || current.state.doc.toString() === text) return;
    current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: text } });
  }, [text, view]);
  useEffect(() => {
    const { current } = view;
    const marks: Mark[] = current === undefined ? [] : marksOf(current.state, diagnostics);
    current?.dispatch(setDiagnostics(current.state, marks));
  }, [diagnostics, view]);
  return <div className="panel edit-text" ref={place} />;
}

/** Whatever comes of it, the browser does not save the page. */
function saving(save: () => void): () => boolean {
  return () => {
    save();
    return true;
  };
}

interface Asked {
  state: EditorState;
  pos: number;
  explicit: boolean;
}

function completing(schemaNow: () => Schema | undefined) {
  return ({ state, pos, explicit }: Asked) => {
    const schema = schemaNow();
    const found = schema && complete(schema, state.doc.toString(), pos);
    if (found === undefined || (!explicit && found.from === pos)) return null;
    return {
      from: found.from,
      validFor: /^[\w-]*$/,
      options: found.options.map(({ label, info, kind }) => ({
        label,
        type: kind === 'key' ? 'property' : 'enum',
        ...(info !== undefined && { info }),
        ...(kind === 'key' && { apply: `${label}: ` }),
      })),
    };
  };
}

/** Puts the caret at a line, in the middle of what is seen. */
export function goToLine(view: EditorView | undefined, line: number): void {
  if (view === undefined) return;
  const { from } = view.state.doc.line(Math.max(1, Math.min(line, view.state.doc.lines)));
  view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
  view.focus();
}
