/** What a playbook, or an arm of an experiment, changed (G4): two groups of people compared. */
import {
  type Interval,
  meanOf,
  newcombe,
  type Proportion,
  peopleNeeded,
  ratioInterval,
  type Sample,
  welch,
  wilson,
} from './intervals.ts';

/** People who entered, by what became of them. */
export interface Group {
  /** Each of them once, however often they entered. */
  people: number;
  /** Those of whom at least one enrolment was converted. */
  converters: number;
  /** What their conversions were worth, in all; each person's is one number, 0 for whoever has none. */
  value: number;
  /** The sum of the squares of each person's. */
  valueSquares: number;
}

export interface GroupFigures {
  people: number;
  converters: number;
  /** Null for nobody. */
  rate: number | null;
  /** 95 %, Wilson. */
  rateInterval: Interval | null;
  value: number;
  valuePerPerson: number | null;
}

/** An estimate with its interval of 95 %; the interval is null where the method has none. */
export interface Estimate {
  estimate: number;
  interval: Interval | null;
}

/** How a group did beside the one that it is compared with. */
export interface Lift {
  /** Rate less rate; Newcombe. */
  difference: Estimate;
  /** The difference by the rate of the other: 0.25 is a quarter more; Katz. Null where the other has no converter. */
  relative: Estimate | null;
  /** Value per person less value per person; Welch. */
  valuePerPerson: Estimate;
  /** What the group did more than it would have at the other's rate: the other scaled to this group's size. */
  incremental: { converters: Estimate; value: Estimate };
  /** `undecided` where the difference's interval has 0 in it. */
  verdict: 'better' | 'worse' | 'undecided';
  /** People that both groups still need together for a decision; null where it is made, or where nothing differs. */
  stillNeeded: number | null;
}

/** Why nothing is said of a comparison. */
export interface TooFew {
  /** Fewer than `least` people in one of the groups, or fewer than `leastConverters` converters in both together. */
  tooFew: { least: number; leastConverters: number };
}

/** Below this, an interval spans about everything, and a rate is an anecdote. */
export const LEAST_PEOPLE = 30;
/** Below this, one converter more or less turns the answer. */
export const LEAST_CONVERTERS = 5;

export function figuresOf(group: Group): GroupFigures {
  const { people, converters, value } = group;
  const known = people > 0;
  return {
    people,
    converters,
    rate: known ? converters / people : null,
    rateInterval: known ? wilson(proportion(group)) : null,
    value,
    valuePerPerson: known ? value / people : null,
  };
}

/** The group's lift over another, which is as large as chance made it: held out, or given another arm. */
export function liftOf(group: Group, other: Group): Lift | TooFew {
  const few = Math.min(group.people, other.people) < LEAST_PEOPLE;
  if (few || group.converters + other.converters < LEAST_CONVERTERS) {
    return { tooFew: { least: LEAST_PEOPLE, leastConverters: LEAST_CONVERTERS } };
  }
  const [a, b] = [proportion(group), proportion(other)];
  const interval = newcombe(a, b);
  const difference = a.count / a.of - b.count / b.of;
  const worth = {
    estimate: meanOf(sample(group)) - meanOf(sample(other)),
    interval: welch(sample(group), sample(other)) ?? null,
  };
  const verdict = interval[0] > 0 ? 'better' : interval[1] < 0 ? 'worse' : 'undecided';
  const needed = peopleNeeded(a, b);
  return {
    difference: { estimate: difference, interval },
    relative: relativeOf(a, b),
    valuePerPerson: worth,
    incremental: {
      converters: scaled({ estimate: difference, interval }, group.people),
      value: scaled(worth, group.people),
    },
    verdict,
    stillNeeded:
      verdict !== 'undecided' || needed === undefined ? null : Math.max(1, needed - group.people - other.people),
  };
}

function relativeOf(a: Proportion, b: Proportion): Estimate | null {
  if (b.count === 0) return null;
  const ratio = ratioInterval(a, b);
  return { estimate: a.count / a.of / (b.count / b.of) - 1, interval: ratio ? [ratio[0] - 1, ratio[1] - 1] : null };
}

function scaled({ estimate, interval }: Estimate, by: number): Estimate {
  return { estimate: estimate * by, interval: interval === null ? null : [interval[0] * by, interval[1] * by] };
}

function proportion({ converters, people }: Group): Proportion {
  return { count: converters, of: people };
}

function sample({ people, value, valueSquares }: Group): Sample {
  return { n: people, sum: value, squares: valueSquares };
}
