/** The people of the deployed files: who they are, and when they are away. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Colleague } from '../../../server/api/contract/tickets.ts';
import { colleaguesQuery } from '../../api/ticket-queries.ts';
import { Empty, Loaded } from '../../parts/states.tsx';
import { useFormats } from '../../texts/formats.ts';
import { useTexts } from '../../texts/texts.tsx';

export function Colleagues(): ReactNode {
  const { settings } = useTexts();
  const query = useQuery(colleaguesQuery);
  return (
    <div className="stack">
      <p className="soft">{settings.fromFiles}</p>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={settings.noPeople} detail={settings.noPeopleDetail} />
          ) : (
            <List items={items} />
          )
        }
      </Loaded>
    </div>
  );
}

function List({ items }: { items: readonly Colleague[] }): ReactNode {
  const { settings, tickets } = useTexts();
  const formats = useFormats();
  const nameOf = (id: string) => items.find((one) => one.id === id)?.name ?? id;
  return (
    <div className="panel">
      <table className="table cards">
        <thead>
          <tr>
            <th scope="col">{settings.person}</th>
            <th scope="col">{tickets.team}</th>
            <th scope="col">{settings.role}</th>
            <th scope="col">{settings.absences}</th>
            <th scope="col">{settings.deputy}</th>
            <th scope="col" className="n">
              {settings.openTasks}
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((one) => (
            <tr key={one.id}>
              <th scope="row" className="any">
                {one.name ?? one.id} {one.isAway && <span className="badge warn">{tickets.away}</span>}
              </th>
              <td data-label={tickets.team} className="any">
                {one.team ?? '–'}
                {one.leads.length > 0 && <span className="soft"> {settings.leads(one.leads.join(', '))}</span>}
              </td>
              <td data-label={settings.role} className="any">
                {one.role ?? '–'}
              </td>
              <td data-label={settings.absences}>
                {one.absences.length === 0
                  ? '–'
                  : one.absences.map(({ from, to }) => `${from ?? '…'} – ${to ?? '…'}`).join(', ')}
              </td>
              <td data-label={settings.deputy} className="any">
                {one.deputy === null ? '–' : nameOf(one.deputy)}
              </td>
              <td data-label={settings.openTasks} className="n">
                {formats.count(one.openTasks)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
