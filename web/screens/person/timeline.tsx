/** Everything that happened to a record, the latest first, in sentences; each with its values, and with "why". */
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Happening, Profile } from '../../../server/api/contract/people.ts';
import { timelineQuery } from '../../api/people-queries.ts';
import { NamedValues } from '../../parts/named-values.tsx';
import { Pages } from '../../parts/pages.tsx';
import { Empty } from '../../parts/states.tsx';
import { When } from '../../parts/when.tsx';
import { useTexts } from '../../texts/texts.tsx';

const route = getRouteApi('/people/$type/$id');
const KINDS = ['event', 'effect', 'outcome', 'decision', 'firing'] as const;

export function Timeline({ profile }: { profile: Profile }): ReactNode {
  const { timeline } = useTexts().person;
  const { kind } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(timelineQuery(profile, kind === undefined ? [] : [kind]));
  return (
    <>
      <div className="filters">
        <label>
          {timeline.show}{' '}
          <select
            className="field"
            value={kind ?? ''}
            onChange={({ target }) => {
              const chosen = KINDS.find((it) => it === target.value);
              void navigate({ search: chosen === undefined ? {} : { kind: chosen }, resetScroll: false });
            }}
          >
            <option value="">{timeline.all}</option>
            {KINDS.map((it) => (
              <option key={it} value={it}>
                {timeline.kinds[it]}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div className="panel">
        <Pages query={query} empty={<Empty title={timeline.none} detail={timeline.noneDetail} />}>
          {(items) => (
            <ol className="feed">
              {items.map((one) => (
                <Line key={one.id} one={one} profile={profile} />
              ))}
            </ol>
          )}
        </Pages>
      </div>
    </>
  );
}

function Line({ one, profile }: { one: Happening; profile: Profile }): ReactNode {
  const { timeline } = useTexts().person;
  const { type, id, zone } = profile;
  return (
    <li>
      <When at={one.at} zone={zone} as="short" />
      <div className="what">
        <span className={`any ${one.sentence.tone}`}>{one.sentence.text}</span>{' '}
        {one.playbook !== null && (
          <Link
            className="small"
            to="/people/$type/$id"
            params={{ type, id }}
            search={{ tab: 'why', playbook: one.playbook, at: one.at }}
          >
            {timeline.why}
          </Link>
        )}
        {one.values.length > 0 && (
          <details className="small">
            <summary className="soft">{timeline.values}</summary>
            <NamedValues values={one.values} />
          </details>
        )}
      </div>
      {one.playbook === null ? (
        <span className="by soft">{timeline.kinds[one.kind]}</span>
      ) : (
        <Link className="by" to="/playbooks/$playbook" params={{ playbook: one.playbook }}>
          {one.playbook}
        </Link>
      )}
    </li>
  );
}
