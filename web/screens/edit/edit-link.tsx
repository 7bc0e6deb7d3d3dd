/** The way to the editor, for those who may write. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { sessionQuery } from '../../api/queries.ts';
import { mayDo } from '../../api/roles.ts';
import { useTexts } from '../../texts/texts.tsx';

export function EditLink({ playbook }: { playbook: string }): ReactNode {
  const { edit } = useTexts();
  const session = useQuery(sessionQuery);
  if (!mayDo(session.data, 'author')) return null;
  return (
    <Link className="button" to="/playbooks/$playbook/edit" params={{ playbook }}>
      {edit.edit}
    </Link>
  );
}
