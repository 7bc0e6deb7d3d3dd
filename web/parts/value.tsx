/** A value of JSON as text, whatever it holds; long ones can be opened. */
import type { ReactNode } from 'react';

const MAX_INLINE = 160;

export function textOfValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function Value({ value }: { value: unknown }): ReactNode {
  const text = textOfValue(value) ?? '';
  if (text.length <= MAX_INLINE) return <span className="any">{text}</span>;
  return (
    <details className="any">
      <summary>{text.slice(0, MAX_INLINE)}…</summary>
      {text}
    </details>
  );
}
