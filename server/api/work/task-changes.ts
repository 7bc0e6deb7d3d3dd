/** `/api/work/assign`, `snooze` and `comment`: what people do with a task besides answering it (S6). */
import { readAsked } from '../../../store/journeys/people-answers.ts';
import {
  addComment,
  assignTask,
  MAX_COMMENTS,
  readComments,
  snoozeTask,
  type TaskChange,
} from '../../../store/journeys/task-changes.ts';
import type { Database } from '../../../store/postgres/database.ts';
import type { Caller } from '../../access/access.ts';
import { Problem } from '../../problems.ts';
import { assignWork, commentWork, listWorkComments, snoozeWork } from '../contract/work.ts';
import { iso } from '../cursor.ts';
import { readSurroundings } from '../deployed.ts';
import { type Handled, on, TOKEN_NAME } from '../handled.ts';
import { ownColleague } from '../who.ts';
import { checkTheirs } from './work.ts';

export function taskChangeRoutes({ database }: { database: Database }): Handled[] {
  const commentsOf = async (id: string) => {
    const items = await readComments(database, id);
    return { items: items.map(({ at, byName: by, ...one }) => ({ ...one, at: iso(at), by })) };
  };
  return [
    on(
      assignWork,
      async ({ body: { id, to, from }, caller }) => {
        const { persons } = await theirTask(database, id, caller);
        if (!persons.some((person) => person.id === to))
          throw new Problem('invalid_body', 'The people files name no such colleague.', { pointer: '/to' });
        check(await assignTask(database, { id, to, from }));
        return { id, to };
      },
      ({ body: { id, to } }) => `${id} ${to}`,
    ),
    on(
      snoozeWork,
      async ({ body: { id, until }, caller }) => {
        await theirTask(database, id, caller);
        check(await snoozeTask(database, { id, until: until === null ? null : Date.parse(until) }));
        return { id, until };
      },
      ({ body: { id, until } }) => `${id} ${until ?? ''}`.trim(),
    ),
    on(listWorkComments, ({ body: { id } }) => commentsOf(id)),
    on(
      commentWork,
      async ({ body: { id, key, text }, caller }) => {
        if ((await readAsked(database, id))?.kind !== 'task') throw unknown();
        const by = { byUser: caller.user?.id ?? null, byName: caller.user?.name ?? TOKEN_NAME };
        if (!(await addComment(database, { id: key, taskId: id, text, ...by })))
          throw new Problem('conflict', `${MAX_COMMENTS} comments stand there already; more are not kept.`);
        return commentsOf(id);
      },
      // What was said is the colleagues' own.
      ({ body: { id } }) => id,
    ),
  ];
}

/** @throws Problem for what is no task, or somebody else's */
async function theirTask(database: Database, id: string, caller: Caller) {
  const asked = await readAsked(database, id);
  if (asked?.kind !== 'task') throw unknown();
  const { people } = await readSurroundings(database);
  checkTheirs(asked, caller, ownColleague(caller, people));
  return people;
}

const unknown = () => new Problem('not_found', 'There is no task with this id.');

function check(change: TaskChange): void {
  if (change.is === 'over') throw new Problem('conflict', 'The task is done or withdrawn already.');
  if (change.is === 'moved') {
    const { assignee } = change;
    throw new Problem(
      'conflict',
      `Somebody was quicker: the task is ${assignee === null ? 'nobody' : assignee}’s by now.`,
    );
  }
}
