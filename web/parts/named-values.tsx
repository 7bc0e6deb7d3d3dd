/** Values with their names, whatever they hold. */
import type { ReactNode } from 'react';
import { Value } from './value.tsx';

export function NamedValues(props: {
  values: readonly { name: string; value: unknown }[];
  /** Stands in a panel of its own. */
  isPanel?: boolean;
}): ReactNode {
  return (
    <dl className={props.isPanel ? 'facts panel-body' : 'facts'}>
      {props.values.map(({ name, value }) => (
        <div key={name} className="fact">
          <dt className="any">{name}</dt>
          <dd>
            <Value value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
