/** The tests of what is written: run here, and why one did not pass. */
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useRef } from 'react';
import type { DraftFile, RanTest } from '../../../server/api/contract/editing.ts';
import { test } from '../../api/edit-queries.ts';
import { useTexts } from '../../texts/texts.tsx';

export function Tests(props: { playbook: string; files: DraftFile[]; goTo: (line: number) => void }): ReactNode {
  const { tests: texts } = useTexts().edit;
  const { playbook, files, goTo } = props;
  const stop = useRef<AbortController>(undefined);
  const run = useMutation({
    mutationFn: () => {
      stop.current = new AbortController();
      return test(playbook, files, stop.current.signal);
    },
  });
  const ran = run.data?.tests ?? [];
  const passed = ran.filter((one) => one.passed).length;
  const isStopped = run.error instanceof DOMException;
  return (
    <div className="stack">
      <div className="bar">
        <button type="button" className="button primary" disabled={run.isPending} onClick={() => run.mutate()}>
          {run.isPending ? texts.running : texts.run}
        </button>
        {run.isPending && (
          <button type="button" className="button" onClick={() => stop.current?.abort()}>
            {texts.stop}
          </button>
        )}
      </div>
      <div role="status">
        {run.isError && !isStopped && <p className="bad-text any">{run.error.message}</p>}
        {run.isSuccess && ran.length === 0 && <p>{texts.none}</p>}
        {passed > 0 && <p>{texts.passed(passed)}</p>}
        {ran.length > passed && <p>{texts.failed(ran.length - passed)}</p>}
      </div>
      <ul className="stack">
        {[...ran]
          .sort((a, b) => Number(a.passed) - Number(b.passed))
          .map((one) => (
            <Ran key={`${one.line}:${one.it}`} ran={one} goTo={goTo} />
          ))}
      </ul>
    </div>
  );
}

function Ran({ ran, goTo }: { ran: RanTest; goTo: (line: number) => void }): ReactNode {
  const { tests: texts } = useTexts().edit;
  const [tone, word] = ran.passed ? ['good', texts.pass] : ran.notRun ? ['warn', texts.notRun] : ['bad', texts.fail];
  return (
    <li>
      <p className="any">
        <span className={`badge ${tone}`}>{word}</span> {ran.it}{' '}
        <button type="button" className="button plain" onClick={() => goTo(ran.line)}>
          {texts.line(ran.line)}
        </button>
      </p>
      {ran.faults.map((fault) => (
        <pre key={fault} className="told">
          {fault}
        </pre>
      ))}
      {ran.timeline.length > 0 && (
        <details>
          <summary>{texts.timeline}</summary>
          <pre className="told">{ran.timeline.join('\n')}</pre>
        </details>
      )}
    </li>
  );
}
