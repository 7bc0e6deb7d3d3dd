/** The lines of the list of messages. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Message } from '../../../server/api/contract/messages.ts';
import { nameOf, SubjectLink } from '../../parts/subject-link.tsx';
import { When } from '../../parts/when.tsx';
import { useTexts } from '../../texts/texts.tsx';

const TONES: { [status in Message['status']]: string } = {
  sent: 'good',
  held: 'info',
  refused: '',
  failed: 'bad',
  unknown: 'warn',
  claimed: 'info',
};

interface ListProps {
  items: readonly Message[];
  /** By their effects. */
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
}

export function MessageList({ items, chosen, onChoose }: ListProps): ReactNode {
  const { messages } = useTexts();
  const choose = (effect: string, isChosen: boolean) => {
    const others = [...chosen].filter((it) => it !== effect);
    onChoose(new Set(isChosen ? [...others, effect] : others));
  };
  return (
    <table className="table cards">
      <thead>
        <tr>
          <th scope="col">{messages.to}</th>
          <th scope="col">{messages.what}</th>
          <th scope="col">{messages.state}</th>
          <th scope="col">{messages.playbook}</th>
          <th scope="col">{messages.when}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((one) => (
          <tr key={one.id}>
            <th scope="row">
              {one.wait !== null && (
                <input
                  type="checkbox"
                  className="choose"
                  aria-label={messages.choose(one.to === null ? messages.nobody : nameOf(one.to))}
                  checked={chosen.has(one.effect)}
                  onChange={({ target }) => choose(one.effect, target.checked)}
                />
              )}
              {one.to === null ? messages.nobody : <Recipient to={one.to} />}
            </th>
            <td data-label={messages.what} className="any">
              {one.template} <span className="soft small">{[one.channel, one.messageClass].join(' · ')}</span>
            </td>
            <td data-label={messages.state}>
              <span className={`badge ${TONES[one.status]}`}>{messages.states[one.status]}</span>{' '}
              {one.reason !== null && <span className="soft small any">{one.reason.words}</span>}
              {one.wait !== null && (
                <div className="soft small">
                  {messages.tries(one.wait.tries)} <When at={one.wait.nextAt} />
                </div>
              )}
            </td>
            <td data-label={messages.playbook}>
              <Link to="/playbooks/$playbook" params={{ playbook: one.playbook }}>
                {one.playbook}
              </Link>
            </td>
            <td data-label={messages.when}>
              <When at={one.sentAt ?? one.at} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Colleagues have no screen of their own. */
function Recipient({ to }: { to: NonNullable<Message['to']> }): ReactNode {
  return to.type === 'contact' ? <SubjectLink subject={to} isLine /> : <span className="any">{nameOf(to)}</span>;
}
