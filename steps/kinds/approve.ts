/** S12: asks colleagues for their approval, and goes on as they answer. */
import { z } from 'zod';
import type { Json, Text } from '../../language/model.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { askingNow, beginAsking, shownAnswer, stepsShape, waitForAnswers, withinShape } from '../asking.ts';
import { effectNode } from '../nodes.ts';
import { recipientsOf } from '../recipients.ts';
import { colleagueName, wordsOf } from '../sentences.ts';
import type { Facts, Step, StepDecision } from '../step.ts';
import { asWritten, awaitedArms, joined, withinWords } from '../words/title-words.ts';
import type { WaitForConfig } from './wait-for.ts';

const schema = z.strictObject({
  approve: z.union([z.string(), z.array(z.string()).min(1).max(50)]),
  text: z.string().min(1).max(10_000),
  within: withinShape,
  then: stepsShape.optional(),
  else: stepsShape,
});

interface ApproveConfig extends WaitForConfig {
  who: string[];
  text: Text;
}

/** The arms, by what they wait for. */
const ANSWERS = ['approval.given', 'approval.refused'];
const GIVEN = 0;

export const step: Step = {
  kind: 'approve',
  schema,
  compile(value: z.infer<typeof schema>, path: Path, at: string, context: CompileContext) {
    const several = Array.isArray(value.approve);
    const who = [value.approve].flat();
    const config: ApproveConfig = {
      ...waitForAnswers(ANSWERS, { within: value.within, at, path }, context),
      who: who.map((ref, i) => context.person(ref, several ? [...path, 'approve', i] : [...path, 'approve'])),
      text: context.text(value.text, [...path, 'text']),
    };
    const arms = [value.then ? context.steps(value.then, [...path, 'then'], `${at}.then`) : []];
    const otherwise = context.steps(value.else, [...path, 'else'], `${at}.else`);
    return { node: { ...effectNode(at, { leaves: true }), arms, otherwise }, config: config as never };
  },
  effect: {
    withheldFromGhosts: { context: { status: 'refused', reason: 'holdout' } },
    sentence: ({ detail }, { people }) =>
      `Approval asked of ${colleagueName(detail.approve, people)}: ${wordsOf(detail.text)}`,
  },
  asks: true,
  waits: () => true,
  example:
    '- approve: contact.owner.manager\n  text: A discount for {{ contact.name }}\n  within: 1d\n  then: [{ record: approved }]\n  else: [{ record: not_approved }]',

  title({ config }) {
    const { text, who, within } = config as unknown as ApproveConfig;
    return { title: `Approval: ${asWritten(text)}`, detail: joined(...who, withinWords(within)) };
  },
  arms: ({ config }) => awaitedArms((config as unknown as ApproveConfig).arms),
  decide(step, command, facts) {
    const config = step.config as unknown as ApproveConfig;
    if (command.name === 'look') return looked(config, facts);
    const { recipients, names, evaluated, refused } = recipientsOf(config.who, facts);
    const only = recipients.length === 1 ? recipients[0]?.person : undefined;
    const text = facts.words(config.text, facts.people.persons.find((p) => p.id === only)?.timeZone);
    const approve: Json = names.length === 1 ? names[0]! : names;
    const detail = { approve, text };
    if (refused !== undefined) {
      const context = { answer: 'none', status: 'refused', reason: refused };
      return { answer: { go: 'otherwise', at: facts.at }, line: { detail, refused }, context, evaluated };
    }
    const { answer, writes } = beginAsking(config, facts);
    return {
      answer,
      writes,
      outgoing: { kind: 'message', channel: 'email', messageClass: 'internal', recipients, text, asks: 'approval' },
      line: { detail },
      context: { status: 'asked' },
      evaluated,
    };
  },
};

/** A refusal and silence both take `else`; of several who answer the first counts. */
function looked(config: ApproveConfig, facts: Facts): StepDecision {
  const asking = askingNow(config, facts);
  if (asking.is === 'waiting') return { answer: { go: 'sleep', until: asking.until, then: 'look' } };
  const writes: StepDecision['writes'] = [{ write: 'unsubscribe' }];
  const evaluated = shownAnswer(asking);
  if (asking.is === 'over') {
    return { answer: { go: 'otherwise', at: asking.at }, writes, context: { answer: 'none' }, evaluated };
  }
  const { at, arm, by } = asking;
  const isGiven = arm === GIVEN;
  return {
    answer: isGiven ? { go: 'arm', arm: GIVEN, at } : { go: 'otherwise', at },
    writes,
    context: { answer: isGiven ? 'given' : 'refused', ...(by !== undefined && { by }) },
    evaluated,
  };
}
