/** What the linter says of what is written, each with the way to its line. */
import type { ReactNode } from 'react';
import type { Diagnostic } from '../../../server/api/contract/playbook.ts';
import { useTexts } from '../../texts/texts.tsx';

export function Findings(props: {
  diagnostics: readonly Diagnostic[] | undefined;
  failure: Error | null;
  goTo: (one: Diagnostic) => void;
}): ReactNode {
  const { edit } = useTexts();
  const { diagnostics, failure, goTo } = props;
  if (failure !== null) return <p className="bad-text any">{failure.message}</p>;
  if (diagnostics === undefined) return <p className="soft">{edit.checking}</p>;
  if (diagnostics.length === 0) return <p>{edit.clean}</p>;
  return (
    <ul className="stack">
      {diagnostics.map((one) => (
        <li key={`${one.file}:${one.code}:${one.line}:${one.column}:${one.message}`}>
          <button type="button" className="button plain" data-line="" onClick={() => goTo(one)}>
            {one.file} · {edit.at(one.line, one.column)}
          </button>{' '}
          <span className={`badge ${one.severity === 'error' ? 'bad' : 'warn'}`}>{one.code}</span>
          <p className="any">{one.message}</p>
          {one.hint !== null && <p className="soft any">{one.hint}</p>}
        </li>
      ))}
    </ul>
  );
}
