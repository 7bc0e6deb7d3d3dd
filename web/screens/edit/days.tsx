/** Of how many days' events something is asked. */
import type { ReactNode } from 'react';
import { useTexts } from '../../texts/texts.tsx';

export function Days(props: {
  label: string;
  days: number;
  choices: readonly number[];
  onChoose: (days: number) => void;
}): ReactNode {
  const { plan } = useTexts().edit;
  return (
    <label className="stack small">
      {props.label}
      <select className="field" value={props.days} onChange={({ target }) => props.onChoose(Number(target.value))}>
        {props.choices.map((it) => (
          <option key={it} value={it}>
            {plan.day(it)}
          </option>
        ))}
      </select>
    </label>
  );
}
