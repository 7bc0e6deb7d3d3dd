/** Every change that was made by the API, the latest first. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { AuditEntry } from '../../../server/api/contract/users.ts';
import { auditQuery } from '../../api/settings-queries.ts';
import { Pages } from '../../parts/pages.tsx';
import { Empty } from '../../parts/states.tsx';
import { shortened } from '../../parts/subject-link.tsx';
import { When } from '../../parts/when.tsx';
import { useTexts } from '../../texts/texts.tsx';

const route = getRouteApi('/settings');

export function Audit(): ReactNode {
  const { settings } = useTexts();
  const { action } = route.useSearch();
  const query = useInfiniteQuery({ ...auditQuery({ action }), refetchInterval: 15_000 });
  return (
    <>
      {action !== undefined && (
        <div className="filters">
          <Link to="/settings" search={{ tab: 'audit' }} className="badge info">
            {action} ×
          </Link>
        </div>
      )}
      <div className="panel">
        <Pages query={query} empty={<Empty title={settings.noAudit} detail={settings.noAuditDetail} />}>
          {(items: AuditEntry[]) => (
            <table className="table cards">
              <thead>
                <tr>
                  <th scope="col">{settings.action}</th>
                  <th scope="col">{settings.of}</th>
                  <th scope="col">{settings.by}</th>
                  <th scope="col">{settings.result}</th>
                  <th scope="col">{settings.when}</th>
                </tr>
              </thead>
              <tbody>
                {items.map((one) => (
                  <tr key={one.id}>
                    <th scope="row">
                      <Link to="/settings" search={{ tab: 'audit', action: one.action }} data-line="">
                        {one.action}
                      </Link>
                    </th>
                    <td data-label={settings.of} className="any">
                      {shortened(one.target)}
                    </td>
                    <td data-label={settings.by} className="any">
                      {one.by.name}
                    </td>
                    <td data-label={settings.result}>
                      <span className={`badge ${one.result === 'done' ? 'good' : 'warn'}`}>{one.result}</span>
                    </td>
                    <td data-label={settings.when}>
                      <When at={one.at} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </Pages>
      </div>
    </>
  );
}
