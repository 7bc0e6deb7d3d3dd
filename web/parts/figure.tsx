/** A number with what it counts; it leads to what it counts. */
import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';

export interface FigureProps {
  value: ReactNode;
  label: string;
  tone?: 'plain' | 'warn' | 'bad';
  to?: LinkProps;
}

export function Figure({ value, label, tone = 'plain', to }: FigureProps): ReactNode {
  const className = `figure ${tone}`;
  const inner = (
    <>
      <span className="value">{value}</span>
      <span className="label">{label}</span>
    </>
  );
  return to === undefined ? (
    <div className={className}>{inner}</div>
  ) : (
    <Link {...to} className={className}>
      {inner}
    </Link>
  );
}
