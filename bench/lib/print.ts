/** Figures as a table for people. */
import { columns, print } from '../../cli/output.ts';
import type { Figure } from './figures.ts';

export function printFigures(name: string, figures: readonly Figure[]): void {
  print();
  print(name);
  const rows = figures.map((figure) => [`  ${figure.name}`, shown(figure.value, figure.unit), boundOf(figure)]);
  for (const line of columns(rows)) print(line);
}

function boundOf({ bound, unit, rounds }: Figure): string {
  if (bound !== undefined) return `${bound.name}: ${shown(bound.value, unit)}`;
  return rounds !== undefined && rounds.length > 1 ? `rounds ${rounds.join(', ')}` : '';
}

function shown(value: number, unit: Figure['unit']): string {
  return `${value.toLocaleString('en')} ${unit}`;
}
