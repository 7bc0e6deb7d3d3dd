/** S9: an outcome in the CRM store; a ghost's is written too, marked. */
import { z } from 'zod';
import { checkPlainName } from '../../language/compile/plain-name.ts';
import type { Expression, Json } from '../../language/model.ts';
import type { CompileContext, Path, Teller } from '../../language/syntax.ts';
import { formatLength, formatNumber } from '../../language/template/formats.ts';
import { effectNode } from '../nodes.ts';
import { READING_ROOTS } from '../roots.ts';
import { wordsOf } from '../sentences.ts';
import type { Step } from '../step.ts';

const schema = z.strictObject({
  record: z.string().min(1).max(200),
  value: z.union([z.string(), z.number(), z.boolean()]).optional(),
});

export const step: Step = {
  kind: 'record',
  schema,
  compile(value: z.infer<typeof schema>, path: Path, at: string, context: CompileContext) {
    checkPlainName(context, value.record, [...path, 'record']);
    const expression =
      value.value === undefined
        ? null
        : context.expression(value.value, [...path, 'value'], { roots: READING_ROOTS, counts: true });
    return {
      node: effectNode(at, { leaves: false }),
      config: { name: value.record, value: expression } as never,
    };
  },
  effect: {
    line: ['value'],
    sentence: ({ subject, detail, trigger }, teller) =>
      `${subject}: ${wordsOf(detail.record)}${worthOf(detail.value, trigger, teller)}`,
  },
  example: '- record: recovered\n  value: account.usage_7d',
  title({ config }) {
    const { name, value } = config as unknown as { name: string; value: Expression | null };
    return { title: `Record ${name}`, detail: value?.cel };
  },
  decide(step, _command, facts) {
    const { name, value } = step.config as unknown as { name: string; value: Expression | null };
    const { ghost } = facts.enrolment;
    const came: Json | undefined = value ? facts.value(value) : undefined;
    return {
      answer: { go: 'next' },
      writes: [{ write: 'outcome', name, value: came ?? null, ghost }],
      line: { detail: { record: name, ...(came !== undefined && { value: came }), ...(ghost && { ghost }) } },
      context: { recorded: name, value: came ?? null },
    };
  },
};

/** What a service level recorded is business time. */
function worthOf(value: Json | undefined, trigger: { [name: string]: Json }, teller: Teller): string {
  if (typeof value !== 'number') return value === null || value === undefined ? '' : `, ${wordsOf(value)}`;
  return `, ${typeof trigger.clock === 'string' ? formatLength(value) : formatNumber(value, teller)}`;
}
