/** One contact, account, deal or ticket: what is known of it, what happened, and why. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Subject } from '../../../server/api/contract/common.ts';
import type { Profile } from '../../../server/api/contract/people.ts';
import { profileQuery } from '../../api/people-queries.ts';
import { Page } from '../../parts/page.tsx';
import { Failed, Skeleton } from '../../parts/states.tsx';
import { nameOf, SubjectLink, shortened } from '../../parts/subject-link.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { PERSON_TABS } from '../people/search.ts';
import { About, Data } from './about.tsx';
import { PersonJourneys } from './journeys.tsx';
import { Timeline } from './timeline.tsx';
import { Why } from './why.tsx';

const route = getRouteApi('/people/$type/$id');

export default function PersonScreen(): ReactNode {
  const { type, id } = route.useParams();
  const subject = { type, id } as Subject;
  const { people, person } = useTexts();
  const query = useQuery({ ...profileQuery(subject), refetchInterval: 10_000 });
  const { data } = query;
  const kind = type in people.types ? people.types[type as keyof typeof people.types] : people.title;
  const crumbs = (
    <Link to="/people" search={type === 'contact' ? {} : { type: type as 'account' }}>
      {kind}
    </Link>
  );
  return (
    <Page
      title={shortened(data === undefined ? id : nameOf(data))}
      lead={data?.email ?? (data?.name != null ? id : undefined)}
      crumbs={crumbs}
    >
      {data === undefined ? (
        query.isError ? (
          <Failed error={query.error} retry={() => void query.refetch()} />
        ) : (
          <Skeleton />
        )
      ) : (
        <>
          {!data.exists && <p className="notice">{person.unknown}</p>}
          {data.mergedInto !== null && (
            <p className="notice">
              {person.mergedInto} <SubjectLink subject={data.mergedInto} />
            </p>
          )}
          <Content profile={data} />
        </>
      )}
    </Page>
  );
}

function Content({ profile }: { profile: Profile }): ReactNode {
  const { person } = useTexts();
  const { tab } = route.useSearch();
  const { type, id } = profile;
  return (
    <div className="columns">
      <div>
        <nav className="tabs" aria-label={person.tabsLabel}>
          {PERSON_TABS.map((name) => (
            <Link
              key={name}
              to="/people/$type/$id"
              params={{ type, id }}
              search={name === 'timeline' ? {} : { tab: name }}
              aria-current={tab === name || (tab === undefined && name === 'timeline') ? 'page' : undefined}
              activeOptions={{ exact: true }}
              resetScroll={false}
            >
              {person.tabs[name]}
            </Link>
          ))}
        </nav>
        {tab === undefined && <Timeline profile={profile} />}
        {tab === 'why' && <Why profile={profile} />}
        {tab === 'journeys' && <PersonJourneys profile={profile} />}
        {tab === 'data' && <Data profile={profile} />}
      </div>
      <About profile={profile} />
    </div>
  );
}
