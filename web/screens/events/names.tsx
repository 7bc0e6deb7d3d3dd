/** Which names of events there are, how often each came, and with which properties. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { eventNamesQuery } from '../../api/event-queries.ts';
import { Empty, Loaded } from '../../parts/states.tsx';
import { When } from '../../parts/when.tsx';
import { useFormats } from '../../texts/formats.ts';
import { useTexts } from '../../texts/texts.tsx';

export function Names(): ReactNode {
  const { events } = useTexts();
  const formats = useFormats();
  const query = useQuery(eventNamesQuery);
  return (
    <Loaded query={query}>
      {({ of, items }) =>
        items.length === 0 ? (
          <Empty title={events.none} detail={events.noneDetail} />
        ) : (
          <>
            <p className="soft">{events.among(formats.count(of))}</p>
            <div className="panel">
              <table className="table cards">
                <thead>
                  <tr>
                    <th scope="col">{events.name}</th>
                    <th scope="col" className="n">
                      {events.count}
                    </th>
                    <th scope="col">{events.latest}</th>
                    <th scope="col">{events.fields}</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map(({ name, count, latest, fields }) => (
                    <tr key={name}>
                      <th scope="row">
                        <Link to="/events" search={{ name }} data-line="" className="any">
                          {name}
                        </Link>
                      </th>
                      <td data-label={events.count} className="n">
                        {formats.count(count)}
                      </td>
                      <td data-label={events.latest}>
                        <When at={latest} />
                      </td>
                      <td data-label={events.fields} className="whole any">
                        {fields.length === 0 && <span className="soft">–</span>}
                        {fields.map((field, at) => (
                          <span key={`${field.name}/${field.type}`}>
                            {at > 0 && ', '}
                            {field.name}{' '}
                            <span className="soft small">
                              {field.type} {formats.count(field.count)}
                            </span>
                          </span>
                        ))}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </>
        )
      }
    </Loaded>
  );
}
