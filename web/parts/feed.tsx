/** What happened, a sentence a line, the latest first. While somebody looks at it closely nothing moves. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Latest } from '../../server/api/contract/home.ts';
import { useTexts } from '../texts/texts.tsx';
import { useHeld } from './held.ts';
import { SubjectLink } from './subject-link.tsx';
import { When } from './when.tsx';

export function Feed({ lines }: { lines: readonly Latest[] }): ReactNode {
  const { shown, newOnes, showAll, of } = useHeld(lines, ({ id }) => id);
  return (
    <>
      <NewOnes count={newOnes} show={showAll} />
      <ol className="feed" {...of}>
        {shown.map(({ id, at, subject, sentence, playbook }) => (
          <li key={id}>
            <When at={at} as="short" />
            <span className={`what any ${sentence.tone}`}>
              <SubjectLink subject={subject} within={sentence.text} />
            </span>
            <Link className="by" to="/playbooks/$playbook" params={{ playbook }}>
              {playbook}
            </Link>
          </li>
        ))}
      </ol>
    </>
  );
}

/** Lines that came while the list was held, to be shown when that is asked for. */
export function NewOnes({ count, show }: { count: number; show: () => void }): ReactNode {
  const { states } = useTexts();
  if (count === 0) return null;
  return (
    <p className="more">
      <button type="button" className="button" onClick={show}>
        {states.newOnes(count)}
      </button>
    </p>
  );
}
