/** Enrolments of a three-step playbook, beside the same three steps as a workflow that is written by hand. */
import { type Bench, sized } from './lib/bench.ts';
import type { EnrolMeasures, EnrolSizes } from './lib/enrolments.ts';
import { type Figure, latency, median, rate, round } from './lib/figures.ts';
import { measureProduct } from './lib/product.ts';
import { measurePlain } from './plain/measure.ts';

const BY_HAND = 'a workflow an enrolment, written by hand';

export const enrol: Bench = {
  needs: { temporal: true },
  async run(context) {
    const sizes = sizesAt(context.scale);
    // The hand-written workflow goes first: on a server whose file is still small.
    const plain = await measurePlain(context, sizes);
    return figuresOf(await measureProduct(context, sizes), plain, sizes);
  },
};

function sizesAt(scale: number): EnrolSizes {
  return {
    rounds: scale < 0.1 ? 1 : 3,
    warmUp: sized(20, scale),
    oneByOne: sized(100, scale),
    backlog: sized(2_000, scale),
    plainBacklog: sized(400, scale),
  };
}

function figuresOf(product: EnrolMeasures, plain: EnrolMeasures, { backlog }: EnrolSizes): Figure[] {
  const byHand = (rounds: number[], how: string) => ({ name: `${BY_HAND}, ${how}`, value: round(median(rounds)) });
  const many = byHand(plain.backlog, '10 in flight');
  return [
    rate('one at a time', 'enrolments/s', product.oneByOne, byHand(plain.oneByOne, 'one at a time')),
    rate(`a backlog of ${backlog}`, 'enrolments/s', product.backlog, many),
    {
      name: 'the backlog against the hand-written workflow',
      unit: 'times',
      value: round(median(product.backlog) / median(plain.backlog)),
    },
    ...latency('event posted to first activity, at one in flight', product.firstActivityMs, {
      name: 'client.start to first activity',
      ms: plain.firstActivityMs,
    }),
  ];
}
