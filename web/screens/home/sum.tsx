/** Numbers that add up: who entered is under way, or has ended in one way. */
import type { ReactNode } from 'react';
import type { Home } from '../../../server/api/contract/home.ts';
import { outcomeWords, reasonBeside } from '../../parts/ending.tsx';
import { Panel } from '../../parts/page.tsx';
import { useFormats } from '../../texts/formats.ts';
import { useTexts } from '../../texts/texts.tsx';

export function Sum({ total }: { total: Home['total'] }): ReactNode {
  const { home, endings } = useTexts();
  const formats = useFormats();
  const parts = [
    { key: 'underWay', words: home.underWay, count: total.underWay },
    ...total.ended.map(({ outcome, reason, count }) => ({
      key: `${outcome}/${reason?.code ?? ''}`,
      words: [outcomeWords(outcome, endings), reasonBeside(outcome, reason)].filter(Boolean).join(': '),
      count,
    })),
  ].filter(({ count }) => count > 0);
  return (
    <Panel title={home.sum} id="sum">
      <div className="panel-body stack">
        <table className="sum">
          <tbody>
            <tr>
              <td className="n">
                <strong>{formats.count(total.entered)}</strong>
              </td>
              <th scope="row">{home.entered}</th>
              <td />
            </tr>
            {parts.map(({ key, words, count }) => (
              <tr key={key}>
                <td className="n">{formats.count(count)}</td>
                <th scope="row" className="any">
                  {words}
                </th>
                <td className="bar" aria-hidden="true">
                  <span style={{ width: `${(100 * count) / Math.max(1, total.entered)}%` }} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <p className="soft small">{home.apart(formats.count(total.conversions), formats.count(total.heldOut))}</p>
      </div>
    </Panel>
  );
}
