/** One choice among a few, by name; nothing chosen is a choice of its own. */
import type { ReactNode } from 'react';

export interface ChoiceProps<T extends string> {
  label: string;
  value: T | undefined;
  /** Words of each. */
  options: readonly { value: T; words: string }[];
  /** What nothing chosen is called. */
  all: string;
  onChoose: (value: T | undefined) => void;
}

export function Choice<T extends string>({ label, value, options, all, onChoose }: ChoiceProps<T>): ReactNode {
  return (
    <select
      className="field"
      aria-label={label}
      value={value ?? ''}
      onChange={({ target }) => onChoose(options.find((one) => one.value === target.value)?.value)}
    >
      <option value="">{all}</option>
      {options.map((one) => (
        <option key={one.value} value={one.value}>
          {one.words}
        </option>
      ))}
    </select>
  );
}
