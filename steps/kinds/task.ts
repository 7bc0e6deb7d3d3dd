/** S6: a task for a colleague. */
import { z } from 'zod';
import type { Json, Moment, Text } from '../../language/model.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { formatInstant } from '../../language/template/formats.ts';
import { oneLine } from '../../language/template/mail/line.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { effectNode } from '../nodes.ts';
import { assigneeOf, detourOf } from '../recipients.ts';
import { colleagueName, wordsOf } from '../sentences.ts';
import type { Step } from '../step.ts';

const schema = z.strictObject({
  task: z.string().min(1).max(1000),
  assign: z.string().max(200).optional(),
  due: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  priority: z.enum(['low', 'normal', 'high', 'urgent']).optional(),
  checklist: z.array(z.string().max(1000)).max(100).optional(),
});

interface TaskConfig {
  title: Text;
  assign?: string;
  due?: Moment;
  priority: string;
  checklist: Text[];
}

export const step: Step = {
  kind: 'task',
  schema,
  compile(value: z.infer<typeof schema>, path: Path, at: string, context: CompileContext) {
    const config: TaskConfig = {
      title: context.text(value.task, [...path, 'task']),
      ...(value.assign !== undefined && { assign: context.person(value.assign, [...path, 'assign']) }),
      ...(value.due !== undefined && { due: context.moment(value.due, [...path, 'due']) }),
      priority: value.priority ?? 'normal',
      checklist: (value.checklist ?? []).map((line, i) => context.text(line, [...path, 'checklist', i])),
    };
    return { node: effectNode(at, { leaves: false }), config: config as never };
  },
  effect: {
    line: ['assign', 'due', 'priority', 'checklist'],
    withheldFromGhosts: { context: { status: 'withdrawn' } },
    tells: (_config, subject) => [{ name: 'task.created', on: subject, properties: {} }],
    sentence({ detail }, teller) {
      const due = typeof detail.due === 'string' ? `, due ${formatInstant(Date.parse(detail.due), teller)}` : '';
      return `Task for ${colleagueName(detail.assign, teller.people)}: ${wordsOf(detail.task)}${due}`;
    },
  },
  example: '- task: Call {{ contact.name }}\n  assign: contact.owner\n  due: 1 business day',

  decide(step, _command, facts) {
    const config = step.config as unknown as TaskConfig;
    const title = oneLine(facts.words(config.title));
    const addressee = config.assign === undefined ? undefined : facts.addressee(config.assign);
    const assignee = addressee && assigneeOf(addressee);
    const detour = addressee && detourOf(addressee);
    const dueAt = config.due && facts.from(facts.at).moment(config.due);
    const checklist = config.checklist.flatMap((line) => linesOf(facts.text(line)));
    const detail: { [key: string]: Json } = {
      task: title,
      ...(assignee !== undefined && { assign: assignee }),
      ...(dueAt !== undefined && { due: isoInstant(dueAt) }),
      ...(config.priority !== 'normal' && { priority: config.priority }),
      ...(checklist.length > 0 && { checklist }),
    };
    return {
      answer: { go: 'next' },
      writes: [
        {
          write: 'task',
          title,
          assignee: assignee ?? null,
          dueAt: dueAt ?? null,
          priority: config.priority,
          checklist: checklist.length > 0 ? checklist : null,
        },
      ],
      line: { detail },
      context: { status: 'open', assignee: assignee ?? null },
      ...(detour !== undefined && { evaluated: { [config.assign!]: detour } }),
    };
  },
};

/** A text is a line; of a list of records each gives a line, by its name. */
function linesOf(value: Json): string[] {
  if (!Array.isArray(value)) return value === '' || value === null ? [] : [oneLine(String(value))];
  return value.map((item) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return oneLine(String(item));
    return oneLine(String(item.name ?? item.id ?? ''));
  });
}
