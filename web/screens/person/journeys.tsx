/** The playbooks that a record is or was in. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Profile } from '../../../server/api/contract/people.ts';
import { EndingBadge } from '../../parts/ending.tsx';
import { Empty } from '../../parts/states.tsx';
import { When } from '../../parts/when.tsx';
import { useTexts } from '../../texts/texts.tsx';

export function PersonJourneys({ profile }: { profile: Profile }): ReactNode {
  const { person, playbooks, playbook: texts } = useTexts();
  const { journeys } = texts;
  if (profile.enrolments.length === 0) {
    return (
      <div className="panel">
        <Empty title={person.journeys.none} />
      </div>
    );
  }
  return (
    <div className="panel">
      <table className="table cards">
        <thead>
          <tr>
            <th scope="col">{playbooks.name}</th>
            <th scope="col">{journeys.started}</th>
            <th scope="col">{journeys.where}</th>
            <th scope="col">{journeys.ended}</th>
          </tr>
        </thead>
        <tbody>
          {profile.enrolments.map((one) => (
            <tr key={one.id}>
              <th scope="row">
                <Link to="/playbooks/$playbook" params={{ playbook: one.playbook }} data-line="">
                  {one.playbook}
                </Link>{' '}
                {one.heldOut && <span className="badge">{journeys.heldOut}</span>}
              </th>
              <td data-label={journeys.started}>
                <When at={one.startedAt} zone={profile.zone} />
              </td>
              <td data-label={journeys.where} className="any">
                {one.step?.title} {one.nextAt !== null && <When at={one.nextAt} zone={profile.zone} />}
              </td>
              <td data-label={journeys.ended}>
                {one.outcome !== null && <EndingBadge outcome={one.outcome} reason={one.reason} />}{' '}
                {one.endedAt !== null && <When at={one.endedAt} zone={profile.zone} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
