/** Enrolments of a three-step playbook, against the same three steps as a workflow that is written by hand. */
import { type Bench, roundsAt, sized } from './lib/bench.ts';
import type { EnrolMeasures, EnrolSizes } from './lib/enrolments.ts';
import { type Figure, latency, median, rate } from './lib/figures.ts';
import { measureProduct } from './lib/product.ts';
import { measurePlain } from './plain/measure.ts';

const ROUNDS = 5;
const BY_HAND = 'a workflow an enrolment, written by hand';

export const enrol: Bench = {
  needs: { temporal: true },
  async run(context) {
    const { scale, say } = context;
    const sizes = sizesAt(scale);
    const plain: EnrolMeasures[] = [];
    const product: EnrolMeasures[] = [];
    // In turns, so that whatever else the machine does befalls both alike; neither runs while the other is measured.
    for (let round = 1; round <= roundsAt(ROUNDS, scale); round += 1) {
      say(`enrol: by hand, round ${round}`);
      plain.push(await measurePlain(context, sizes, round));
      say(`enrol: Cuebook, round ${round}`);
      product.push(await measureProduct(context, sizes));
    }
    return figuresOf(product, plain, sizes.backlog);
  },
};

function sizesAt(scale: number): EnrolSizes {
  return {
    warmUp: sized(30, scale),
    oneByOne: sized(100, scale),
    backlog: sized(2_000, scale),
    plainBacklog: sized(400, scale),
  };
}

function figuresOf(product: EnrolMeasures[], plain: EnrolMeasures[], backlog: number): Figure[] {
  const many = product.map((round) => round.backlog);
  const manyByHand = plain.map((round) => round.backlog);
  const one = product.map((round) => round.oneByOne);
  const oneByHand = median(plain.map((round) => round.oneByOne));
  return [
    rate('one at a time', 'enrolments/s', one, { name: `${BY_HAND}, one at a time`, value: oneByHand }),
    rate(`a backlog of ${backlog}`, 'enrolments/s', many, {
      name: `${BY_HAND}, 10 in flight`,
      value: median(manyByHand),
    }),
    rate(
      'the backlog against the hand-written workflow',
      'times',
      many.map((value, n) => value / manyByHand[n]!),
    ),
    ...latency(
      'event posted to first activity, at one in flight',
      product.flatMap((it) => it.firstActivityMs),
      {
        name: 'client.start to first activity',
        ms: plain.flatMap((it) => it.firstActivityMs),
      },
    ),
  ];
}
