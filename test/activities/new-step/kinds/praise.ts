/** A step of the tests' own, in the one file that a step takes: it praises a colleague, counts that, and asks for cake. */
import { z } from 'zod';
import type { CompileContext, Path } from '../../../../language/syntax.ts';
import { effectNode } from '../../../../steps/nodes.ts';
import { colleagueName, wordsOf } from '../../../../steps/sentences.ts';
import type { Step } from '../../../../steps/step.ts';

const schema = z.strictObject({ praise: z.string(), for: z.string().max(100) });
type Config = z.infer<typeof schema>;

export const step: Step = {
  kind: 'praise',
  schema,
  compile(value: Config, path: Path, at: string, context: CompileContext) {
    const config = { praise: context.person(value.praise, [...path, 'praise']), for: value.for };
    return { node: effectNode(at, { leaves: false }), config };
  },
  effect: {
    withheldFromGhosts: { context: { praised: false } },
    sentence: ({ subject, detail }, { people }) =>
      `${colleagueName(detail.praise, people)} is praised for ${wordsOf(detail.for)} (${subject})`,
  },
  example: '- praise: kim\n  for: patience',

  title: ({ config }) => ({ title: `Praise ${(config as { for?: string }).for ?? 'somebody'}` }),
  decide(step, _command, facts) {
    const { praise, for: why } = step.config as Config;
    const contact = facts.related('contact')!;
    return {
      answer: { go: 'next' },
      writes: [
        { write: 'traits', type: 'contact', id: contact.id, traits: { praised: praise } },
        { write: 'task', title: 'Cake', assignee: praise, dueAt: null, priority: 'low', checklist: null },
        { write: 'outcome', name: 'praised', value: why, ghost: false },
      ],
      line: { detail: { praise, for: why } },
      context: { praised: true },
    };
  },
};
