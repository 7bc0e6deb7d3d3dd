/** `/a/{token}`: where a colleague answers what a mail asks for, a task or an approval (S6, S12). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { readDeployedConfig } from '../../store/deployments/deployments.ts';
import { ANSWERS, type Asked, answer, readAsked } from '../../store/journeys/people-answers.ts';
import type { Database } from '../../store/postgres/database.ts';
import { openAnswering } from '../../store/records/answer-token.ts';
import { readForms } from '../forms.ts';
import { type PlainPage, sendPlainPage } from '../plain-page.ts';

export interface AnswerPageOptions {
  database: Database;
  /** What the links were sealed with. */
  secret: string;
  /** Told after an answer was committed. */
  onAppended?: (() => void) | undefined;
}

type Buttons = NonNullable<PlainPage['buttons']>;

const ACCEPT = { label: 'Accept', action: 'accepted', quiet: true } as const;
const DONE = { label: 'Done', action: 'done' } as const;
const REOPEN = { label: 'Open it again', action: 'reopened', quiet: true } as const;
const BUTTONS: { [kind in Asked['kind']]: { [status: string]: Buttons } } = {
  task: { open: [DONE, ACCEPT], accepted: [DONE, REOPEN], done: [REOPEN] },
  approval: {
    open: [
      { label: 'Approve', action: 'given' },
      { label: 'Refuse', action: 'refused', quiet: true },
    ],
  },
};
const STATES: { [kind in Asked['kind']]: { [status: string]: string } } = {
  task: {
    open: 'This task is open.',
    accepted: 'This task is accepted.',
    done: 'This task is done.',
    withdrawn: 'This task was withdrawn: there is nothing to do any more.',
  },
  approval: {
    open: 'Your approval is asked for.',
    given: 'It is approved.',
    refused: 'It is refused.',
    none: 'The time for an answer is over.',
  },
};
const Form = z.object({ action: z.string().max(20) });

/** A GET changes nothing: programs that look at links in mails answer nothing. */
export async function answerPages(app: FastifyInstance, options: AnswerPageOptions): Promise<void> {
  const { database, secret, onAppended } = options;
  readForms(app);

  app.get('/a/*', async (request, reply) => {
    const link = openAnswering(secret, tokenOf(request));
    return show(reply, link && (await readAsked(database, link.id)));
  });

  app.post('/a/*', async (request, reply) => {
    const link = openAnswering(secret, tokenOf(request));
    const form = Form.safeParse(request.body ?? {});
    if (!link) return show(reply, undefined);
    const isAnswer = form.success && (ANSWERS[link.kind] as readonly string[]).includes(form.data.action);
    if (!isAnswer) return show(reply, await readAsked(database, link.id));
    const { id, kind, person } = link;
    const answered = await answer(database, { id, kind, is: form.data.action, ...(person !== null && { by: person }) });
    if (answered?.isTaken) onAppended?.();
    return show(reply, answered?.asked);
  });

  async function show(reply: FastifyReply, asked: Asked | undefined): Promise<FastifyReply> {
    if (!asked) {
      const text =
        'It may have been cut off: please take the whole link from the mail. Or what it is about is there no more.';
      return sendPlainPage(reply.code(404), { title: 'This link is not valid', text });
    }
    const { kind, status, title, checklist } = asked;
    const { sender } = (await readDeployedConfig(database.pool)).settings;
    return sendPlainPage(reply, {
      title,
      text: STATES[kind][status] ?? status,
      lines: Array.isArray(checklist) ? checklist.map(String) : [],
      buttons: BUTTONS[kind][status] ?? [],
      sender: { name: sender.name },
    });
  }
}

function tokenOf(request: FastifyRequest): string {
  // A wildcard: the router bounds named parts of a path to 100 characters.
  return (request.params as { '*': string })['*'];
}
