/** By which hours promises and waits count. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { CalendarShown } from '../../../server/api/contract/settings.ts';
import { calendarsQuery } from '../../api/settings-queries.ts';
import { Panel } from '../../parts/page.tsx';
import { Empty, Loaded } from '../../parts/states.tsx';
import { When } from '../../parts/when.tsx';
import { useSaid, useTexts } from '../../texts/texts.tsx';

/** A Monday. */
const MONDAY = Date.UTC(2026, 2, 2);
const DAY_MS = 86_400_000;

export function Calendars(): ReactNode {
  const { settings } = useTexts();
  const query = useQuery(calendarsQuery);
  return (
    <div className="stack">
      <p className="soft">{settings.fromFiles}</p>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={settings.noCalendars} />
          ) : (
            <div className="stack">
              {items.map((one) => (
                <Shown key={one.name} one={one} />
              ))}
            </div>
          )
        }
      </Loaded>
    </div>
  );
}

function Shown({ one }: { one: CalendarShown }): ReactNode {
  const { settings } = useTexts();
  const { locale } = useSaid();
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' });
  const hours = (intervals: readonly string[]) => (intervals.length === 0 ? settings.closed : intervals.join(', '));
  return (
    <Panel
      title={one.name}
      id={`calendar-${one.name}`}
      end={
        <span className="end">
          <span className={`badge ${one.isOpen ? 'good' : ''}`}>{one.isOpen ? settings.open : settings.closed}</span>
        </span>
      }
    >
      <div className="panel-body stack">
        <p className="soft">
          {one.zone}
          {one.opensAt !== null && (
            <>
              {' '}
              · {settings.opens} <When at={one.opensAt} zone={one.zone} />
            </>
          )}
        </p>
        <dl className="facts">
          {one.week.map((intervals, day) => (
            <div key={weekday.format(MONDAY + day * DAY_MS)} className="fact">
              <dt>{weekday.format(MONDAY + day * DAY_MS)}</dt>
              <dd>{hours(intervals)}</dd>
            </div>
          ))}
          {one.exceptions.map(({ day, hours: intervals }) => (
            <div key={day} className="fact">
              <dt>{day}</dt>
              <dd>{hours(intervals)}</dd>
            </div>
          ))}
        </dl>
        <p className="small">
          <span className="soft">{settings.usedBy}:</span>{' '}
          {one.playbooks.map((playbook, at) => (
            <span key={playbook}>
              {at > 0 && ', '}
              <Link to="/playbooks/$playbook" params={{ playbook }}>
                {playbook}
              </Link>
            </span>
          ))}
        </p>
      </div>
    </Panel>
  );
}
