/**
 * Intervals that hold what they estimate 95 times in a hundred, by methods that are named and published. Pure arithmetic
 * on counts and sums: whoever asks has read them from a store.
 */

/** A lower and an upper bound. */
export type Interval = readonly [number, number];

/** How many, and of how many. */
export interface Proportion {
  /** Whole, 0 to `of`. */
  count: number;
  /** Whole, above 0. */
  of: number;
}

/** What is needed of a sample of numbers. */
export interface Sample {
  n: number;
  sum: number;
  /** The sum of the squares. */
  squares: number;
}

/** The normal distribution's quantile of 97.5 %: 2.5 % stand above it, 2.5 % below its negative. */
export const Z_95 = 1.959963984540054;

/**
 * Wilson's score interval of one proportion. E. B. Wilson, "Probable inference, the law of succession, and statistical
 * inference", Journal of the American Statistical Association 22 (1927), 209-212.
 */
export function wilson({ count, of }: Proportion): Interval {
  const z2 = Z_95 ** 2;
  const middle = (2 * count + z2) / (2 * (of + z2));
  const half = (Z_95 * Math.sqrt(z2 + (4 * count * (of - count)) / of)) / (2 * (of + z2));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/**
 * The difference of two independent proportions, `a - b`: from the two score intervals. R. G. Newcombe, "Interval
 * estimation for the difference between independent proportions: comparison of eleven methods", Statistics in Medicine 17
 * (1998), 873-890, method 10.
 */
export function newcombe(a: Proportion, b: Proportion): Interval {
  const [pa, pb] = [a.count / a.of, b.count / b.of];
  const [lowerA, upperA] = wilson(a);
  const [lowerB, upperB] = wilson(b);
  const difference = pa - pb;
  return [difference - Math.hypot(pa - lowerA, upperB - pb), difference + Math.hypot(upperA - pa, pb - lowerB)];
}

/**
 * The ratio of two independent proportions, `a / b`, on its logarithm's scale. D. Katz, J. Baptista, S. P. Azen and
 * M. C. Pike, "Obtaining confidence intervals for the risk ratio in cohort studies", Biometrics 34 (1978), 469-474.
 *
 * @returns undefined where one of the counts is 0: the method has no answer
 */
export function ratioInterval(a: Proportion, b: Proportion): Interval | undefined {
  if (a.count === 0 || b.count === 0) return undefined;
  const ratio = a.count / a.of / (b.count / b.of);
  const half = Z_95 * Math.sqrt(1 / a.count - 1 / a.of + 1 / b.count - 1 / b.of);
  return [ratio * Math.exp(-half), ratio * Math.exp(half)];
}

export function meanOf({ n, sum }: Sample): number {
  return sum / n;
}

/** The variance of the mean: that of the values, with n - 1, by n. Not below 0, as rounding may say of equal values. */
function varianceOfMean({ n, sum, squares }: Sample): number {
  return Math.max(0, (squares - sum ** 2 / n) / (n - 1)) / n;
}

/**
 * The difference of two means, `a - b`, of samples whose variances may differ. B. L. Welch, "The generalization of
 * 'Student's' problem when several different population variances are involved", Biometrika 34 (1947), 28-35, with the
 * degrees of freedom of F. E. Satterthwaite, Biometrics Bulletin 2 (1946), 110-114.
 *
 * @returns undefined for fewer than two on a side, and where no value differs from another: then nothing says how far it varies
 */
export function welch(a: Sample, b: Sample): Interval | undefined {
  if (a.n < 2 || b.n < 2) return undefined;
  const [va, vb] = [varianceOfMean(a), varianceOfMean(b)];
  if (va + vb === 0) return undefined;
  const freedom = (va + vb) ** 2 / (va ** 2 / (a.n - 1) + vb ** 2 / (b.n - 1));
  const half = studentQuantile(freedom) * Math.sqrt(va + vb);
  const difference = meanOf(a) - meanOf(b);
  return [difference - half, difference + half];
}

/**
 * The quantile of 97.5 % of Student's t, by the Cornish-Fisher expansion: M. Abramowitz and I. A. Stegun, "Handbook of
 * Mathematical Functions" (1964), 26.7.5. To four places from 10 degrees of freedom on.
 */
export function studentQuantile(freedom: number): number {
  const z = Z_95;
  const g1 = (z ** 3 + z) / 4;
  const g2 = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const g3 = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  const g4 = (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92_160;
  return z + g1 / freedom + g2 / freedom ** 2 + g3 / freedom ** 3 + g4 / freedom ** 4;
}

/** The normal distribution's quantile of 80 %: how sure one is to see a difference that is there. */
const Z_POWER = 0.8416212335729143;

/**
 * How many people two sides need in all so that a difference as large as that of `a` and `b` is told from chance at 5 %,
 * four times in five, the sides staying as unequal as they are. J. L. Fleiss, A. Tytun and H. K. Ury, "A simple
 * approximation for calculating sample sizes for comparing independent proportions", Biometrics 36 (1980), 343-346, without
 * the correction for continuity.
 *
 * @returns undefined where the two do not differ
 */
export function peopleNeeded(a: Proportion, b: Proportion): number | undefined {
  const [pa, pb] = [a.count / a.of, b.count / b.of];
  if (pa === pb) return undefined;
  const r = a.of / b.of;
  const mean = (r * pa + pb) / (r + 1);
  const chance = Z_95 * Math.sqrt((r + 1) * mean * (1 - mean));
  const power = Z_POWER * Math.sqrt(pa * (1 - pa) + r * pb * (1 - pb));
  const inB = (chance + power) ** 2 / (r * (pa - pb) ** 2);
  return Math.ceil(inB) + Math.ceil(r * inB);
}
