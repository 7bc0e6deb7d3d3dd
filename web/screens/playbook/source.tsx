/** The YAML of a playbook, read-only, with what the linter says beside it and at its place. */
import { yaml } from '@codemirror/lang-yaml';
import { setDiagnostics } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useQuery } from '@tanstack/react-query';
import { basicSetup } from 'codemirror';
import { type ReactNode, useEffect, useRef } from 'react';
import type { Diagnostic, Source } from '../../../server/api/contract/playbook.ts';
import { sourceQuery } from '../../api/playbook-queries.ts';
import { Panel } from '../../parts/page.tsx';
import { Empty, Loaded } from '../../parts/states.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { look } from './editor-look.ts';
import { marksOf } from './marks.ts';
import { playbookSourceLabel } from './source-label.ts';

export default function SourceView({ playbook }: { playbook: string }): ReactNode {
  const { source } = useTexts().playbook;
  const query = useQuery(sourceQuery(playbook));
  return (
    <Loaded query={query}>
      {(data) =>
        data.yaml === null ? (
          <div className="panel">
            <Empty title={source.none} detail={source.noneDetail} />
          </div>
        ) : (
          <Written data={data} text={data.yaml} />
        )
      }
    </Loaded>
  );
}

function Written({ data, text }: { data: Source; text: string }): ReactNode {
  const { source } = useTexts().playbook;
  const view = useRef<EditorView>(undefined);
  const place = useRef<HTMLDivElement>(null);
  const label = playbookSourceLabel(data);
  useEffect(() => {
    const made = new EditorView({
      parent: place.current!,
      state: EditorState.create({
        doc: text,
        extensions: [
          basicSetup,
          yaml(),
          look,
          EditorState.readOnly.of(true),
          EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true', tabindex: '0' }),
        ],
      }),
    });
    made.dispatch(setDiagnostics(made.state, marksOf(made.state, data.diagnostics)));
    view.current = made;
    return () => made.destroy();
  }, [text, label, data.diagnostics]);
  const goTo = ({ line }: Diagnostic) => {
    const { current } = view;
    if (current === undefined) return;
    const { from } = current.state.doc.line(Math.min(line, current.state.doc.lines));
    current.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
    current.focus();
  };
  return (
    <div className="columns">
      <div className="panel" ref={place} />
      <Panel title={source.diagnostics} id="diagnostics">
        <div className="panel-body stack">
          {data.isDeployed !== null && <p className="soft">{data.isDeployed ? source.same : source.differs}</p>}
          {data.diagnostics.length === 0 && <p>{source.clean}</p>}
          <ul className="stack">
            {data.diagnostics.map((one) => (
              <li key={`${one.code}:${one.line}:${one.column}`}>
                <button type="button" className="button plain" data-line="" onClick={() => goTo(one)}>
                  {source.at(one.line, one.column)}
                </button>{' '}
                <span className={`badge ${one.severity === 'error' ? 'bad' : 'warn'}`}>{one.code}</span>
                <p className="any">{one.message}</p>
                {one.hint !== null && <p className="soft any">{one.hint}</p>}
              </li>
            ))}
          </ul>
        </div>
      </Panel>
    </div>
  );
}
