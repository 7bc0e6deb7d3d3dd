/** What a playbook says, in words. */
import type { ReactNode } from 'react';
import type { PlaybookDetail } from '../../../server/api/contract/playbook.ts';
import { Panel } from '../../parts/page.tsx';
import { useFormats } from '../../texts/formats.ts';
import { useTexts } from '../../texts/texts.tsx';

export function Facts({ detail }: { detail: PlaybookDetail }): ReactNode {
  const { facts } = useTexts().playbook;
  const formats = useFormats();
  const { goal } = detail;
  const within = goal?.withinMs != null ? ` (${facts.within(formats.duration(goal.withinMs))})` : '';
  const lines: [string, readonly string[]][] = [
    [facts.trigger, detail.trigger],
    [facts.audience, [detail.audience ?? facts.everybody]],
    [facts.again, [detail.again]],
    [facts.goal, [goal === null ? facts.none : `${goal.words}${within}`]],
    [facts.exitOn, detail.exitOn],
    [facts.holdout, [formats.percent(detail.holdoutPercent / 100)]],
    [facts.tooLate, [formats.duration(detail.tooLateAfterMs)]],
    [facts.topic, detail.topic === null ? [] : [detail.topic]],
    [facts.owner, detail.owner === null ? [] : [detail.owner]],
    [facts.zone, [detail.zone]],
  ];
  return (
    <Panel title={facts.title} id="facts">
      <dl className="facts panel-body">
        {lines
          .filter(([, words]) => words.length > 0)
          .map(([name, words]) => (
            <div key={name} className="fact">
              <dt>{name}</dt>
              <dd className="any">
                {words.map((line) => (
                  <div key={line}>{line}</div>
                ))}
              </dd>
            </div>
          ))}
      </dl>
    </Panel>
  );
}
