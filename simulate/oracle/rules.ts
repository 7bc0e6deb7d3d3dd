/** Every rule that is simulated. */
import type { Rule } from './rule.ts';
import { rule as absence } from './rules/absence.ts';
import { rule as any } from './rules/any.ts';
import { rule as changes } from './rules/changes.ts';
import { edge, held } from './rules/count.ts';
import { rule as date } from './rules/date.ts';
import { rule as drop } from './rules/drop.ts';
import { rule as entry } from './rules/entry.ts';
import { rule as event } from './rules/event.ts';
import { rule as holdout } from './rules/holdout.ts';
import { rule as inactivity } from './rules/inactivity.ts';
import { rule as sequence } from './rules/sequence.ts';
import { rule as shortfall } from './rules/shortfall.ts';
import { rule as sla } from './rules/sla.ts';
import { rule as traits } from './rules/traits.ts';
import { rule as turning } from './rules/turning.ts';

export const rules: readonly Rule[] = [
  event,
  edge,
  held,
  absence,
  shortfall,
  drop,
  inactivity,
  date,
  turning,
  changes,
  traits,
  sla,
  any,
  entry,
  holdout,
  sequence,
];
