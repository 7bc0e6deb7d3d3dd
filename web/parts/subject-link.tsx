/** A person, account, deal or ticket by name, as a link to what is known of it. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { NamedSubject } from '../../server/api/contract/common.ts';

/** Names of strangers may be long; the rest stands on its own screen. */
const MAX_SHOWN = 120;

export function nameOf({ type, id, name }: NamedSubject): string {
  return name ?? `${type.charAt(0).toUpperCase()}${type.slice(1)} ${id}`;
}

export function shortened(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/**
 * @param within a sentence that begins with the name: only the name is the link
 */
export function SubjectLink(props: {
  subject: NamedSubject;
  within?: string;
  /** `j` and `k` stop at it. */
  isLine?: boolean;
}): ReactNode {
  const { subject, within, isLine = false } = props;
  const name = nameOf(subject);
  const at = within?.indexOf(name) ?? -1;
  const link = (
    <Link
      to="/people/$type/$id"
      params={{ type: subject.type, id: subject.id }}
      className="any"
      {...(isLine && { 'data-line': '' })}
    >
      {shortened(name)}
    </Link>
  );
  if (within === undefined) return link;
  if (at < 0) return shortened(within);
  return (
    <>
      {shortened(within.slice(0, at))}
      {link}
      {shortened(within.slice(at + name.length))}
    </>
  );
}
