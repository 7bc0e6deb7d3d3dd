/** The arithmetic of lift (G4), against figures that others have published. */
import { describe, expect, it } from 'vitest';
import {
  newcombe,
  peopleNeeded,
  ratioInterval,
  type Sample,
  studentQuantile,
  welch,
  wilson,
} from '../../measurement/intervals.ts';

const rounded = (interval: readonly number[] | undefined, places = 4) =>
  interval?.map((bound) => Number(bound.toFixed(places)));

describe('the difference of two proportions', () => {
  // R. G. Newcombe, Statistics in Medicine 17 (1998), 873-890, table II, method 10.
  const TABLE = [
    { a: [56, 70], b: [48, 80], published: [0.0524, 0.3339] },
    { a: [9, 10], b: [3, 10], published: [0.1705, 0.809] },
    { a: [6, 7], b: [2, 7], published: [0.0582, 0.8062] },
    { a: [5, 56], b: [0, 29], published: [-0.0381, 0.1926] },
    { a: [0, 10], b: [0, 20], published: [-0.1611, 0.2775] },
    { a: [0, 10], b: [0, 10], published: [-0.2775, 0.2775] },
    { a: [10, 10], b: [0, 20], published: [0.6791, 1] },
    { a: [10, 10], b: [0, 10], published: [0.6075, 1] },
  ] as const;

  it.each(TABLE)("is the interval of Newcombe's table for $a and $b", ({ a, b, published }) => {
    expect(rounded(newcombe({ count: a[0], of: a[1] }, { count: b[0], of: b[1] }))).toEqual(published);
  });

  it('turned round, is the negative', () => {
    const [a, b] = [
      { count: 56, of: 70 },
      { count: 48, of: 80 },
    ];
    const [lower, upper] = newcombe(a, b);
    expect(rounded(newcombe(b, a), 9)).toEqual(rounded([-upper, -lower], 9));
  });
});

describe('one proportion', () => {
  it('is the score interval of the comparison by Newcombe (Statistics in Medicine 17, 857-872, table I)', () => {
    expect(rounded(wilson({ count: 81, of: 263 }))).toEqual([0.2553, 0.3662]);
    expect(rounded(wilson({ count: 15, of: 148 }))).toEqual([0.0624, 0.1605]);
    expect(rounded(wilson({ count: 0, of: 20 }))).toEqual([0, 0.1611]);
    expect(rounded(wilson({ count: 1, of: 29 }))).toEqual([0.0061, 0.1718]);
  });
});

describe('the ratio of two proportions', () => {
  it("is that of the Physicians' Health Study: 189 of 11,034 with placebo, 104 of 11,037 with aspirin (A. Agresti, Categorical Data Analysis, 1.82, 1.43 to 2.30)", () => {
    const interval = ratioInterval({ count: 189, of: 11_034 }, { count: 104, of: 11_037 });
    // As printed there, from rounded logarithms.
    expect(Math.abs(interval![0] - 1.43)).toBeLessThan(0.01);
    expect(Math.abs(interval![1] - 2.3)).toBeLessThan(0.01);
  });

  it('has no interval where nobody of a side is counted', () => {
    expect(ratioInterval({ count: 5, of: 100 }, { count: 0, of: 100 })).toBeUndefined();
    expect(ratioInterval({ count: 0, of: 100 }, { count: 5, of: 100 })).toBeUndefined();
  });
});

describe('the difference of two means', () => {
  const sampleOf = (values: number[]): Sample => ({
    n: values.length,
    sum: values.reduce((sum, value) => sum + value, 0),
    squares: values.reduce((sum, value) => sum + value ** 2, 0),
  });

  it("is that of Student's sleep data, as R prints it for t.test(extra ~ group): -3.3654832 to 0.2054832", () => {
    const first = sampleOf([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]);
    const second = sampleOf([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]);
    expect(rounded(welch(first, second))).toEqual([-3.3655, 0.2055]);
  });

  it('has none where nothing varies, or where there is one of a side', () => {
    expect(welch(sampleOf([1, 1, 1]), sampleOf([1, 1, 1]))).toBeUndefined();
    expect(welch(sampleOf([1]), sampleOf([1, 2, 3]))).toBeUndefined();
  });

  it("takes Student's quantile from the printed tables: 2.2281, 2.0423, 1.9840", () => {
    expect(rounded([10, 30, 100].map(studentQuantile))).toEqual([2.2281, 2.0423, 1.984]);
  });
});

describe('how many are needed', () => {
  it("is twice 152 for a quarter against two fifths: Fleiss' 151.9 a side, as R's power.prop.test gives it", () => {
    expect(peopleNeeded({ count: 25, of: 100 }, { count: 40, of: 100 })).toBe(304);
  });

  it('grows where the sides are unequal, and is the same whichever is called first', () => {
    const [few, many] = [
      { count: 10, of: 100 },
      { count: 135, of: 900 },
    ];
    expect(peopleNeeded(many, few)).toBe(peopleNeeded(few, many));
    expect(peopleNeeded(many, few)!).toBeGreaterThan(peopleNeeded({ count: 75, of: 500 }, { count: 50, of: 500 })!);
  });

  it('nobody knows where the two do not differ', () => {
    expect(peopleNeeded({ count: 10, of: 100 }, { count: 20, of: 200 })).toBeUndefined();
  });
});
