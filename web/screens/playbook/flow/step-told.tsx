/** One step with all that is counted of it. */
import type { ReactNode } from 'react';
import type { Flow, FlowNode } from '../../../../server/api/contract/playbook.ts';
import { EndingBadge } from '../../../parts/ending.tsx';
import { useFormats } from '../../../texts/formats.ts';
import { useTexts } from '../../../texts/texts.tsx';
import { edgesFrom, leftFrom, sumOf } from './counts.ts';
import { iconOf } from './icons.ts';

export function StepTold({
  flow,
  node,
  isShort = false,
}: {
  flow: Flow;
  node: FlowNode;
  isShort?: boolean;
}): ReactNode {
  const { flow: texts } = useTexts().playbook;
  const formats = useFormats();
  const Icon = iconOf(node.kind);
  const left = leftFrom(flow, node.id);
  const numbers: [string, number][] = [
    [texts.came, node.entered],
    [texts.waiting, node.waiting],
    [texts.passed, node.passed],
    [texts.failed, node.failed],
  ];
  const shown = numbers.filter(([name, count]) => count > 0 || name === texts.came);
  return (
    <div className="stack step-told">
      <div>
        <h3 className="any">
          <Icon size={15} aria-hidden="true" /> {node.title}
        </h3>
        {node.detail !== null && <p className="soft any">{node.detail}</p>}
        {!isShort && node.line !== null && <p className="soft small">{texts.line(node.line)}</p>}
      </div>
      <ul className="step-numbers">
        {shown.map(([name, count]) => (
          <li key={name}>
            <strong className="number">{formats.count(count)}</strong> <span className="soft">{name}</span>
          </li>
        ))}
      </ul>
      {node.refused.length > 0 && (
        <div>
          <h4>
            {formats.count(sumOf(node.refused))} {node.kind === 'start' ? texts.notLetIn : texts.refused}
          </h4>
          <ul>
            {node.refused.map(({ code, words, count }) => (
              <li key={code} className="any">
                <span className="number">{formats.count(count)}</span> <span className="soft">{words}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
      {left.length > 0 && (
        <div>
          <h4>
            {formats.count(sumOf(left))} {texts.left}
          </h4>
          <ul>
            {left.map(({ outcome, reason, count }) => (
              <li key={`${outcome}/${reason?.code}`}>
                <span className="number">{formats.count(count)}</span> <EndingBadge outcome={outcome} reason={reason} />
              </li>
            ))}
          </ul>
        </div>
      )}
      <Leads flow={flow} node={node} />
    </div>
  );
}

function Leads({ flow, node }: { flow: Flow; node: FlowNode }): ReactNode {
  const { flow: texts } = useTexts().playbook;
  const formats = useFormats();
  const edges = edgesFrom(flow, node);
  if (edges.length === 0) return null;
  return (
    <div>
      <h4>{texts.leads}</h4>
      <ul>
        {edges.map(({ to, label, count, share }) => (
          <li key={`${to.id}/${label}`} className="any">
            {label !== null && <em>{label}: </em>}
            {to.title}
            {count !== null && <span className="soft number"> · {formats.count(count)}</span>}
            {share !== null && <span className="soft number"> ({formats.percent(share)})</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}
