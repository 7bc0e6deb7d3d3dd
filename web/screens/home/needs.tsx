/** What waits for somebody: nothing else is shown here. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Home } from '../../../server/api/contract/home.ts';
import { Figure, type FigureProps } from '../../parts/figure.tsx';
import { Panel } from '../../parts/page.tsx';
import { When } from '../../parts/when.tsx';
import { useFormats } from '../../texts/formats.ts';
import { useTexts } from '../../texts/texts.tsx';

type Count = Exclude<keyof Home['needs'], 'stopped'>;

const COUNTS: { name: Count; tone: NonNullable<FigureProps['tone']>; to?: FigureProps['to'] }[] = [
  { name: 'tasksOverdue', tone: 'bad', to: { to: '/tasks', search: { kind: 'task', due: 'overdue' } } },
  { name: 'tasksOpen', tone: 'plain', to: { to: '/tasks', search: { kind: 'task' } } },
  { name: 'approvals', tone: 'plain', to: { to: '/tasks', search: { kind: 'approval' } } },
  { name: 'messagesFailed', tone: 'bad', to: { to: '/messages', search: { status: 'failed' } } },
  { name: 'messagesUnknown', tone: 'warn', to: { to: '/messages', search: { status: 'unknown' } } },
  { name: 'messagesWaiting', tone: 'warn', to: { to: '/messages', search: { status: 'failed' } } },
  { name: 'eventsSetAside', tone: 'bad', to: { to: '/events', search: { tab: 'aside' } } },
];

export function Needs({ needs }: { needs: Home['needs'] }): ReactNode {
  const { home } = useTexts();
  const formats = useFormats();
  const waiting = COUNTS.filter(({ name }) => needs[name] > 0);
  return (
    <Panel title={home.needs} id="needs">
      {waiting.length === 0 && needs.stopped.length === 0 && <p className="panel-body soft">{home.nothing}</p>}
      {waiting.length > 0 && (
        <div className="figures">
          {waiting.map(({ name, tone, to }) => (
            <Figure
              key={name}
              value={formats.count(needs[name])}
              label={home[name]}
              tone={tone}
              {...(to !== undefined && { to })}
            />
          ))}
        </div>
      )}
      {needs.stopped.map(({ playbook, by, held, since, reason }) => (
        <p key={playbook} className="panel-body">
          <Link to="/playbooks/$playbook" params={{ playbook }} data-line="">
            {home.stopped(playbook)}
          </Link>{' '}
          <span className="soft any">
            {home.stoppedBy(by, held)} · <When at={since} />
            {reason !== null && ` · ${reason}`}
          </span>
        </p>
      ))}
    </Panel>
  );
}
