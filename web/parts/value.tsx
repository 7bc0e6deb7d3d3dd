/** A value of JSON as text, whatever it holds; long ones can be opened. */
import type { ReactNode } from 'react';
import { useFormats } from '../texts/formats.ts';
import { When } from './when.tsx';

const MAX_INLINE = 160;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;

function textOfValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Instants and fractions as people write them, with the exact ones at hand. */
export function Value({ value }: { value: unknown }): ReactNode {
  const formats = useFormats();
  if (value === null) return <span className="soft">–</span>;
  if (typeof value === 'string' && INSTANT.test(value)) return <When at={value} as="short" />;
  if (typeof value === 'number' && !Number.isInteger(value))
    return <span title={String(value)}>{formats.count(value)}</span>;
  const text = textOfValue(value) ?? '';
  if (text.length <= MAX_INLINE) return <span className="any">{text}</span>;
  return (
    <details className="any">
      <summary>{text.slice(0, MAX_INLINE)}…</summary>
      {text}
    </details>
  );
}
