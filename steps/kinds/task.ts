/** S6: a task for a colleague. */

import { z } from 'zod';
import { written } from '../../language/diagnostics/written.ts';
import type { Json, Moment, Text } from '../../language/model.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { formatInstant } from '../../language/template/formats.ts';
import { oneLine } from '../../language/template/mail/line.ts';
import { isoInstant } from '../../language/time/instants.ts';
import type { Command } from '../../workflows/journey/types.ts';
import { askingNow, beginAsking, shownAnswer, stepsShape, waitForAnswers, withinShape } from '../asking.ts';
import { taskLine } from '../mail-lines.ts';
import { effectNode } from '../nodes.ts';
import { assigneeOf, detourOf, recipientOf } from '../recipients.ts';
import { colleagueName, wordsOf } from '../sentences.ts';
import type { Facts, Step, StepDecision } from '../step.ts';
import { asWritten, awaitedArms, joined, withinWords } from '../words/title-words.ts';
import type { WaitForConfig } from './wait-for.ts';

const waitShape = z.strictObject({ within: withinShape.optional(), else: stepsShape.optional() });
const schema = z
  .strictObject({
    task: z.string().min(1).max(1000),
    assign: z.string().max(200).optional(),
    due: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
    priority: z.enum(['low', 'normal', 'high', 'urgent']).optional(),
    checklist: z.array(z.string().max(1000)).max(100).optional(),
    wait_until_done: waitShape.optional(),
    wait_until_accepted: waitShape.optional(),
    keep: z.literal(true).optional(),
  })
  .refine((v) => v.wait_until_done === undefined || v.wait_until_accepted === undefined, {
    error: 'one of `wait_until_done` and `wait_until_accepted` says what is waited for',
  });

interface TaskConfig extends Partial<WaitForConfig> {
  title: Text;
  assign?: string;
  due?: Moment;
  priority: string;
  checklist: Text[];
  /** It stays when its time is over, or its enrolment ends. */
  keep?: true;
}

export const step: Step = {
  kind: 'task',
  schema,
  compile(value: z.infer<typeof schema>, path: Path, at: string, context: CompileContext) {
    const waits = value.wait_until_done ?? value.wait_until_accepted;
    const key = value.wait_until_done ? 'wait_until_done' : 'wait_until_accepted';
    const names = value.wait_until_done ? ['task.done'] : ['task.accepted', 'task.done'];
    const place = { within: waits?.within, at, path: [...path, key] };
    const otherwise = waits?.else && context.steps(waits.else, [...path, key, 'else'], `${at}.else`);
    const config: TaskConfig = {
      ...(waits && waitForAnswers(names, place, context)),
      ...(value.keep && { keep: true }),
      title: context.text(value.task, [...path, 'task']),
      ...(value.assign !== undefined && { assign: context.person(value.assign, [...path, 'assign']) }),
      ...(value.due !== undefined && { due: context.moment(value.due, [...path, 'due']) }),
      priority: value.priority ?? 'normal',
      checklist: (value.checklist ?? []).map((line, i) => context.text(line, [...path, 'checklist', i])),
    };
    const node = effectNode(at, { leaves: false });
    return { node: { ...node, ...(otherwise && { otherwise }) }, config: config as never };
  },
  effect: {
    line: ['assign', 'due', 'priority', 'checklist'],
    withheldFromGhosts: { context: { status: 'withdrawn' } },
    tells: ({ keep }: TaskConfig, subject) =>
      (keep ? ['created'] : ['created', 'withdrawn']).map((what) => ({
        name: `task.${what}`,
        on: subject,
        properties: {},
      })),
    sentence({ detail }, teller) {
      const due = typeof detail.due === 'string' ? `, due ${formatInstant(Date.parse(detail.due), teller)}` : '';
      return `Task for ${colleagueName(detail.assign, teller.people)}: ${wordsOf(detail.task)}${due}`;
    },
  },
  asks: true,
  waits: ({ arms }: TaskConfig) => arms !== undefined,
  example:
    '- task: Call {{ contact.name }}\n  assign: contact.owner\n  due: 1 business day\n  wait_until_done: { within: 2d, else: [{ record: nobody_called }] }',

  title({ config }) {
    const { title, assign, within } = config as unknown as TaskConfig;
    return { title: `Task: ${asWritten(title)}`, detail: joined(assign, withinWords(within)) };
  },
  arms: ({ config }) => awaitedArms((config as unknown as TaskConfig).arms ?? []),
  decide(step, command, facts) {
    const config = step.config as unknown as TaskConfig;
    if (command.name === 'look') return looked(config, command, facts);
    const wait = waitOf(config);
    const asking = wait && beginAsking(wait, facts);
    const title = oneLine(facts.words(config.title));
    const addressee = config.assign === undefined ? undefined : facts.addressee(config.assign);
    const assignee = addressee && assigneeOf(addressee);
    const mail = addressee && addressee.kind !== 'nobody' && taskLine(recipientOf(addressee), facts);
    const detour = addressee && detourOf(addressee);
    const dueAt = config.due && facts.from(facts.at).moment(config.due);
    const checklist = checklistOf(config.checklist, facts);
    const detail: { [key: string]: Json } = {
      task: title,
      ...(assignee !== undefined && { assign: assignee }),
      ...(dueAt !== undefined && { due: isoInstant(dueAt) }),
      ...(config.priority !== 'normal' && { priority: config.priority }),
      ...(checklist.length > 0 && { checklist }),
    };
    return {
      answer: asking?.answer ?? { go: 'next' },
      writes: [
        {
          write: 'task',
          title,
          assignee: assignee ?? null,
          dueAt: dueAt ?? null,
          priority: config.priority,
          checklist: checklist.length > 0 ? checklist : null,
        },
        ...(mail ? [{ write: 'mail-line', line: mail } as const] : []),
        ...(asking?.writes ?? []),
      ],
      line: { detail },
      context: { status: 'open', assignee: assignee ?? null },
      ...(detour !== undefined && { evaluated: { [config.assign!]: detour } }),
    };
  },
};

function waitOf({ arms, within }: TaskConfig): WaitForConfig | undefined {
  return arms && { arms, ...(within && { within }), sinceEnrolment: false };
}

/** The answer has come, or its time is over: then the task is taken back. */
function looked(config: TaskConfig, { path, iteration }: Command, facts: Facts): StepDecision {
  const asking = askingNow(waitOf(config)!, facts);
  if (asking.is === 'waiting') return { answer: { go: 'sleep', until: asking.until, then: 'look' } };
  const evaluated = shownAnswer(asking);
  if (asking.is === 'answered') {
    return {
      answer: { go: 'next', at: asking.at },
      writes: [{ write: 'unsubscribe' }],
      context: { status: asking.name === 'task.done' ? 'done' : 'accepted' },
      evaluated,
    };
  }
  // Of a ghost there is no task, and what it keeps is open for nobody (N4).
  const isWithdrawn = !config.keep && !facts.enrolment.ghost;
  return {
    answer: { go: 'otherwise', at: asking.at },
    writes: [{ write: 'unsubscribe' }, ...(isWithdrawn ? [{ write: 'withdraw-task', path, iteration } as const] : [])],
    ...(isWithdrawn && { context: { status: 'withdrawn' } }),
    evaluated: { ...evaluated, ...(isWithdrawn && { task: 'withdrawn' }) },
  };
}

/** Lines of a checklist beyond these are told as a number. */
const MAX_LINES = 100;

function checklistOf(texts: readonly Text[], facts: Facts): string[] {
  const lines = texts.flatMap((text) => linesOf(facts.text(text), text.text.trim().includes('\n')));
  if (lines.length <= MAX_LINES) return lines;
  return [...lines.slice(0, MAX_LINES - 1), `and ${lines.length - MAX_LINES + 1} more`];
}

/** A text is a line, one that is written in several gives each that is not empty; of a list of records each gives its name. */
function linesOf(value: Json, isSeveral: boolean): string[] {
  if (typeof value === 'string') {
    const lines = isSeveral ? value.split('\n') : [value];
    return lines.map((line) => oneLine(line)).filter((line) => line !== '');
  }
  if (!Array.isArray(value)) return value === null ? [] : [oneLine(written(value))];
  return value.map((item) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return oneLine(written(item));
    return oneLine(written(item.name ?? item.id ?? ''));
  });
}
