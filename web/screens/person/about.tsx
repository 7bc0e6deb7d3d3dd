/** What is known of a record: beside everything else the little that decides, and all of it under "Data". */
import type { ReactNode } from 'react';
import type { Profile } from '../../../server/api/contract/people.ts';
import { NamedValues } from '../../parts/named-values.tsx';
import { Panel } from '../../parts/page.tsx';
import { SubjectLink } from '../../parts/subject-link.tsx';
import { Value } from '../../parts/value.tsx';
import { When } from '../../parts/when.tsx';
import { useTexts } from '../../texts/texts.tsx';

export function About({ profile }: { profile: Profile }): ReactNode {
  const { person } = useTexts();
  return (
    <div className="stack">
      {profile.consent !== null && <Consent consent={profile.consent} />}
      <Panel title={person.segments} id="segments">
        <div className="panel-body">
          {profile.segments.length === 0 && <span className="soft">—</span>}
          <ul className="chips">
            {profile.segments.map(({ name, isIn }) => (
              <li key={name}>
                <span className={`badge ${isIn === true ? 'info' : ''}`}>
                  <span className="cut">{name}</span>{' '}
                  {isIn === true ? person.isIn : isIn === false ? person.isNotIn : person.unknownSegment}
                </span>
              </li>
            ))}
          </ul>
        </div>
      </Panel>
      {profile.relations.length > 0 && (
        <Panel title={person.relations} id="relations">
          <ul className="panel-body">
            {profile.relations.map((one) => (
              <li key={`${one.relation}/${one.type}/${one.id}`}>
                <span className="soft">{one.relation}:</span> <SubjectLink subject={one} />
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {profile.computed.length > 0 && (
        <Panel title={person.computed} id="computed">
          <NamedValues values={profile.computed} isPanel />
        </Panel>
      )}
    </div>
  );
}

function Consent({ consent }: { consent: NonNullable<Profile['consent']> }): ReactNode {
  const { person } = useTexts();
  const lines: [string, boolean][] = [
    [person.marketing, consent.marketing],
    ...consent.topics.map(({ topic, consents }): [string, boolean] => [topic, consents]),
    ...consent.channels.map(({ channel, consents }): [string, boolean] => [channel, consents]),
  ];
  return (
    <Panel title={person.consent} id="consent">
      <div className="panel-body stack">
        {consent.suppressed !== null && <p className="bad-text">{person.suppressed(consent.suppressed.words)}</p>}
        <dl className="facts">
          {lines.map(([name, consents]) => (
            <div key={name} className="fact">
              <dt className="any">{name}</dt>
              <dd>
                <span className={`badge ${consents ? 'good' : ''}`}>{consents ? person.yes : person.no}</span>
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </Panel>
  );
}

export function Data({ profile }: { profile: Profile }): ReactNode {
  const { person, people } = useTexts();
  return (
    <Panel title={person.traits} id="traits">
      <div className="panel-body">
        <dl className="facts">
          {profile.email !== null && (
            <div className="fact">
              <dt>{person.email}</dt>
              <dd className="any">{profile.email}</dd>
            </div>
          )}
          {profile.zone !== null && (
            <div className="fact">
              <dt>{person.zone}</dt>
              <dd>{profile.zone}</dd>
            </div>
          )}
          {profile.createdAt !== null && (
            <div className="fact">
              <dt>{people.since}</dt>
              <dd>
                <When at={profile.createdAt} zone={profile.zone} />
              </dd>
            </div>
          )}
        </dl>
        {profile.traits.length === 0 && <p className="soft">{person.noTraits}</p>}
      </div>
      {profile.traits.length > 0 && (
        <table className="table">
          <tbody>
            {profile.traits.map(({ name, value, at }) => (
              <tr key={name}>
                <th scope="row" className="any">
                  {name}
                </th>
                <td>
                  <Value value={value} />
                </td>
                <td className="soft">{at !== null && <When at={at} zone={profile.zone} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
