/** The same flow as a list: for telephones, and for whoever reads by ear. */
import type { ReactNode } from 'react';
import type { Flow } from '../../../../server/api/contract/playbook.ts';
import { useTexts } from '../../../texts/texts.tsx';
import { StepTold } from './step-told.tsx';

const PARTS = ['steps', 'on_goal', 'on_exit'] as const;

export function FlowList({ flow }: { flow: Flow }): ReactNode {
  const { flow: texts } = useTexts().playbook;
  return (
    <div className="panel-body stack">
      {flow.entered === 0 && <p className="soft">{texts.nobody}</p>}
      {PARTS.map((part) => {
        const nodes = flow.nodes.filter((node) => node.part === part);
        if (nodes.length === 0) return null;
        return (
          <section key={part} aria-label={texts.parts[part]}>
            {part !== 'steps' && <h2>{texts.parts[part]}</h2>}
            <ol className="flow-list">
              {nodes.map((node) => (
                <li key={node.id} className={`kind-${node.kind}`}>
                  <StepTold flow={flow} node={node} isShort />
                </li>
              ))}
            </ol>
          </section>
        );
      })}
    </div>
  );
}
