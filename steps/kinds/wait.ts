/** S2: waits for an instant. */
import { z } from 'zod';
import type { Instant, JourneyNode, Moment, SpanOrTable } from '../../language/model.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { DAY_MS } from '../../language/time/duration.ts';
import { isoInstant } from '../../language/time/instants.ts';
import type { Facts, Step, StepDecision } from '../step.ts';
import { momentWords, withinWords } from '../words/title-words.ts';

/** A moment that is still not known so long after its wait began will not come any more: a yearly date would have. */
export const NO_DATE_AFTER_MS = 400 * DAY_MS;

const schema = z.strictObject({
  wait: z.union([z.string(), z.record(z.string(), z.unknown())]),
  within: z.union([z.string(), z.record(z.string(), z.string())]).optional(),
  else: z.array(z.unknown()).max(200).optional(),
});

interface WaitConfig {
  moment: Moment;
  /** How long it waits for a moment that may not come. */
  within?: SpanOrTable;
}

export const step: Step = {
  kind: 'wait',
  schema,
  compile(value: z.infer<typeof schema>, path: Path, at: string, context: CompileContext) {
    const moment = context.moment(value.wait, [...path, 'wait']);
    const within = value.within === undefined ? undefined : context.span(value.within, [...path, 'within']);
    const otherwise = value.else === undefined ? [] : context.steps(value.else, [...path, 'else'], `${at}.else`);
    checkBound(value, moment, path, context);
    const config: WaitConfig = { moment, ...(within && { within }) };
    const node: JourneyNode = within ? { op: 'listen', path: at, arms: [], otherwise } : { op: 'pause', path: at };
    return { node, config: config as never };
  },
  waits: () => true,
  example: '- wait: 1d',
  title({ config }) {
    const { moment, within } = config as unknown as WaitConfig;
    return { title: `Wait ${momentWords(moment)}`, detail: withinWords(within) };
  },
  decide(step, command, facts) {
    const begins = command.name === 'pause' || command.name === 'listen';
    return waitFor(step.config as unknown as WaitConfig, begins, facts);
  },
};

/** Whether a moment may never come, or move: those that are counted from an instant that is known do neither. */
function mayNotCome(moment: Moment): boolean {
  const span = moment.kind === 'since-enrolment' ? moment.span : moment;
  return moment.kind === 'date' || (span.kind === 'table' && span.default === undefined);
}

function checkBound(value: z.infer<typeof schema>, moment: Moment, path: Path, context: CompileContext): void {
  if (value.within === undefined && value.else !== undefined) {
    const hint = 'write within: 60d next to it, or take `else` out';
    context.report(
      'CB203',
      [...path, 'else'],
      '`else` is for what has not come in time, and there is no `within`',
      hint,
    );
  } else if (value.within !== undefined && !mayNotCome(moment)) {
    const hint = 'take it out: it is for waits for a date, and for tables without a `default`';
    context.report('CB202', [...path, 'within'], 'this wait ends by itself: `within` bounds nothing', hint);
  } else if (value.within === undefined && moment.kind === 'date' && moment.date.reads.length > 0) {
    const name = moment.date.cel;
    const message = `where \`${name}\` never comes, the wait holds for 400 days and then ends the journey`;
    const hint = 'write within: 60d next to the wait, and else: […] for whom it has not come in time';
    context.warn('CB631', [...path, 'wait'], message, hint);
  } else if (value.within === undefined && mayNotCome(moment)) {
    const message =
      'the table has no `default`: for any other value the wait holds for 400 days and then ends the journey';
    context.warn('CB243', [...path, 'wait'], message, 'write a `default` after the rows');
  }
}

/**
 * `pause` or `listen` begins the wait and `look` computes it again: a date may be set, or moved either way, in the
 * meantime. The subscription that the wait keeps until then has every evaluation of the subject tell it.
 */
function waitFor({ moment, within }: WaitConfig, begins: boolean, facts: Facts): StepDecision {
  const until = facts.from(facts.beganAt).moment(moment);
  const bound = within && facts.endOf(within, facts.beganAt);
  const evaluated = { until: asText(until), ...(within && { within: asText(bound) }) };
  const leaves: Pick<StepDecision, 'writes'> = begins ? {} : { writes: [{ write: 'unsubscribe' }] };
  if (until !== undefined && until <= facts.at) {
    return { answer: { go: 'next' }, evaluated, ...leaves, ...(within && { context: { matched: true } }) };
  }
  if (bound !== undefined && bound <= facts.at) {
    return { answer: { go: 'otherwise', at: facts.at }, evaluated, ...leaves, context: { matched: false } };
  }
  if (until !== undefined && moment.kind !== 'date' && !within) {
    return { answer: { go: 'sleep', until, then: 'next' }, evaluated, ...leaves };
  }
  const gaveUpAt = facts.beganAt + NO_DATE_AFTER_MS;
  if (until === undefined && bound === undefined && gaveUpAt <= facts.at) {
    const ending = { outcome: 'exited', reason: 'no_date' } as const;
    return { answer: { go: 'end', ending, at: facts.at }, evaluated, ...leaves };
  }
  const wakeAt = Math.min(until ?? bound ?? gaveUpAt, bound ?? Number.POSITIVE_INFINITY);
  return {
    answer: { go: 'sleep', until: wakeAt, then: 'look' },
    evaluated,
    ...(begins && { writes: [{ write: 'subscribe', since: facts.beganAt, until: null }] }),
  };
}

function asText(at: Instant | undefined): string | null {
  return at === undefined ? null : isoInstant(at);
}
