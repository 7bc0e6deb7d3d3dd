/** Why a playbook did something here, or why not: then and now. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Profile, Why as Told } from '../../../server/api/contract/people.ts';
import { whyQuery } from '../../api/people-queries.ts';
import { playbooksQuery } from '../../api/queries.ts';
import { EndingBadge } from '../../parts/ending.tsx';
import { Panel } from '../../parts/page.tsx';
import { Loaded } from '../../parts/states.tsx';
import { When } from '../../parts/when.tsx';
import { useTexts } from '../../texts/texts.tsx';

const route = getRouteApi('/people/$type/$id');

export function Why({ profile }: { profile: Profile }): ReactNode {
  const { why } = useTexts().person;
  const { playbook, at } = route.useSearch();
  const navigate = route.useNavigate();
  const playbooks = useQuery(playbooksQuery);
  const names = playbooks.data?.items.map((item) => item.playbook) ?? [];
  const shown = playbook !== undefined && !names.includes(playbook) ? [playbook, ...names] : names;
  return (
    <>
      <div className="filters">
        <label>
          {why.playbook}{' '}
          <select
            className="field"
            value={playbook ?? ''}
            onChange={({ target }) =>
              void navigate({
                search: { tab: 'why', ...(target.value !== '' && { playbook: target.value }) },
                resetScroll: false,
              })
            }
          >
            <option value="">—</option>
            {shown.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {at !== undefined && playbook !== undefined && (
          <span>
            {why.at} <When at={at} as="short" zone={profile.zone} /> ·{' '}
            <Link
              to="/people/$type/$id"
              params={{ type: profile.type, id: profile.id }}
              search={{ tab: 'why', playbook }}
              resetScroll={false}
            >
              {why.now}
            </Link>
          </span>
        )}
      </div>
      {playbook === undefined ? (
        <p className="notice">{why.choose}</p>
      ) : (
        <Answer profile={profile} playbook={playbook} at={at} />
      )}
    </>
  );
}

function Answer(props: { profile: Profile; playbook: string; at: string | undefined }): ReactNode {
  const { profile, playbook, at } = props;
  const query = useQuery(whyQuery(profile, playbook, at));
  return <Loaded query={query}>{(told) => <Story told={told} zone={profile.zone} />}</Loaded>;
}

function Story({ told, zone }: { told: Told; zone: string | null }): ReactNode {
  const { why } = useTexts().person;
  return (
    <div className="stack">
      <Panel title={why.fired} id="fired">
        {told.firings.length === 0 && <p className="panel-body">{why.never}</p>}
        {told.firings.map((one) => (
          <article key={one.id} className="panel-body firing">
            <p className="any">
              <When at={one.at} as="short" zone={zone} /> · {one.what}{' '}
              <span className={`badge ${one.status === 'refused' ? 'warn' : 'good'}`}>
                {one.status in why.statuses ? why.statuses[one.status as 'enrolled'] : one.status}
              </span>{' '}
              {one.reason !== null && <strong>{one.reason.words}</strong>}
            </p>
            <ol className="story">
              {one.story.map(({ at, text }) => (
                <li key={`${at}/${text}`} className="any">
                  <When at={at} as="short" zone={zone} /> {text}
                </li>
              ))}
            </ol>
            {one.outcome !== null && <EndingBadge outcome={one.outcome} reason={one.endReason} />}{' '}
            {one.endedAt !== null && <When at={one.endedAt} as="short" zone={zone} />}
          </article>
        ))}
      </Panel>
      {told.standing.length > 0 && (
        <Panel title={why.standing} id="standing">
          <ul className="panel-body any">
            {told.standing.map(({ text, arm, key }) => (
              <li key={`${arm}/${key}/${text}`}>{text}</li>
            ))}
          </ul>
        </Panel>
      )}
      {told.waits.length > 0 && (
        <Panel title={why.waits} id="waits">
          <ul className="panel-body">
            {told.waits.map(({ at, key, text }) => (
              <li key={`${at}/${key}`} className="any">
                <When at={at} as="short" zone={zone} /> {text}
              </li>
            ))}
          </ul>
        </Panel>
      )}
      <Panel title={why.trigger} id="trigger">
        <ul className="panel-body">
          {told.trigger.map((line) => (
            <li key={line} className="any">
              {line}
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  );
}
