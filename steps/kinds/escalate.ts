/** S7: a ticket is escalated; its priority never becomes lower. */

import { z } from 'zod';
import { didYouMean } from '../../language/diagnostics/nearest.ts';
import { written } from '../../language/diagnostics/written.ts';
import type { Json, Text, Traits } from '../../language/model.ts';
import { priorityName } from '../../language/records/priority-name.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { effectNode } from '../nodes.ts';
import { assigneeOf, detourOf, recipientsOf } from '../recipients.ts';
import { colleagueName, wordsOf } from '../sentences.ts';
import type { Step, StepDecision } from '../step.ts';
import { asWritten } from '../words/title-words.ts';

/** From the lowest to the highest, unless the settings name others (W2). */
const PRIORITIES: readonly Priority[] = ['low', 'normal', 'high', 'urgent'];
/** What a ticket without one counts as, where it is among them; else the lowest. */
const USUAL = 'normal';

type Priority = string | number;

const schema = z.strictObject({
  escalate: z.literal('ticket'),
  to: z.string().max(200).optional(),
  priority: z.union([z.string().min(1).max(100), z.number()]).optional(),
  notify: z.union([z.string(), z.array(z.string()).min(1).max(50)]).optional(),
  note: z.string().max(10_000).optional(),
});

interface EscalateConfig {
  to?: string;
  priority?: Priority;
  notify: string[];
  note?: Text;
}

export const step: Step = {
  kind: 'escalate',
  schema,
  compile(value: z.infer<typeof schema>, path: Path, at: string, context: CompileContext) {
    if (value.priority !== undefined) checkPriority(value.priority, [...path, 'priority'], context);
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
    line: ['to', 'priority', 'notify', 'note'],
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

  title({ config }) {
    const { to, priority, note } = config as unknown as EscalateConfig;
    return {
      title:
        to === undefined ? `Escalate${priority === undefined ? '' : `: priority ${priority}`}` : `Escalate to ${to}`,
      detail: asWritten(note),
    };
  },
  decide(step, _command, facts) {
    const config = step.config as unknown as EscalateConfig;
    const ticket = facts.related('ticket');
    if (!ticket) return refused('no_ticket');
    if (ticket.traits.status === 'solved' || facts.solved(ticket.id)) return refused('solved');
    const to = config.to === undefined ? undefined : facts.addressee(config.to);
    const assignee = to && assigneeOf(to);
    const detour = to && detourOf(to);
    const raised =
      config.priority === undefined
        ? undefined
        : raisedTo(config.priority, ticket.traits.priority, facts.settings.priorities ?? PRIORITIES);
    const priority = raised?.priority;
    const { recipients, names, evaluated: notified, refused: untold } = recipientsOf(config.notify, facts);
    const evaluated = { ...notified, ...raised?.evaluated, ...(detour !== undefined && { [config.to!]: detour }) };
    const note = config.note && facts.words(config.note);
    const goesTo = assignee === undefined ? '' : ` to ${colleagueName(assignee, facts.people)}`;
    const raisedText = priority === undefined ? '' : `, priority ${wordsOf(priority)}`;
    // Of the note nothing: what it says may be sensitive (P3), and which ticket it is about it rarely says.
    const subject = `Ticket ${ticket.id} is escalated${goesTo}${raisedText}`;
    const detail: { [key: string]: Json } = {
      escalate: 'ticket',
      ...(assignee !== undefined && { to: assignee }),
      ...(priority !== undefined && { priority }),
      ...(untold === undefined && { notify: names.length === 1 ? names[0]! : names }),
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
      ...(untold === undefined && {
        outgoing: {
          kind: 'message',
          channel: 'email',
          messageClass: 'internal',
          recipients,
          subject,
          text: note || `${subject}.`,
          about: { type: 'ticket', id: ticket.id },
        },
      }),
      line: { detail },
      context: { assignee: assignee ?? null, priority: priority ?? null },
      ...(Object.keys(evaluated).length > 0 && { evaluated }),
    };
  },
};

function checkPriority(priority: Priority, path: Path, context: CompileContext): void {
  const known = context.settings.priorities ?? PRIORITIES;
  if (priority === 'raise' || rankOf(priority, known) >= 0) return;
  const hint = didYouMean(written(priority), ['raise', ...known.map(String)], { inOrder: true });
  const own = `${hint}; settings.yaml may name others, from the lowest to the highest: priorities: [p3, p2, p1]`;
  context.report('CB202', path, `there is no priority \`${priority}\``, own);
}

/**
 * One step up, or the wanted priority where that is higher. Never lower than now: what is as high already, and what is
 * none of those known, stays as it is written.
 */
function raisedTo(
  wanted: Priority,
  now: Json | undefined,
  known: readonly Priority[],
): { priority: Json; evaluated?: { [name: string]: Json } } {
  const isSet = now !== undefined && now !== null && now !== '';
  const current = isSet ? rankOf(now, known) : Math.max(0, rankOf(USUAL, known));
  const target = wanted === 'raise' ? Math.min(current + 1, known.length - 1) : rankOf(wanted, known);
  if (current < 0) return { priority: now!, evaluated: { priority: 'kept', why: 'unknown_priority' } };
  if (isSet && target <= current) return { priority: now };
  return { priority: known[Math.max(target, current)]! };
}

/** Its place among the priorities; -1 where it is none of them. */
function rankOf(priority: Json, known: readonly Priority[]): number {
  const name = priorityName(priority);
  return known.findIndex((one) => priorityName(one) === name);
}

function refused(why: string): StepDecision {
  return { answer: { go: 'next' }, evaluated: { escalate: 'nothing to do', why }, context: { status: why } };
}
