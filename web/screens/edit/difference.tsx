/** A difference of texts, a line each: what goes with −, what comes with +. */
import type { ReactNode } from 'react';

const CLASSES: { [mark: string]: string } = { '+': 'comes', '-': 'goes', '@': 'where' };

/** Marks of lines of a patch: a minus as people read it. */
export function Difference({ patch, label }: { patch: string; label: string }): ReactNode {
  const lines = patch.split('\n').slice(0, -1);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className="difference" aria-label={label} tabIndex={0}>
      {lines.map((line, n) => {
        const isHead = line.startsWith('--- ') || line.startsWith('+++ ');
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name, and never move
          <div key={n} className={isHead ? 'where' : CLASSES[line[0] ?? '']}>
            {line === '' ? ' ' : line}
          </div>
        );
      })}
    </section>
  );
}
