/** S7: a ticket is escalated; its priority never becomes lower. */
import { z } from 'zod';
import type { Json, Text, Traits } from '../../language/model.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { effectNode } from '../nodes.ts';
import { assigneeOf, detourOf, recipientsOf } from '../recipients.ts';
import { colleagueName, wordsOf } from '../sentences.ts';
import type { Step, StepDecision } from '../step.ts';

const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;

const schema = z.strictObject({
  escalate: z.literal('ticket'),
  to: z.string().max(200).optional(),
  priority: z.enum(['raise', ...PRIORITIES]).optional(),
  notify: z.union([z.string(), z.array(z.string()).min(1).max(50)]).optional(),
  note: z.string().max(10_000).optional(),
});

interface EscalateConfig {
  to?: string;
  priority?: (typeof PRIORITIES)[number] | 'raise';
  notify: string[];
  note?: Text;
}

export const step: Step = {
  kind: 'escalate',
  schema,
  compile(value: z.infer<typeof schema>, path: Path, at: string, context: CompileContext) {
    const notify = value.notify === undefined ? [] : Array.isArray(value.notify) ? value.notify : [value.notify];
    const config: EscalateConfig = {
      ...(value.to !== undefined && { to: context.person(value.to, [...path, 'to']) }),
      ...(value.priority !== undefined && { priority: value.priority }),
      notify: notify.map((ref) => context.person(ref, [...path, 'notify'])),
      ...(value.note !== undefined && { note: context.text(value.note, [...path, 'note']) }),
    };
    return { node: effectNode(at, { leaves: notify.length > 0 }), config: config as never };
  },
  effect: {
    withheldFromGhosts: {},
    tells: ({ to, priority }: EscalateConfig) =>
      to === undefined && priority === undefined
        ? []
        : [
            {
              name: 'ticket.updated',
              on: 'ticket',
              properties: { by: 'escalate' },
              traits: { ...(to !== undefined && { assignee: undefined }), ...(priority && { priority: undefined }) },
            },
          ],
    sentence({ subject, detail }, { people }) {
      const priority = detail.priority === undefined ? '' : `, priority ${wordsOf(detail.priority)}`;
      const to = detail.to === undefined ? '' : ` to ${colleagueName(detail.to, people)}`;
      return `${subject} is escalated${to}${priority}`;
    },
  },
  example: '- escalate: ticket\n  to: ticket.team.lead\n  priority: raise\n  notify: channel:support',

  decide(step, _command, facts) {
    const config = step.config as unknown as EscalateConfig;
    const ticket = facts.related('ticket');
    if (!ticket) return refused('no_ticket');
    if (ticket.traits.status === 'solved' || facts.solved(ticket.id)) return refused('solved');
    const to = config.to === undefined ? undefined : facts.addressee(config.to);
    const assignee = to && assigneeOf(to);
    const detour = to && detourOf(to);
    const priority = config.priority && raisedTo(config.priority, ticket.traits.priority);
    const { recipients, names, evaluated: notified } = recipientsOf(config.notify, facts);
    const evaluated = { ...notified, ...(detour !== undefined && { [config.to!]: detour }) };
    const note = config.note && facts.words(config.note);
    const detail: { [key: string]: Json } = {
      escalate: 'ticket',
      ...(assignee !== undefined && { to: assignee }),
      ...(priority !== undefined && { priority }),
      ...(names.length > 0 && { notify: names.length === 1 ? names[0]! : names }),
      ...(note !== undefined && { note }),
    };
    const traits: Traits = {
      ...(assignee !== undefined && { assignee }),
      ...(priority !== undefined && { priority }),
    };
    return {
      answer: { go: 'next' },
      ...(Object.keys(traits).length > 0 && {
        writes: [{ write: 'traits', type: 'ticket', id: ticket.id, traits }],
      }),
      ...(recipients.length > 0 && {
        outgoing: {
          channel: 'email',
          messageClass: 'internal',
          recipients,
          text: note || `Ticket ${ticket.id} was escalated${assignee ? ` to ${assignee}` : ''}.`,
        },
      }),
      ...(config.priority !== undefined &&
        priority === undefined && { evaluated: { priority: 'kept', why: 'unknown_priority' } }),
      line: { detail },
      context: { assignee: assignee ?? null, priority: priority ?? null },
      ...(Object.keys(evaluated).length > 0 && { evaluated }),
    };
  },
};

/** One step up, or the wanted priority where that is higher: never lower than now, hence undefined for one not known. */
function raisedTo(wanted: (typeof PRIORITIES)[number] | 'raise', now: Json | undefined): string | undefined {
  const isSet = now !== undefined && now !== null && now !== '';
  const name = isSet ? String(now).trim().toLowerCase() : 'normal';
  const current = (PRIORITIES as readonly string[]).indexOf(name);
  if (current < 0) return undefined;
  const target = wanted === 'raise' ? current + 1 : Math.max(current, PRIORITIES.indexOf(wanted));
  return PRIORITIES[Math.min(target, PRIORITIES.length - 1)]!;
}

function refused(why: string): StepDecision {
  return { answer: { go: 'next' }, evaluated: { escalate: 'nothing to do', why }, context: { status: why } };
}
