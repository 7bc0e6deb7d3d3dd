/** What happened, a sentence a line, the latest first. While somebody looks at it closely nothing moves. */
import { Link } from '@tanstack/react-router';
import { type ReactNode, useRef, useState } from 'react';
import type { Latest } from '../../server/api/contract/home.ts';
import { useTexts } from '../texts/texts.tsx';
import { SubjectLink } from './subject-link.tsx';
import { When } from './when.tsx';

/** Lines that came while the list was held are counted, and shown when that is asked for. */
export function Feed({ lines }: { lines: readonly Latest[] }): ReactNode {
  const { states } = useTexts();
  const [held, setHeld] = useState<readonly Latest[]>();
  const list = useRef<HTMLOListElement>(null);
  const shown = held ?? lines;
  const known = new Set(shown.map(({ id }) => id));
  const newOnes = lines.filter(({ id }) => !known.has(id)).length;
  const hold = () => setHeld((before) => before ?? lines);
  const release = () => {
    if (list.current?.matches(':hover, :focus-within') !== true) setHeld(undefined);
  };
  return (
    <>
      {newOnes > 0 && (
        <p className="more">
          <button type="button" className="button" onClick={() => setHeld(lines)}>
            {states.newOnes(newOnes)}
          </button>
        </p>
      )}
      <ol
        className="feed"
        ref={list}
        onPointerEnter={hold}
        onFocus={hold}
        onPointerLeave={release}
        onBlur={() => setTimeout(release)}
      >
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
