/** The frame of a screen: its title, where it belongs, what can be done. */
import { type ReactNode, useEffect } from 'react';
import { useTexts } from '../texts/texts.tsx';

export interface PageProps {
  title: string;
  /** Beside the title. */
  badge?: ReactNode;
  lead?: ReactNode;
  crumbs?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** Longer titles are cut: a tab shows no more. */
const MAX_TITLE = 120;

export function Page({ title, badge, lead, crumbs, actions, children }: PageProps): ReactNode {
  const { app } = useTexts();
  useEffect(() => {
    document.title = `${title.slice(0, MAX_TITLE)} · ${app}`;
  }, [title, app]);
  return (
    <div className="page">
      {crumbs !== undefined && <p className="crumbs">{crumbs}</p>}
      <div className="page-head">
        <div className="grow">
          <h1 className="any">
            {title} {badge}
          </h1>
          {lead !== undefined && <p className="lead any">{lead}</p>}
        </div>
        {actions}
      </div>
      {children}
    </div>
  );
}

export function Panel(props: { title: string; id: string; end?: ReactNode; children: ReactNode }): ReactNode {
  return (
    <section className="panel" aria-labelledby={props.id}>
      <div className="panel-head">
        <h2 id={props.id}>{props.title}</h2>
        {props.end}
      </div>
      {props.children}
    </section>
  );
}
