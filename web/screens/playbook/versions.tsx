/** The versions of a playbook, and who is where in each. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { versionsQuery } from '../../api/playbook-queries.ts';
import { Loaded } from '../../parts/states.tsx';
import { When } from '../../parts/when.tsx';
import { useFormats } from '../../texts/formats.ts';
import { useTexts } from '../../texts/texts.tsx';

const HASH_SHOWN = 12;

export function Versions({ playbook }: { playbook: string }): ReactNode {
  const { versions } = useTexts().playbook;
  const formats = useFormats();
  const query = useQuery(versionsQuery(playbook));
  return (
    <div className="panel">
      <Loaded query={query}>
        {({ items }) => (
          <table className="table cards">
            <thead>
              <tr>
                <th scope="col">{versions.version}</th>
                <th scope="col">{versions.since}</th>
                <th scope="col" className="n">
                  {versions.entered}
                </th>
                <th scope="col" className="n">
                  {versions.underWay}
                </th>
                <th scope="col">{versions.where}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((one) => (
                <tr key={one.hash}>
                  <th scope="row">
                    <code title={one.hash}>{one.hash.slice(0, HASH_SHOWN)}</code>{' '}
                    {one.isDeployed && <span className="badge good">{versions.deployed}</span>}
                    <div className="soft small any">{[one.file, one.commit].filter(Boolean).join(' · ')}</div>
                  </th>
                  <td data-label={versions.since}>
                    <When at={one.createdAt} />
                  </td>
                  <td data-label={versions.entered} className="n">
                    {formats.count(one.entered)}
                  </td>
                  <td data-label={versions.underWay} className="n">
                    {formats.count(one.underWay)}
                  </td>
                  <td data-label={versions.where} className="whole">
                    <ul>
                      {one.at.map(({ path, title, waits, count }) => (
                        <li key={`${path}/${waits}`} className="any">
                          <span className="number">{formats.count(count)}</span>{' '}
                          <span className="soft">{title ?? path ?? versions.before}</span>
                        </li>
                      ))}
                    </ul>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Loaded>
    </div>
  );
}
