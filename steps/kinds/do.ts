/** S17: an activity that the company has written. */
import { z } from 'zod';
import { isJsonObject } from '../../language/json.ts';
import type { Json } from '../../language/model.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { effectNode } from '../nodes.ts';
import { wordsOf } from '../sentences.ts';
import type { Step } from '../step.ts';
import { compileValues, renderValues, type ValueTree } from '../values.ts';

const schema = z.strictObject({
  do: z.string().min(1).max(100),
  with: z.record(z.string(), z.json()).optional(),
});

interface DoConfig {
  activity: string;
  with: ValueTree;
  /** JSON Schema of what it is given: pinned with the version, whatever its file says by then (V1). */
  given: Json;
  repeatable: boolean;
}

export const step: Step = {
  kind: 'do',
  schema,
  compile(value: z.infer<typeof schema>, path: Path, at: string, context: CompileContext) {
    const activity = context.activity(value.do, [...path, 'do']);
    const given = value.with ?? {};
    if (activity) context.checkGiven(given, activity, path);
    const config: DoConfig = {
      activity: value.do,
      with: compileValues(given, [...path, 'with'], context),
      given: activity ? (z.toJSONSchema(activity.with, { io: 'input' }) as Json) : {},
      repeatable: activity?.repeatable ?? false,
    };
    return { node: effectNode(at, { leaves: true }), config: config as never };
  },
  effect: {
    handsOver: 'call',
    isAnswered: true,
    withheldFromGhosts: { context: { status: 'refused', reason: 'holdout' } },
    sentence: ({ subject, detail }) => `Activity ${wordsOf(detail.do)} for ${subject}`,
  },
  example: '- do: chat-message\n  with: { text: "{{ contact.name }} waits" }',

  title({ config }) {
    const { activity } = config as unknown as DoConfig;
    return { title: `Do ${activity}` };
  },
  decide(step, _command, facts) {
    const config = step.config as unknown as DoConfig;
    const rendered = renderValues(config.with, facts);
    if (!isJsonObject(rendered)) throw new Error('the values of an activity are members by name');
    // What is absent is left out: the activity says by its shape whether it can do without.
    const input = Object.fromEntries(Object.entries(rendered).filter(([, value]) => value !== null));
    const detail = { do: config.activity, ...(Object.keys(input).length > 0 && { with: input }) };
    const fault = faultIn(input, config.given);
    if (fault !== undefined) {
      const reason = 'invalid_input';
      return {
        answer: { go: 'next' },
        line: { detail, refused: reason },
        context: { status: 'refused', reason },
        evaluated: { refused: reason, by: fault },
      };
    }
    return {
      answer: { go: 'next' },
      outgoing: { kind: 'call', activity: config.activity, input, repeatable: config.repeatable },
      line: { detail },
      context: { status: 'done' },
    };
  },
};

const schemas = new WeakMap<object, z.ZodType>();

/** Where the values are not what the activity asks for, and why; undefined where they are. */
function faultIn(input: Json, given: Json): Json | undefined {
  const key = given as object;
  const shape = schemas.get(key) ?? z.fromJSONSchema(given as never);
  schemas.set(key, shape);
  const issue = shape.safeParse(input).error?.issues[0];
  return issue && { [`with.${issue.path.join('.')}`]: issue.message };
}
